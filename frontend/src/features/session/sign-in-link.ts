import { forgetFragment } from "./link-fragment.ts";

/** What the fragment of the address says about signing in. */
export type SignInLink = { kind: "none" } | { kind: "broken" } | { kind: "token"; token: string };

/** A sign-in link ends in `#token=` and 32 random bytes in hexadecimal. */
export function parseSignInLink(fragment: string): SignInLink {
  const token = new URLSearchParams(fragment.replace(/^#/, "")).get("token");
  if (token === null) return { kind: "none" };
  return /^[0-9a-f]{64}$/.test(token) ? { kind: "token", token } : { kind: "broken" };
}

/** Reads the link and removes it from the address bar and the history, so that nobody finds it there. */
export function takeSignInLink(): SignInLink {
  const link = parseSignInLink(window.location.hash);
  if (link.kind !== "none") forgetFragment();
  return link;
}
