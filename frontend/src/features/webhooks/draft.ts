import type { Webhook } from "../../api/contract.ts";

/** What a person decides about an endpoint. */
export interface Draft extends Pick<Webhook, "url" | "description"> {
  /** Also words that only a newer server knows. */
  events: string[];
}

/** What of `after` differs from `before`. An address that stays is not sent: it need not pass the server's guard again. */
export function changes(before: Draft, after: Draft): Partial<Draft> {
  const { url, description, events } = after;
  return {
    ...(url !== before.url && { url }),
    ...(description !== before.description && { description }),
    ...(sorted(events) !== sorted(before.events) && { events }),
  };
}

const sorted = (events: readonly string[]) => events.toSorted().join();

/** The part of an address that tells endpoints apart at a glance: `hooks.example.com`, with the port if it has one. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
