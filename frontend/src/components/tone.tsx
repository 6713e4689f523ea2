import type { ReactNode } from "react";

import { AlertIcon, CheckCircleIcon, ClockIcon, DashCircleIcon, ProgressIcon } from "./icons.tsx";

export type Tone = "good" | "busy" | "waiting" | "bad" | "quiet";

const ICON = {
  good: CheckCircleIcon,
  busy: ProgressIcon,
  waiting: ClockIcon,
  bad: AlertIcon,
  quiet: DashCircleIcon,
} satisfies Record<Tone, () => ReactNode>;

/** A state in a word, with an icon and a colour that repeat it. */
export function Chip({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={`chip tone-${tone}`}>
      <ToneIcon tone={tone} />
      {children}
    </span>
  );
}

export function ToneIcon({ tone }: { tone: Tone }) {
  const Shape = ICON[tone];
  return <Shape />;
}
