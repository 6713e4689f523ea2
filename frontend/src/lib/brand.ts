// How an organization shows itself.

import type { Organization } from "../api/contract.ts";
import { includes } from "./plan.ts";

/** The organization's colour and logo, where its plan has them. */
export function brandOf({ plan, brandColor, logoUrl }: Pick<Organization, "plan" | "brandColor" | "logoUrl">): {
  color: string | null;
  logo: string | null;
} {
  return includes(plan, "white_label") ? { color: brandColor, logo: logoUrl } : { color: null, logo: null };
}
