import { useState, type ReactNode } from "react";

import { Form, type Request, TextField } from "./form.tsx";
import { Modal } from "./modal.tsx";

/** Asks before something goes for good; where `name` is given it has to be typed. */
export function ConfirmDialog({
  title,
  name,
  children,
  more,
  onConfirm,
  onClose,
  ...form
}: {
  title: string;
  name?: string;
  children: ReactNode;
  /** What can be chosen about it. */
  more?: ReactNode;
  request: Request;
  action: string;
  acting: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState("");
  return (
    <Modal title={title} focus={name === undefined ? ".form-actions button" : "input"} onClose={onClose}>
      <Form
        {...form}
        danger
        ready={name === undefined || [typed.trim(), typed.trim().toLowerCase()].includes(name)}
        onSubmit={onConfirm}
        onCancel={onClose}
      >
        <p>{children}</p>
        {more}
        {name !== undefined && (
          <TextField
            name="confirmation"
            label={
              <>
                Type <code className="break">{name}</code> to confirm
              </>
            }
            value={typed}
            onValue={setTyped}
          />
        )}
      </Form>
    </Modal>
  );
}
