// The changes of a member that are asked about before they are made.

import { type ReactNode, useState } from "react";

import type { Member } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { Checkbox, type Request } from "../../../components/form.tsx";
import { useRevokeTokens } from "../../../lib/revoke-tokens.ts";
import { useRemoveMember } from "../api/remove-member.ts";
import { useUpdateMember } from "../api/update-member.ts";

interface Props {
  organization: { id: string; name: string };
  member: Member;
  onClose: () => void;
}

/** A token belongs to the organization: it stays in force unless it is revoked, too. */
function useTokensOf(organization: string, member: Member) {
  const revoke = useRevokeTokens(organization);
  const [chosen, setChosen] = useState(false);
  const count = member.tokens === 1 ? "1 API token" : `${member.tokens.toLocaleString("en")} API tokens`;
  return {
    request: revoke,
    /** Done before the member goes: if it fails, nothing has changed. */
    first: async () => {
      if (chosen) await revoke.mutateAsync({ person: member.userId });
    },
    choice: member.tokens > 0 && (
      <Checkbox
        label={
          <>
            Revoke {count} of theirs, too
            <span className="help">They belong to the organization, and work on if this is left out.</span>
          </>
        }
        checked={chosen}
        onValue={setChosen}
      />
    ),
  };
}

/** Two requests as one: what fails first is shown. */
function both(one: Request, other: Request): Request {
  return {
    error: one.error ?? other.error,
    isPending: one.isPending || other.isPending,
    reset: () => {
      one.reset();
      other.reset();
    },
  };
}

export function SuspendDialog({ organization, member, onClose }: Props) {
  const announce = useAnnounce();
  const update = useUpdateMember(organization.id, member.userId);
  const tokens = useTokensOf(organization.id, member);
  async function confirm() {
    await tokens.first();
    await update.mutateAsync({ status: "suspended" });
    announce(`${member.email} is suspended`);
    onClose();
  }
  return (
    <ConfirmDialog
      title="Suspend this member"
      request={both(tokens.request, update)}
      action="Suspend"
      acting="Suspending…"
      // What fails is shown by the request itself.
      onConfirm={() => void confirm().catch(() => {})}
      onClose={onClose}
      more={tokens.choice}
    >
      <strong className="break">{member.email}</strong> is shut out of {organization.name} at once, and keeps the place for
      later.
    </ConfirmDialog>
  );
}

type Going = "remove" | "withdraw" | "leave";

const GOING: Record<
  Going,
  { title: string; action: string; acting: string; said: (email: string) => string; text: (who: ReactNode, of: string) => ReactNode }
> = {
  remove: {
    title: "Remove this member",
    action: "Remove",
    acting: "Removing…",
    said: (email) => `${email} is removed`,
    text: (who, of) => (
      <>
        {who} sees nothing of {of} any more.
      </>
    ),
  },
  withdraw: {
    title: "Take back this invitation",
    action: "Take it back",
    acting: "Taking it back…",
    said: (email) => `The invitation of ${email} is taken back`,
    text: (who) => <>The link that was sent to {who} works no more.</>,
  },
  leave: {
    title: "Leave this organization",
    action: "Leave",
    acting: "Leaving…",
    said: () => "You have left the organization",
    text: (_, of) => (
      <>
        You see nothing of <strong className="break">{of}</strong> any more. Only an invitation brings you back.
      </>
    ),
  },
};

export function RemoveDialog({ going, organization, member, onGone, onClose }: Props & { going: Going; onGone: () => void }) {
  const announce = useAnnounce();
  const remove = useRemoveMember(organization.id, member.userId, going === "leave");
  const tokens = useTokensOf(organization.id, member);
  const { title, action, acting, said, text } = GOING[going];
  async function confirm() {
    await tokens.first();
    await remove.mutateAsync();
    announce(said(member.email));
    onClose();
    onGone();
  }
  return (
    <ConfirmDialog
      title={title}
      request={both(tokens.request, remove)}
      action={action}
      acting={acting}
      onConfirm={() => void confirm().catch(() => {})}
      onClose={onClose}
      // Who leaves may not revoke.
      more={going === "remove" && tokens.choice}
    >
      {text(<strong className="break">{member.email}</strong>, organization.name)}
    </ConfirmDialog>
  );
}
