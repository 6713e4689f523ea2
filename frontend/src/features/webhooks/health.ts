// What an endpoint's state means to a person.

import type { DisabledReason, Webhook } from "../../api/contract.ts";
import type { Tone } from "../../components/tone.tsx";
import { formatMoment } from "../../lib/time.ts";

/** For how long the server takes failures before it turns an endpoint off, in milliseconds. */
const PATIENCE = 5 * 24 * 3_600_000;

export interface Health {
  tone: Tone;
  /** In a word, for a chip. */
  label: string;
  headline: string;
  text: string;
}

const OFF: Record<DisabledReason, { headline: string; text: string }> = {
  owner: {
    headline: "This endpoint is turned off",
    text: "Nothing is sent to it. What it misses can be sent once it is on again.",
  },
  gone: {
    headline: "The receiver wants no more events",
    text: "It answered 410 Gone, so the endpoint was turned off. Turn it on when there is a receiver again.",
  },
  failing: {
    headline: "Turned off after five days of failures",
    text: "Repair the receiver, turn the endpoint on, and have what it missed sent again.",
  },
};

export function health(
  webhook: Pick<Webhook, "enabled" | "disabledReason" | "failingSince" | "lastDeliveryAt">,
): Health {
  const { enabled, disabledReason, failingSince, lastDeliveryAt } = webhook;
  if (!enabled) {
    const reason = disabledReason ?? "owner";
    return { tone: reason === "owner" ? "quiet" : "bad", label: "Off", ...OFF[reason] };
  }
  if (failingSince !== null) {
    const end = new Date(Date.parse(failingSince) + PATIENCE).toISOString();
    return {
      tone: "bad",
      label: "Failing",
      headline: "The receiver does not take events",
      text: `Every try has failed since ${formatMoment(failingSince)}. We go on trying; if none succeeds until ${formatMoment(end)}, the endpoint is turned off.`,
    };
  }
  if (lastDeliveryAt === null) {
    return {
      tone: "quiet",
      label: "New",
      headline: "Nothing has arrived yet",
      text: "Send a test event to see that the receiver takes it.",
    };
  }
  return {
    tone: "good",
    label: "Working",
    headline: "Events arrive",
    text: `The last one was taken on ${formatMoment(lastDeliveryAt)}.`,
  };
}
