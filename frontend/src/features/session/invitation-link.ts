import { forgetFragment } from "./link-fragment.ts";

/** What the link of an invitation holds. */
export interface Invitation {
  organization: string;
  token: string;
}

/** The link ends in `#org=`, the organization's id, `&token=` and 32 random bytes in hexadecimal. */
export function parseInvitationLink(fragment: string): Invitation | null {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const [organization, token] = [parameters.get("org") ?? "", parameters.get("token") ?? ""];
  return /^org_[0-9A-Za-z]+$/.test(organization) && /^[0-9a-f]{64}$/.test(token) ? { organization, token } : null;
}

/** Reads the link, and leaves nothing of it in the address bar. */
export function takeInvitationLink(): Invitation | null {
  const invitation = parseInvitationLink(window.location.hash);
  if (window.location.hash !== "") forgetFragment();
  return invitation;
}
