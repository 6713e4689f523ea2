// Every page's address, and who may see it.

import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { Suspense } from "react";

import { DomainPage, DomainPageSkeleton } from "../features/domains/routes/domain-page.tsx";
import { DomainsPage, DomainsPageSkeleton } from "../features/domains/routes/domains-page.tsx";
import { sessionQuery } from "../features/session/api/get-session.ts";
import { SignInPage } from "../features/session/routes/sign-in-page.tsx";
import { FailurePage } from "./failure-page.tsx";
import { NotFoundPage } from "./not-found-page.tsx";
import { Shell, ShellSkeleton } from "./shell.tsx";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  // Without the frame the page has to be its own main part.
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
});

const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignInPage });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/domains", replace: true });
  },
});

/** Everything below is only for a person who is signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context: { queryClient } }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session === null) throw redirect({ to: "/sign-in", replace: true });
    return { session };
  },
  component: function SignedIn() {
    const { session } = signedIn.useRouteContext();
    return <Shell session={session} />;
  },
  pendingComponent: ShellSkeleton,
});

const domains = createRoute({
  getParentRoute: () => signedIn,
  path: "/domains",
  component: () => (
    <Suspense fallback={<DomainsPageSkeleton />}>
      <DomainsPage />
    </Suspense>
  ),
});

const domain = createRoute({
  getParentRoute: () => signedIn,
  path: "/domains/$domainId",
  component: function DomainRoute() {
    const { domainId } = domain.useParams();
    return (
      // A new domain is a new page: no dialog or cooldown of the last one stays.
      <Suspense key={domainId} fallback={<DomainPageSkeleton />}>
        <DomainPage domainId={domainId} />
      </Suspense>
    );
  },
});

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([signIn, home, signedIn.addChildren([domains, domain])]),
    context: { queryClient },
    defaultErrorComponent: FailurePage,
    defaultNotFoundComponent: NotFoundPage,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
