import type { ReactNode } from "react";

import { CopyButton } from "./copy-button.tsx";
import { AlertIcon } from "./icons.tsx";
import { Modal } from "./modal.tsx";

/**
 * Shows what is never shown again. It stays until the person says that it is stored: no Escape, no click beside it.
 *
 * The secret lives in the state of the component that opens this, and nowhere else.
 */
export function SecretDialog({
  title,
  warning,
  children,
  onDismiss,
}: {
  title: string;
  warning: ReactNode;
  children: ReactNode;
  onDismiss: () => void;
}) {
  return (
    // A second Enter after the form's must not close it.
    <Modal title={title} focus=".copy-button" wide>
      <div className="form">
        <div className="notice notice-waiting">
          <AlertIcon />
          <div>{warning}</div>
        </div>
        {children}
        <div className="form-actions">
          <button type="button" className="button button-primary" onClick={onDismiss}>
            I have stored it
          </button>
        </div>
      </div>
    </Modal>
  );
}

export function Secret({ label, what, value, children }: { label: string; what: string; value: string; children: ReactNode }) {
  return (
    <div className="secret">
      <strong>{label}</strong>
      <span className="copy-field">
        <code>{value}</code>
        <CopyButton value={value} what={what} />
      </span>
      <p className="help">{children}</p>
    </div>
  );
}
