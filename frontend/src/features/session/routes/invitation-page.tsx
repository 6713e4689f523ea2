import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useEffectEvent, useState } from "react";

import type { Session } from "../../../api/contract.ts";
import { ProgressIcon } from "../../../components/icons.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { rememberOrganization } from "../../../lib/organization.tsx";
import { useAcceptInvitation } from "../api/accept-invitation.ts";
import { useCreateSession } from "../api/create-session.ts";
import { useDeleteSession } from "../api/delete-session.ts";
import { sessionQuery } from "../api/get-session.ts";
import { type Invitation, takeInvitationLink } from "../invitation-link.ts";

const MailSignIn = lazy(() => import("../components/mail-sign-in.tsx"));

/**
 * Where the link of an invitation leads. What it holds stays in the memory of this page alone; who signs in by a link
 * in another tab finds this one ready when they come back to it.
 */
export function InvitationPage() {
  const session = useQuery({ ...sessionQuery, staleTime: 0, refetchOnWindowFocus: true });
  const [invitation, setInvitation] = useState<Invitation | null | undefined>();

  const follow = useEffectEvent(() => {
    const taken = takeInvitationLink();
    if (taken || invitation === undefined) setInvitation(taken);
  });
  useEffect(() => {
    follow();
    // A link opened in a tab that already shows this page changes only the fragment.
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);

  return (
    <main className="sign-in">
      <title>Invitation – DCVaaS</title>
      <img src="/mark.svg" alt="" width="44" height="44" />
      <h1>You are invited</h1>
      <div className="sign-in-body">
        {invitation === null ? (
          <Incomplete />
        ) : session.error ? (
          <ProblemNotice error={session.error} />
        ) : session.data === undefined || invitation === undefined ? (
          <Busy>Looking who you are…</Busy>
        ) : session.data === null ? (
          <SignInFirst onSignedIn={() => void session.refetch()} />
        ) : (
          <Accept key={invitation.token} invitation={invitation} session={session.data} refresh={() => session.refetch()} />
        )}
      </div>
    </main>
  );
}

function Busy({ children }: { children: ReactNode }) {
  return (
    <p className="sign-in-busy" role="status">
      <ProgressIcon /> {children}
    </p>
  );
}

function Incomplete() {
  return (
    <>
      <div className="notice notice-waiting" role="alert">
        <div>
          <strong>The link is not complete.</strong> Open it from the mail once more, or copy all of it, up to its last
          character.
        </div>
      </div>
      <Link className="button" to="/domains">
        To the dashboard
      </Link>
    </>
  );
}

function SignInFirst({ onSignedIn }: { onSignedIn: () => void }) {
  const createSession = useCreateSession();
  return (
    <>
      <p>
        Sign in with the address that the invitation was sent to. Then you can accept it here; if another page opens
        instead, open the link of the mail once more.
      </p>
      {createSession.error && <ProblemNotice error={createSession.error} />}
      <Suspense>
        <MailSignIn createSession={createSession} onCode={(code) => createSession.mutate({ code }, { onSuccess: onSignedIn })} />
      </Suspense>
    </>
  );
}

function Accept({
  invitation,
  session,
  refresh,
}: {
  invitation: Invitation;
  session: Session;
  /** Asks anew who is signed in, and where they belong. */
  refresh: () => Promise<unknown>;
}) {
  const navigate = useNavigate();
  const accept = useAcceptInvitation();
  const signOut = useDeleteSession();

  function join() {
    accept.mutate(invitation, {
      onSuccess: async () => {
        rememberOrganization(invitation.organization);
        await refresh();
        await navigate({ to: "/domains", replace: true });
      },
    });
  }

  if (accept.isPending || accept.isSuccess) return <Busy>Joining…</Busy>;
  return (
    <>
      <p>
        You are signed in as <strong className="break">{session.user.email}</strong>.
      </p>
      {accept.error && <ProblemNotice error={accept.error} />}
      {signOut.error && <ProblemNotice error={signOut.error} />}
      <div className="form-actions">
        <button
          type="button"
          className="button"
          disabled={signOut.isPending}
          onClick={() => signOut.mutate(undefined, { onSuccess: () => void refresh() })}
        >
          That is not me
        </button>
        <button type="button" className="button button-primary" onClick={join}>
          {accept.error ? "Try again" : "Accept the invitation"}
        </button>
      </div>
    </>
  );
}
