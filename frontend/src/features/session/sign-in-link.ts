import { forgetFragment } from "./link-fragment.ts";

/** Why somebody who comes back from a provider is not signed in: the server's words. */
const REFUSALS = ["denied", "ended", "unverified", "untrusted", "unavailable"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What the fragment of the address says about signing in. */
export type SignInLink =
  | { kind: "none" }
  | { kind: "broken" }
  | { kind: "token"; token: string }
  | { kind: "refused"; refusal: Refusal };

/**
 * A sign-in link ends in `#token=` and 32 random bytes in hexadecimal. Who comes back from a provider in vain has
 * `#refused=` and a word; one that is newer than this page is told like any failure.
 */
export function parseSignInLink(fragment: string): SignInLink {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const refused = parameters.get("refused");
  if (refused !== null) {
    return { kind: "refused", refusal: REFUSALS.find((word) => word === refused) ?? "unavailable" };
  }
  const token = parameters.get("token");
  if (token === null) return { kind: "none" };
  return /^[0-9a-f]{64}$/.test(token) ? { kind: "token", token } : { kind: "broken" };
}

/** Reads the link and removes it from the address bar and the history, so that nobody finds it there. */
export function takeSignInLink(): SignInLink {
  const link = parseSignInLink(window.location.hash);
  if (link.kind !== "none") forgetFragment();
  return link;
}
