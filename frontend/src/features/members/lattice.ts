// Who may do what to whom. The server decides; this is for not offering what it would refuse, and for saying why.

import type { Member, Role } from "../../api/contract.ts";
import { atLeast, ROLES } from "../../lib/roles.ts";

export type Action = "role" | "suspend" | "reactivate" | "invite-again" | "withdraw" | "remove" | "leave";

/** The person who looks at the page. */
export interface Viewer {
  userId: string;
  role: Role;
  /** Whether the plan has members beside the owner: without it members are only taken away. */
  team: boolean;
}

/** What may be done to one member; `reason` tells why something is missing that could be looked for. */
export interface Standing {
  actions: readonly Action[];
  reason: string | null;
}

export const ONLY_OWNER = "The only owner can neither leave nor step down. Make somebody else an owner first.";
export const OWNERS_ONLY = "Only an owner changes an owner.";

type Subject = Pick<Member, "userId" | "role" | "status">;

/** `members` are all that are known: the last owner among them stays. */
export function standing(viewer: Viewer, member: Subject, members: readonly Subject[]): Standing {
  if (member.userId === viewer.userId) {
    if (isOnlyOwner(member, members)) return { actions: [], reason: ONLY_OWNER };
    const stepDown: readonly Action[] = viewer.team && viewer.role !== "member" ? ["role"] : [];
    return { actions: [...stepDown, "leave"], reason: null };
  }
  if (!atLeast(viewer.role, "admin")) return { actions: [], reason: null };
  if (!mayGive(viewer.role).includes(member.role)) return { actions: [], reason: OWNERS_ONLY };
  const changes: readonly Action[] = viewer.team ? CHANGES[member.status] : [];
  return { actions: [...changes, member.status === "invited" ? "withdraw" : "remove"], reason: null };
}

const CHANGES: Record<Member["status"], readonly Action[]> = {
  active: ["role", "suspend"],
  invited: ["role", "invite-again"],
  suspended: ["role", "reactivate"],
};

/** The roles that somebody may give, and whose holders they may change. */
export function mayGive(role: Role): readonly Role[] {
  if (role === "owner") return ROLES;
  return role === "admin" ? ROLES.filter((given) => given !== "owner") : [];
}

function isOnlyOwner(member: Subject, members: readonly Subject[]): boolean {
  const owners = members.filter(({ role, status }) => role === "owner" && status === "active");
  return member.role === "owner" && owners.length <= 1;
}
