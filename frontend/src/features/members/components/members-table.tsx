import type { Member, MemberStatus } from "../../../api/contract.ts";
import { QuickAction } from "../../../components/quick-action.tsx";
import { Table } from "../../../components/table.tsx";
import { DateText } from "../../../components/time-text.tsx";
import { Chip, type Tone } from "../../../components/tone.tsx";
import { ROLE_NAME } from "../../../lib/roles.ts";
import { useInviteMember } from "../api/invite-member.ts";
import { useUpdateMember } from "../api/update-member.ts";
import { type Action, standing, type Viewer } from "../lattice.ts";

const STATUS: Record<MemberStatus, { label: string; tone: Tone }> = {
  active: { label: "Active", tone: "good" },
  invited: { label: "Invited", tone: "waiting" },
  suspended: { label: "Suspended", tone: "quiet" },
};

/** The actions that open a dialog. */
export type Asked = Exclude<Action, "reactivate" | "invite-again">;

interface Props {
  organization: string;
  viewer: Viewer;
  members: readonly Member[];
  onAction: (action: Asked, member: Member) => void;
}

export function MembersTable({ members, ...of }: Props) {
  return (
    <div className="panel">
      <Table className="members-table" label="Members" columns={["Person", "Role", "Status", "Since", ""]}>
        {members.map((member) => (
          <MemberRow key={member.userId} member={member} members={members} {...of} />
        ))}
      </Table>
    </div>
  );
}

function MemberRow({ organization, viewer, member, members, onAction }: Props & { member: Member }) {
  const { label, tone } = STATUS[member.status];
  const { actions, reason } = standing(viewer, member, members);
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <span className="row-name">
          {member.email}
          {member.userId === viewer.userId && <span className="tag">You</span>}
        </span>
        {member.name && <span className="quiet break">{member.name}</span>}
      </th>
      <td role="cell" data-label="Role">
        {ROLE_NAME[member.role]}
      </td>
      <td role="cell" data-label="Status">
        <Chip tone={tone}>{label}</Chip>
      </td>
      <td role="cell" data-label="Since">
        <DateText at={member.createdAt} />
      </td>
      <td role="cell" className="row-actions">
        {actions.map((action) => (
          <RowAction key={action} action={action} organization={organization} member={member} onAction={onAction} />
        ))}
        {reason && <p className="help">{reason}</p>}
      </td>
    </tr>
  );
}

const BUTTON: Record<Asked, { label: string; name: (email: string) => string; danger?: boolean }> = {
  role: { label: "Role…", name: (email) => `Change the role of ${email}` },
  suspend: { label: "Suspend…", name: (email) => `Suspend ${email}` },
  remove: { label: "Remove…", name: (email) => `Remove ${email}`, danger: true },
  withdraw: { label: "Take back…", name: (email) => `Take back the invitation of ${email}`, danger: true },
  leave: { label: "Leave…", name: () => "Leave this organization", danger: true },
};

function RowAction({
  action,
  organization,
  member,
  onAction,
}: {
  action: Action;
  organization: string;
  member: Member;
  onAction: (action: Asked, member: Member) => void;
}) {
  if (action === "reactivate") return <Reactivate organization={organization} member={member} />;
  if (action === "invite-again") return <InviteAgain organization={organization} member={member} />;
  const { label, name, danger } = BUTTON[action];
  return (
    <button
      type="button"
      className={`button${danger ? " button-danger-quiet" : ""}`}
      aria-label={name(member.email)}
      onClick={() => onAction(action, member)}
    >
      {label}
    </button>
  );
}

function Reactivate({ organization, member }: { organization: string; member: Member }) {
  const update = useUpdateMember(organization, member.userId);
  return (
    <QuickAction
      label="Reactivate"
      name={`Reactivate ${member.email}`}
      acting="Reactivating…"
      said={`${member.email} is in again`}
      request={update}
      onAct={(options) => update.mutate({ status: "active" }, options)}
    />
  );
}

function InviteAgain({ organization, member }: { organization: string; member: Member }) {
  const invite = useInviteMember(organization);
  return (
    <QuickAction
      label="Send again"
      name={`Send again the invitation of ${member.email}`}
      acting="Sending…"
      said={`A new invitation is on its way to ${member.email}`}
      request={invite}
      onAct={(options) => invite.mutate({ email: member.email, role: member.role }, options)}
    />
  );
}
