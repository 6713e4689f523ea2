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

const queryClient = createQueryClient(() => {
  queryClient.setQueryData(sessionQuery.queryKey, null);
  void router.invalidate();
});
const router = createAppRouter(queryClient);

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
