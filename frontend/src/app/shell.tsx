import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouter, useRouterState } from "@tanstack/react-router";
import { type CSSProperties, useCallback, useEffect, useRef, useState } from "react";

import type { Session } from "../api/contract.ts";
import { PersonIcon } from "../components/icons.tsx";
import { explain } from "../components/problem-notice.tsx";
import { useDeleteSession } from "../features/session/api/delete-session.ts";
import { sessionQuery } from "../features/session/api/get-session.ts";
import { brandOf } from "../lib/brand.ts";
import { CurrentOrganizationProvider, useCurrentOrganization } from "../lib/organization.tsx";
import { OrganizationMenu } from "./organization-menu.tsx";

/** The frame around every page of a signed-in person. */
export function Shell({ session }: { session: Session }) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const refresh = useCallback(async () => {
    await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
    await router.invalidate();
  }, [queryClient, router]);
  return (
    <CurrentOrganizationProvider
      session={session}
      refresh={refresh}
      fallback={<NoOrganization session={session} />}
    >
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <Top session={session} />
      <Main />
    </CurrentOrganizationProvider>
  );
}

function Top({ session }: { session: Session }) {
  const { organization } = useCurrentOrganization();
  const { color, logo } = brandOf(organization);
  return (
    // React sets it by script, which the content security policy allows.
    <header className="top" style={color ? ({ "--brand": color } as CSSProperties) : undefined}>
      <div className="top-inner">
        <Link className="brand" to="/domains" aria-label="DCVaaS, to the domains">
          {logo ? <Logo key={logo} url={logo} /> : <Mark />}
        </Link>
        <OrganizationMenu />
        <Person session={session} />
      </div>
      <Navigation />
    </header>
  );
}

/** The organization's own logo, with ours in its place where it does not load. */
function Logo({ url }: { url: string }) {
  const [failed, setFailed] = useState(false);
  if (failed) return <Mark />;
  return (
    <img className="brand-logo" src={url} alt="" height="28" referrerPolicy="no-referrer" onError={() => setFailed(true)} />
  );
}

function Mark() {
  return (
    <>
      <img src="/mark.svg" alt="" width="24" height="24" />
      <span>DCVaaS</span>
    </>
  );
}

/** The router marks the link of the page that is shown, also below it, with `aria-current`. */
function Navigation() {
  const tabs = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });

  // On a narrow screen not all of them are in sight.
  useEffect(() => {
    const { current } = tabs;
    const link = current?.querySelector<HTMLElement>("[aria-current]");
    if (current && link) current.scrollLeft = link.offsetLeft - (current.clientWidth - link.offsetWidth) / 2;
  }, [path]);

  return (
    <nav ref={tabs} className="tabs" aria-label="Main">
      <Link to="/domains">Domains</Link>
      <Link to="/tokens">API tokens</Link>
      <Link to="/webhooks">Webhooks</Link>
      <Link to="/members">Members</Link>
      <Link to="/audit">Audit log</Link>
      <Link to="/organization">Organization</Link>
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

function Person({ session: { user } }: { session: Session }) {
  return (
    <div className="person">
      <Link className="person-link" to="/account">
        <PersonIcon />
        <span className="visually-hidden">Your account: </span>
        <span className="person-email">{user.email}</span>
      </Link>
      <SignOut />
    </div>
  );
}

function SignOut() {
  const navigate = useNavigate();
  const signOut = useDeleteSession();
  return (
    <button
      type="button"
      className="button button-plain"
      disabled={signOut.isPending}
      title={signOut.error ? explain(signOut.error) : undefined}
      onClick={() => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: "/sign-in" }) })}
    >
      {signOut.error ? "Try to sign out again" : "Sign out"}
    </button>
  );
}

function NoOrganization({ session }: { session: Session }) {
  return (
    <main className="message-page">
      <h1>You belong to no organization</h1>
      <p className="quiet">Ask an owner to invite {session.user.email}, then reload this page.</p>
      <SignOut />
    </main>
  );
}

export function ShellSkeleton() {
  return (
    <header className="top" aria-busy="true">
      <div className="top-inner">
        <span className="brand">
          <Mark />
        </span>
      </div>
    </header>
  );
}
