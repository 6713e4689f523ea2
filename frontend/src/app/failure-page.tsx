import { useQueryClient } from "@tanstack/react-query";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";

import { ApiProblem } from "../api/problem.ts";
import { Gate } from "../components/gate.tsx";
import { explain, RequestId } from "../components/problem-notice.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

/** Stands where a page could not be shown; `title` names the page where a plan or a role may be the reason. */
export function FailurePage({ error, reset, title }: ErrorComponentProps & { title?: string }) {
  const router = useRouter();
  const queryClient = useQueryClient();

  // A query that failed would give its old error again. Who comes back to the page asks anew.
  const forget = useCallback(
    () => queryClient.removeQueries({ predicate: ({ state }) => state.status === "error" && state.data === undefined }),
    [queryClient],
  );
  useEffect(() => forget, [forget]);

  if (error instanceof ApiProblem) {
    if (error.code === "not_found") return <NotFoundPage />;
    if (title && error.isGate) return <Gate title={title} problem={error} />;
  }

  async function retry() {
    forget();
    await router.invalidate();
    reset();
  }

  return (
    <div className="message-page" role="alert">
      <title>Something went wrong – DCVaaS</title>
      <h1>This page could not be shown</h1>
      <p className="quiet">{explain(error)}</p>
      <button type="button" className="button button-primary" onClick={() => void retry()}>
        Try again
      </button>
      <RequestId error={error} />
    </div>
  );
}
