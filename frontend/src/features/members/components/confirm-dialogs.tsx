// The changes of a member that are asked about before they are made.

import type { ReactNode } from "react";

import type { Member } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { useRemoveMember } from "../api/remove-member.ts";
import { useUpdateMember } from "../api/update-member.ts";

interface Props {
  organization: { id: string; name: string };
  member: Member;
  onClose: () => void;
}

export function SuspendDialog({ organization, member, onClose }: Props) {
  const announce = useAnnounce();
  const update = useUpdateMember(organization.id, member.userId);
  const confirm = () =>
    update.mutate(
      { status: "suspended" },
      {
        onSuccess: () => {
          announce(`${member.email} is suspended`);
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog
      title="Suspend this member"
      request={update}
      action="Suspend"
      acting="Suspending…"
      onConfirm={confirm}
      onClose={onClose}
    >
      <strong className="break">{member.email}</strong> is shut out of {organization.name} at once, and keeps the place for
      later. API tokens that they made work on: revoke those on their own page.
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
        {who} sees nothing of {of} any more. API tokens that they made work on: revoke those on their own page.
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
  const { title, action, acting, said, text } = GOING[going];
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        announce(said(member.email));
        onClose();
        onGone();
      },
    });
  return (
    <ConfirmDialog title={title} request={remove} action={action} acting={acting} onConfirm={confirm} onClose={onClose}>
      {text(<strong className="break">{member.email}</strong>, organization.name)}
    </ConfirmDialog>
  );
}
