import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useEffectEvent, useState } from "react";

import { ApiProblem } from "../../../api/problem.ts";
import { ProgressIcon } from "../../../components/icons.tsx";
import { ProblemNotice, RequestId } from "../../../components/problem-notice.tsx";
import { type Proof, useCreateSession } from "../api/create-session.ts";
import { type Refusal, type SignInLink, takeSignInLink } from "../sign-in-link.ts";

/** Who comes by a link does not load it. */
const MailSignIn = lazy(() => import("../components/mail-sign-in.tsx"));

export function SignInPage() {
  const navigate = useNavigate();
  const createSession = useCreateSession();
  const [link, setLink] = useState<SignInLink>({ kind: "none" });

  const signIn = (proof: Proof) =>
    createSession.mutate(proof, { onSuccess: () => void navigate({ to: "/domains", replace: true }) });

  const follow = useEffectEvent(() => {
    const taken = takeSignInLink();
    if (taken.kind === "none") return;
    setLink(taken);
    if (taken.kind === "token") signIn({ token: taken.token });
  });

  useEffect(() => {
    follow();
    // A link opened in a tab that already shows this page changes only the fragment.
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);

  return (
    <main className="sign-in">
      <title>Sign in – DCVaaS</title>
      <img src="/mark.svg" alt="" width="44" height="44" />
      <h1>Sign in to DCVaaS</h1>
      <div className="sign-in-body">
        {(createSession.isPending && link.kind === "token") || createSession.isSuccess ? (
          <p className="sign-in-busy" role="status">
            <ProgressIcon /> Signing you in…
          </p>
        ) : (
          <>
            <Trouble link={link} error={createSession.error} onRetry={(token) => signIn({ token })} />
            <Suspense>
              <MailSignIn
                createSession={createSession}
                onCode={(code) => {
                  setLink({ kind: "none" });
                  signIn({ code });
                }}
              />
            </Suspense>
          </>
        )}
      </div>
    </main>
  );
}

/** What a person can do about each. */
const REFUSALS: Record<Refusal, { what: string; then: string }> = {
  denied: { what: "You were not signed in there.", then: "Try again, or sign in by mail." },
  ended: {
    what: "This sign-in has ended.",
    then: "It has to be finished within 10 minutes, in the browser in which it was begun. Begin again.",
  },
  unverified: {
    what: "Your e-mail address is not verified there.",
    then: "Have it verified with that provider, or sign in by mail.",
  },
  untrusted: {
    what: "What the provider answered does not hold.",
    then: "Begin again. If that does not help, tell the people who run this service.",
  },
  unavailable: { what: "The provider could not be reached.", then: "Try again in a moment, or sign in by mail." },
};

function Trouble({
  link,
  error,
  onRetry,
}: {
  link: SignInLink;
  error: Error | null;
  onRetry: (token: string) => void;
}) {
  if (link.kind === "broken") {
    return (
      <div className="notice notice-waiting" role="alert">
        <div>
          <strong>The link is not complete.</strong> Copy all of it, up to its last character.
        </div>
      </div>
    );
  }
  if (link.kind === "refused") {
    const { what, then } = REFUSALS[link.refusal];
    return (
      <div className="notice notice-waiting" role="alert">
        <div>
          <strong>{what}</strong> {then}
        </div>
      </div>
    );
  }
  if (error === null || link.kind === "none") return null;
  if (error instanceof ApiProblem && error.isFinal) {
    return (
      <div className="notice notice-waiting" role="alert">
        <div>
          <strong>Your link was used or has expired.</strong> Each link works once, and only for a short time. Get a new
          one.
          <RequestId error={error} />
        </div>
      </div>
    );
  }
  return (
    <>
      <ProblemNotice error={error} />
      <button type="button" className="button button-primary" onClick={() => onRetry(link.token)}>
        Try again
      </button>
    </>
  );
}
