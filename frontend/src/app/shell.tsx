import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import type { Session } from "../api/contract.ts";
import { explain } from "../components/problem-notice.tsx";
import { useDeleteSession } from "../features/session/api/delete-session.ts";
import { CurrentOrganizationProvider, useCurrentOrganization } from "../lib/organization.tsx";

/** The frame around every page of a signed-in person. */
export function Shell({ session }: { session: Session }) {
  return (
    <CurrentOrganizationProvider session={session} fallback={<NoOrganization session={session} />}>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <div className="top-inner">
          <Link className="brand" to="/domains" aria-label="DCVaaS, to the domains">
            <img src="/mark.svg" alt="" width="24" height="24" />
            <span>DCVaaS</span>
          </Link>
          <OrganizationName session={session} />
          <Person session={session} />
        </div>
        <Navigation />
      </header>
      <Main />
    </CurrentOrganizationProvider>
  );
}

/** The router marks the link of the page that is shown, also below it, with `aria-current`. */
function Navigation() {
  return (
    <nav className="tabs" aria-label="Main">
      <Link to="/domains">Domains</Link>
      <Link to="/tokens">API tokens</Link>
      <Link to="/webhooks">Webhooks</Link>
    </nav>
  );
}

function Main() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const last = useRef(path);

  // A new page starts at its top for the keyboard and for screen readers too.
  useEffect(() => {
    if (last.current !== undefined && last.current !== path) main.current?.focus({ preventScroll: true });
    last.current = path;
  }, [path]);

  return (
    <main ref={main} id="main" className="main" tabIndex={-1}>
      <Outlet />
    </main>
  );
}

function OrganizationName({ session }: { session: Session }) {
  const { organization, choose } = useCurrentOrganization();
  const navigate = useNavigate();
  return (
    <div className="organization">
      <span className="organization-divider" aria-hidden="true" />
      {session.organizations.length === 1 ? (
        <span className="organization-name">{organization.name}</span>
      ) : (
        <select
          aria-label="Organization"
          value={organization.id}
          onChange={(event) => {
            choose(event.target.value);
            void navigate({ to: "/domains" });
          }}
        >
          {session.organizations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
      <span className="tag">{organization.plan}</span>
    </div>
  );
}

function Person({ session: { user } }: { session: Session }) {
  const navigate = useNavigate();
  const signOut = useDeleteSession();
  return (
    <div className="person">
      <span className="person-email">{user.email}</span>
      <button
        type="button"
        className="button button-plain"
        disabled={signOut.isPending}
        title={signOut.error ? explain(signOut.error) : undefined}
        onClick={() => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: "/sign-in" }) })}
      >
        {signOut.error ? "Try to sign out again" : "Sign out"}
      </button>
    </div>
  );
}

function NoOrganization({ session }: { session: Session }) {
  return (
    <main className="message-page">
      <h1>You belong to no organization</h1>
      <p className="quiet">Ask an owner to invite {session.user.email}, then reload this page.</p>
      <Person session={session} />
    </main>
  );
}

export function ShellSkeleton() {
  return (
    <header className="top" aria-busy="true">
      <div className="top-inner">
        <span className="brand">
          <img src="/mark.svg" alt="" width="24" height="24" />
          <span>DCVaaS</span>
        </span>
      </div>
    </header>
  );
}
