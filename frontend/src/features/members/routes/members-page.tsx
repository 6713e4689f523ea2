import "../../../styles/integrations.css";
import "../../../styles/members.css";

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { Member } from "../../../api/contract.ts";
import { ListPage, NewButton } from "../../../components/list.tsx";
import { PlanNotice } from "../../../components/plan-notice.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { includes } from "../../../lib/plan.ts";
import { atLeast } from "../../../lib/roles.ts";
import { useMembers } from "../api/list-members.ts";
import { RemoveDialog, SuspendDialog } from "../components/confirm-dialogs.tsx";
import { InviteDialog } from "../components/invite-dialog.tsx";
import { type Asked, MembersTable } from "../components/members-table.tsx";
import { RoleDialog } from "../components/role-dialog.tsx";
import { mayGive } from "../lattice.ts";

export function MembersPage() {
  const { user, organization, refresh } = useCurrentOrganization();
  const navigate = useNavigate();
  const list = useMembers(organization.id);
  const [inviting, setInviting] = useState(false);
  const [asked, setAsked] = useState<{ action: Asked; member: Member } | null>(null);
  const close = () => setAsked(null);
  const members = list.data.pages.flatMap((page) => page.members);
  const viewer = { userId: user.id, role: organization.role, team: includes(organization.plan, "team") };
  const mayChange = atLeast(organization.role, "admin");

  return (
    <>
      <ListPage
        title="Members"
        list={list}
        isEmpty={false}
        head={
          mayChange ? (
            viewer.team && <NewButton label="Invite somebody" onClick={() => setInviting(true)} />
          ) : (
            <p className="quiet">Owners and admins can change them.</p>
          )
        }
        empty={null}
      >
        {mayChange && (
          <div className="before-panel">
            <PlanNotice feature="team" />
          </div>
        )}
        <MembersTable
          organization={organization.id}
          viewer={viewer}
          members={members}
          onAction={(action, member) => setAsked({ action, member })}
        />
      </ListPage>
      {inviting && (
        <InviteDialog
          organization={organization}
          roles={mayGive(organization.role)}
          onClose={() => setInviting(false)}
        />
      )}
      {asked?.action === "role" && (
        <RoleDialog
          organization={organization.id}
          member={asked.member}
          roles={mayGive(organization.role)}
          own={asked.member.userId === user.id}
          onChanged={() => void (asked.member.userId === user.id && refresh())}
          onClose={close}
        />
      )}
      {asked?.action === "suspend" && (
        <SuspendDialog organization={organization} member={asked.member} onClose={close} />
      )}
      {(asked?.action === "remove" || asked?.action === "withdraw" || asked?.action === "leave") && (
        <RemoveDialog
          going={asked.action}
          organization={organization}
          member={asked.member}
          onGone={() => {
            if (asked.action === "leave") void refresh().then(() => navigate({ to: "/domains" }));
          }}
          onClose={close}
        />
      )}
    </>
  );
}
