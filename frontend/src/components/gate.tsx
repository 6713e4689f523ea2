import type { ApiProblem } from "../api/problem.ts";
import { Empty, PageHead } from "./page.tsx";

/** Stands in place of a page that the plan, or the person's role, does not include. The server says which would. */
export function Gate({ title, problem }: { title: string; problem: ApiProblem }) {
  return (
    <>
      <PageHead title={title} />
      <Empty title={problem.status === 402 ? "Not in your plan" : "Not for your role"} text={problem.message} />
    </>
  );
}
