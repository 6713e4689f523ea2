// The organization that the pages show and act for.

import { createContext, use, useMemo, useState, type ReactNode } from "react";

import type { Organization, Session } from "../api/contract.ts";

/** Remembers the choice over reloads. An id is no secret: the server checks membership on every request. */
const STORAGE_KEY = "dcvaas.organization";

interface Current {
  user: Session["user"];
  organization: Organization;
  organizations: readonly Organization[];
  choose: (id: string) => void;
  /** Asks anew who is signed in and where they belong; resolves when the pages know. */
  refresh: () => Promise<void>;
}

const CurrentOrganization = createContext<Current | null>(null);

/** The next page that is opened shows this organization. */
export function rememberOrganization(id: string): void {
  localStorage.setItem(STORAGE_KEY, id);
}

export function CurrentOrganizationProvider({
  session: { user, organizations },
  refresh,
  fallback,
  children,
}: {
  session: Session;
  refresh: () => Promise<void>;
  /** Shown to a person who belongs to no organization. */
  fallback: ReactNode;
  children: ReactNode;
}) {
  const [chosen, setChosen] = useState(() => localStorage.getItem(STORAGE_KEY));
  const organization = organizations.find(({ id }) => id === chosen) ?? organizations[0];
  const current = useMemo(
    () =>
      organization && {
        user,
        organization,
        organizations,
        choose: (id: string) => {
          rememberOrganization(id);
          setChosen(id);
        },
        refresh,
      },
    [user, organization, organizations, refresh],
  );
  return current ? <CurrentOrganization value={current}>{children}</CurrentOrganization> : fallback;
}

export function useCurrentOrganization(): Current {
  const current = use(CurrentOrganization);
  if (current === null) throw new Error("useCurrentOrganization needs its provider above it");
  return current;
}
