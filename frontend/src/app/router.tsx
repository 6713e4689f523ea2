// Every page's address, and who may see it.

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { type ComponentType, Suspense } from "react";

import { ListSkeleton } from "../components/list.tsx";
import { PageSkeleton } from "../components/page.tsx";
import { sessionQuery } from "../features/session/api/get-session.ts";
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

// Each page is its own file for the browser: a visit loads what it shows.

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("../features/session/routes/sign-in-page.tsx"), "SignInPage"),
});

/** Where the link of an invitation leads, signed in or not. */
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("../features/session/routes/invitation-page.tsx"), "InvitationPage"),
});

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

/** A page of the organization; the plan or the person's role may not include it. */
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

const domains = listPage(
  "/domains",
  "Domains",
  lazyRouteComponent(() => import("../features/domains/routes/domains-page.tsx"), "DomainsPage"),
);
const tokens = listPage(
  "/tokens",
  "API tokens",
  lazyRouteComponent(() => import("../features/tokens/routes/tokens-page.tsx"), "TokensPage"),
);
const webhooks = listPage(
  "/webhooks",
  "Webhooks",
  lazyRouteComponent(() => import("../features/webhooks/routes/webhooks-page.tsx"), "WebhooksPage"),
);

const members = listPage(
  "/members",
  "Members",
  lazyRouteComponent(() => import("../features/members/routes/members-page.tsx"), "MembersPage"),
);
const audit = listPage(
  "/audit",
  "Audit log",
  lazyRouteComponent(() => import("../features/audit/routes/audit-page.tsx"), "AuditPage"),
);
const organization = listPage(
  "/organization",
  "Organization",
  lazyRouteComponent(() => import("../features/organization/routes/organization-page.tsx"), "OrganizationPage"),
);
const account = listPage(
  "/account",
  "Account",
  lazyRouteComponent(() => import("../features/session/routes/account-page.tsx"), "AccountPage"),
);

const DomainPage = lazyRouteComponent(() => import("../features/domains/routes/domain-page.tsx"), "DomainPage");

const domain = createRoute({
  getParentRoute: () => signedIn,
  path: "/domains/$domainId",
  component: function DomainRoute() {
    const { domainId } = domain.useParams();
    return (
      // A new domain is a new page: no dialog or cooldown of the last one stays.
      <Suspense key={domainId} fallback={<PageSkeleton parent="Domains" />}>
        <DomainPage domainId={domainId} />
      </Suspense>
    );
  },
});

const WebhookPage = lazyRouteComponent(() => import("../features/webhooks/routes/webhook-page.tsx"), "WebhookPage");

const webhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/$webhookId",
  component: function WebhookRoute() {
    const { webhookId } = webhook.useParams();
    return (
      <Suspense key={webhookId} fallback={<PageSkeleton parent="Webhooks" />}>
        <WebhookPage webhookId={webhookId} />
      </Suspense>
    );
  },
  errorComponent: (failure: ErrorComponentProps) => <FailurePage {...failure} title="Webhooks" />,
});

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([
      signIn,
      invitation,
      home,
      signedIn.addChildren([domains, domain, tokens, webhooks, webhook, members, audit, organization, account]),
    ]),
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
