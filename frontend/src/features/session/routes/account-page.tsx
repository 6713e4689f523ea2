import "../../../styles/account.css";

import { LoadMore, Stale } from "../../../components/list.tsx";
import { PageHead } from "../../../components/page.tsx";
import { QuickAction } from "../../../components/quick-action.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { ROLE_NAME } from "../../../lib/roles.ts";
import { useEndOtherSessions } from "../api/end-other-sessions.ts";
import { useSessions } from "../api/list-sessions.ts";
import { SessionsTable } from "../components/sessions-table.tsx";

export function AccountPage() {
  const { user, organization, organizations } = useCurrentOrganization();
  const list = useSessions(organization.id);
  const endOthers = useEndOtherSessions(organization.id);
  const sessions = list.data.pages.flatMap((page) => page.sessions);
  return (
    <>
      <PageHead title="Account" />
      <Stale error={list.error} />
      <dl className="panel facts account-facts">
        <div>
          <dt>E-mail address</dt>
          <dd className="break">{user.email}</dd>
        </div>
        {user.name && (
          <div>
            <dt>Name</dt>
            <dd className="break">{user.name}</dd>
          </div>
        )}
        <div>
          <dt>Organizations</dt>
          <dd>
            <ul>
              {organizations.map(({ id, name, role }) => (
                <li key={id} className="break">
                  {name} <span className="quiet">{ROLE_NAME[role]}</span>
                </li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
      <section className="section" aria-labelledby="sessions-title">
        <header className="section-head">
          <div>
            <h2 id="sessions-title">Where you are signed in</h2>
            <p className="quiet">What you do not know, end. A session ends by itself after a week without use.</p>
          </div>
          {sessions.length > 1 && (
            <div className="section-actions">
              <QuickAction
                label="End all others"
                name="End all others"
                acting="Ending…"
                said="You are signed in only here now"
                request={endOthers}
                onAct={(options) => endOthers.mutate(undefined, options)}
              />
            </div>
          )}
        </header>
        <SessionsTable organization={organization.id} sessions={sessions} />
        <LoadMore list={list} />
      </section>
    </>
  );
}
