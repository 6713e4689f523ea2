import type { Webhook } from "../../api/contract.ts";

/** What a person decides about an endpoint. */
export interface Draft extends Pick<Webhook, "url" | "description"> {
  /** Also words that only a newer server knows. */
  events: string[];
  /** Whether a key pair signs, too. */
  ed25519: boolean;
}

export function draftOf({ url, description, events, publicKey }: Webhook): Draft {
  return { url, description, events, ed25519: publicKey !== null };
}

/** What of `after` differs from `before`. An address that stays is not sent: it need not pass the server's guard again. */
export function changes(before: Draft, after: Draft): Partial<Draft> {
  const { url, description, events, ed25519 } = after;
  return {
    ...(url !== before.url && { url }),
    ...(description !== before.description && { description }),
    ...(sorted(events) !== sorted(before.events) && { events }),
    ...(ed25519 !== before.ed25519 && { ed25519 }),
  };
}

const sorted = (events: readonly string[]) => events.toSorted().join();

/** The part of an address that tells endpoints apart at a glance: `hooks.example.com`, with the port if it has one. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
