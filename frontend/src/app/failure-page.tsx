import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";

import { ApiProblem } from "../api/problem.ts";
import { explain, RequestId } from "../components/problem-notice.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

/** Stands where a page could not be shown. */
export function FailurePage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  if (error instanceof ApiProblem && error.code === "not_found") return <NotFoundPage />;

  async function retry() {
    queries.reset();
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
