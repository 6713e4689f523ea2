// What the roles are called, and what they may do.

import type { Role } from "../api/contract.ts";
import { Role as ROLE } from "../api/schema.gen.ts";

export const ROLE_NAME: Record<Role, string> = { owner: "Owner", admin: "Admin", member: "Member" };

/** In a sentence, with its article. */
export const AS_ROLE: Record<Role, string> = { owner: "an owner", admin: "an admin", member: "a member" };

/** From the most rights to the fewest. */
export const ROLES = Object.keys(ROLE) as Role[];

/** Whether this role has all rights of `least`. */
export function atLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least);
}
