import type { ApiProblem } from "../../../api/problem.ts";
import { AlertIcon } from "../../../components/icons.tsx";
import { RequestId } from "../../../components/problem-notice.tsx";

/** The plan is the obstacle: how much of it is used, and which plan has room. */
export function PlanNotice({ problem }: { problem: ApiProblem }) {
  const { planLimit } = problem;
  return (
    <div className="notice notice-waiting" role="alert">
      <AlertIcon />
      <div>
        {problem.message}
        {planLimit && planLimit.current !== null && planLimit.limit !== null && (
          <p>
            {planLimit.current} of {planLimit.limit} domains of the {planLimit.plan} plan are in use.
            {planLimit.upgradeTo && ` The ${planLimit.upgradeTo} plan has room for more.`}
          </p>
        )}
        <RequestId error={problem} />
      </div>
    </div>
  );
}
