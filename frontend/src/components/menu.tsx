import { type ReactNode, useEffect, useEffectEvent, useId, useRef, useState } from "react";

import { ChevronIcon } from "./icons.tsx";

/** A button that shows what belongs to it below; `children` get what closes it again. */
export function Menu({ label, children }: { label: ReactNode; children: (close: () => void) => ReactNode }) {
  const id = useId();
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);

  const closeFromOutside = useEffectEvent(({ target }: Event) => {
    if (target instanceof Node && !whole.current?.contains(target)) setOpen(false);
  });
  useEffect(() => {
    if (!open) return;
    const events = ["pointerdown", "focusin"];
    for (const event of events) document.addEventListener(event, closeFromOutside);
    return () => {
      for (const event of events) document.removeEventListener(event, closeFromOutside);
    };
  }, [open]);

  return (
    <div
      ref={whole}
      className="menu"
      onKeyDown={({ key }) => {
        if (key !== "Escape" || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        className="menu-button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {label}
        <ChevronIcon />
      </button>
      {open && (
        <div id={id} className="menu-items panel">
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}
