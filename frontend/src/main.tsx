import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/components.css";
import "./styles/pages.css";
import "./styles/domains.css";
import "./styles/narrow.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiProblem } from "./api/problem.ts";
import { createQueryClient } from "./app/query-client.ts";
import { createAppRouter } from "./app/router.tsx";
import { Announcer } from "./components/announcer.tsx";
import { sessionQuery } from "./features/session/api/get-session.ts";

const queryClient = createQueryClient(() => void lookAgain());
const router = createAppRouter(queryClient);

/** For how long after a change refusals may still come that were asked for before it, in milliseconds. */
const STRAGGLERS = 10_000;
let changedAt = 0;

/** Somebody was not known to the server: their session has ended, or an organization has shut them out. */
async function lookAgain(): Promise<void> {
  const places = () => JSON.stringify(queryClient.getQueryData(sessionQuery.queryKey)?.organizations.map(({ id }) => id));
  const before = places();
  await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => {});
  if (places() !== before) changedAt = Date.now();
  // Where nothing has changed, asking once more would go on forever.
  else if (Date.now() - changedAt > STRAGGLERS) queryClient.setQueryData(sessionQuery.queryKey, null);
  await router.invalidate();
}

const container = document.getElementById("root");
if (container === null) throw new Error("index.html has no #root");

createRoot(container, {
  // A refusal of the API is shown to the person; it is not a fault of this program.
  onCaughtError: (error, { componentStack }) => {
    if (!(error instanceof ApiProblem)) console.error(error, componentStack);
  },
}).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Announcer>
        <RouterProvider router={router} />
      </Announcer>
    </QueryClientProvider>
  </StrictMode>,
);
