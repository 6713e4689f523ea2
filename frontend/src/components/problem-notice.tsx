import { ApiProblem } from "../api/problem.ts";
import { AlertIcon } from "./icons.tsx";

/** A failed request in words, with the number that support can find it by. */
export function ProblemNotice({ error }: { error: Error }) {
  // A plan that is too small is nobody's fault.
  const byPlan = error instanceof ApiProblem && error.status === 402;
  return (
    <div className={`notice notice-${byPlan ? "waiting" : "bad"}`} role="alert">
      <AlertIcon />
      <div>
        {explain(error)}
        <RequestId error={error} />
      </div>
    </div>
  );
}

export function RequestId({ error }: { error: unknown }) {
  if (!(error instanceof ApiProblem) || error.requestId === null) return null;
  return (
    <small className="request-id">
      Request <code>{error.requestId}</code>
    </small>
  );
}

/** What to show for any error; only problems were written for people. */
export function explain(error: unknown): string {
  return error instanceof ApiProblem ? error.message : "Something in this page broke. Reload it.";
}
