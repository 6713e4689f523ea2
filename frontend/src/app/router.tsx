// Every page's address, and who may see it.

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { type ComponentType, Suspense } from "react";

import { ListSkeleton } from "../components/list.tsx";
import { DomainPage, DomainPageSkeleton } from "../features/domains/routes/domain-page.tsx";
import { DomainsPage } from "../features/domains/routes/domains-page.tsx";
import { sessionQuery } from "../features/session/api/get-session.ts";
import { SignInPage } from "../features/session/routes/sign-in-page.tsx";
import { TokensPage } from "../features/tokens/routes/tokens-page.tsx";
import { WebhooksPage } from "../features/webhooks/routes/webhooks-page.tsx";
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

/** A page with one list; the plan or the person's role may not include it. */
function listPage<Path extends string>(path: Path, title: string, Page: ComponentType) {
  return createRoute({
    getParentRoute: () => signedIn,
    path,
    component: () => (
      <Suspense fallback={<ListSkeleton title={title} />}>
        <Page />
      </Suspense>
    ),
    errorComponent: (failure: ErrorComponentProps) => <FailurePage {...failure} title={title} />,
  });
}

const domains = listPage("/domains", "Domains", DomainsPage);
const tokens = listPage("/tokens", "API tokens", TokensPage);
const webhooks = listPage("/webhooks", "Webhooks", WebhooksPage);

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
    routeTree: root.addChildren([signIn, home, signedIn.addChildren([domains, domain, tokens, webhooks])]),
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
