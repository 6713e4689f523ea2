import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";

import { ApiProblem } from "../../../api/problem.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { ProgressIcon } from "../../../components/icons.tsx";
import { ProblemNotice, RequestId } from "../../../components/problem-notice.tsx";
import { useCreateSession } from "../api/create-session.ts";
import { type SignInLink, takeSignInLink } from "../sign-in-link.ts";

/** How a person gets a link when the whole system runs on their own machine. */
const LOCAL_COMMAND = "cargo xtask dev";

export function SignInPage() {
  const navigate = useNavigate();
  const createSession = useCreateSession();
  const [link, setLink] = useState<SignInLink>({ kind: "none" });

  const signIn = (token: string) =>
    createSession.mutate(token, { onSuccess: () => void navigate({ to: "/domains", replace: true }) });

  const follow = useEffectEvent(() => {
    const taken = takeSignInLink();
    if (taken.kind === "none") return;
    setLink(taken);
    if (taken.kind === "token") signIn(taken.token);
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
        {createSession.isPending || createSession.isSuccess ? (
          <p className="sign-in-busy" role="status">
            <ProgressIcon /> Signing you in…
          </p>
        ) : (
          <>
            <Trouble link={link} error={createSession.error} onRetry={signIn} />
            <HowToGetALink />
          </>
        )}
      </div>
    </main>
  );
}

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

function HowToGetALink() {
  return (
    <>
      <p>There is no password. You open a link that signs you in, once.</p>
      <p className="quiet">
        On your own machine, the local stack prints a new link each time it starts:
      </p>
      <p className="copy-field command">
        <code>{LOCAL_COMMAND}</code>
        <CopyButton value={LOCAL_COMMAND} what="command" />
      </p>
    </>
  );
}
