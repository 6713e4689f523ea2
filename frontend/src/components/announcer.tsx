// One live region for the whole page: says aloud what others see change.

import { createContext, use, useCallback, useState, type ReactNode } from "react";

const Announce = createContext<(text: string) => void>(() => {});

export function Announcer({ children }: { children: ReactNode }) {
  const [{ text, turn }, setMessage] = useState({ text: "", turn: 0 });
  const announce = useCallback((next: string) => setMessage(({ turn }) => ({ text: next, turn: turn + 1 })), []);
  return (
    <Announce value={announce}>
      {children}
      <div role="status" aria-live="polite" className="visually-hidden">
        {/* A new element each time, so that the same sentence is read again. */}
        <span key={turn}>{text}</span>
      </div>
    </Announce>
  );
}

export const useAnnounce = () => use(Announce);
