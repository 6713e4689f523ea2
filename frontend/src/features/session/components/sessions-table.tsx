import { useNavigate } from "@tanstack/react-router";

import type { SessionMeta } from "../../../api/contract.ts";
import { QuickAction } from "../../../components/quick-action.tsx";
import { Table } from "../../../components/table.tsx";
import { DateText, RelativeText } from "../../../components/time-text.tsx";
import { Chip } from "../../../components/tone.tsx";
import { useDeleteSession } from "../api/delete-session.ts";
import { useEndSession } from "../api/end-session.ts";
import { deviceOf } from "../device.ts";

export function SessionsTable({ organization, sessions }: { organization: string; sessions: readonly SessionMeta[] }) {
  return (
    <div className="panel">
      <Table
        className="sessions-table"
        labelledBy="sessions-title"
        columns={["Device", "Address", "Last used", "Signed in", "Ends", ""]}
      >
        {sessions.map((session) => (
          <tr key={session.id} role="row">
            <th role="rowheader" scope="row">
              <span className="row-name" title={session.userAgent ?? undefined}>
                {deviceOf(session.userAgent)}
              </span>
              {session.current && <Chip tone="good">This one</Chip>}
            </th>
            <td role="cell" data-label="Address">
              {session.address ? <code className="break">{session.address}</code> : <span className="quiet">Unknown</span>}
            </td>
            <td role="cell" data-label="Last used">
              {/* To the minute, and this very page is a use. */}
              {session.current ? "now" : <RelativeText at={session.lastUsedAt ?? session.createdAt} />}
            </td>
            <td role="cell" data-label="Signed in">
              <DateText at={session.createdAt} />
            </td>
            <td role="cell" data-label="Ends">
              <DateText at={session.expiresAt} />
            </td>
            <td role="cell" className="row-actions">
              {session.current ? <SignOut /> : <End organization={organization} session={session} />}
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

function End({ organization, session }: { organization: string; session: SessionMeta }) {
  const end = useEndSession(organization, session.id);
  const device = deviceOf(session.userAgent);
  return (
    <QuickAction
      label="End"
      name={`End the session of ${device}`}
      acting="Ending…"
      said={`${device} is signed out`}
      request={end}
      onAct={(options) => end.mutate(undefined, options)}
    />
  );
}

function SignOut() {
  const navigate = useNavigate();
  const signOut = useDeleteSession();
  return (
    <QuickAction
      label="Sign out"
      name="Sign out here"
      acting="Signing out…"
      said="You are signed out"
      request={signOut}
      onAct={({ onError }) =>
        signOut.mutate(undefined, { onSuccess: () => void navigate({ to: "/sign-in" }), onError })
      }
    />
  );
}
