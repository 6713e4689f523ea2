// The colour and the logo as they are typed.

import type { OrganizationDetail } from "../../api/contract.ts";
import type { OrganizationChange } from "./api/update-organization.ts";

export interface Draft {
  color: string;
  logo: string;
}

export function draftOf({ brandColor, logoUrl }: Pick<OrganizationDetail, "brandColor" | "logoUrl">): Draft {
  return { color: brandColor ?? "", logo: logoUrl ?? "" };
}

/** What of the draft is new. Nothing typed takes the colour or the logo away. */
export function changes(before: Draft, { color, logo }: Draft): OrganizationChange {
  return {
    ...(color.trim() !== before.color && { brandColor: color.trim() || null }),
    ...(logo.trim() !== before.logo && { logoUrl: logo.trim() || null }),
  };
}

/** The colour as `#rrggbb`, `null` for what is none: the server explains it then. */
export function colorOf(text: string): string | null {
  const color = text.trim().toLowerCase();
  return /^#[0-9a-f]{6}$/.test(color) ? color : null;
}

/** The address of the logo, where a browser can load it. */
export function logoOf(text: string): string | null {
  const url = text.trim();
  return URL.canParse(url) && new URL(url).protocol === "https:" ? url : null;
}
