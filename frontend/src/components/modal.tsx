import { useId, useLayoutEffect, useRef, type ReactNode } from "react";

import { CloseIcon } from "./icons.tsx";

/** A native modal dialog: it is open while it is rendered, and gives the focus back when it goes. */
export function Modal({
  title,
  onClose,
  focus = "input",
  wide = false,
  children,
}: {
  title: string;
  /** Left out where only the content may end the dialog: then neither a button nor Escape does. */
  onClose?: () => void;
  /** Selects what has the focus first. By itself the dialog would take its first button, which closes it. */
  focus?: string;
  wide?: boolean;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>(focus)?.focus();
    return () => element?.close();
  }, [focus]);

  return (
    <dialog
      ref={dialog}
      className={wide ? "modal modal-wide" : "modal"}
      aria-labelledby={titleId}
      closedby={onClose ? "closerequest" : "none"}
      onCancel={(event) => {
        if (!onClose) event.preventDefault();
      }}
      onClose={({ currentTarget }) => {
        if (currentTarget.open) return;
        // A browser that does not know `closedby` lets nobody prevent a second Escape.
        if (onClose) onClose();
        else currentTarget.showModal();
      }}
    >
      <header className="modal-head">
        <h2 id={titleId}>{title}</h2>
        {onClose && (
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <CloseIcon />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}
