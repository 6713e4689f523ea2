// The organization that the pages show and act for.

import { createContext, use, useMemo, useState, type ReactNode } from "react";

import type { Organization, Session } from "../api/contract.ts";

/** Remembers the choice over reloads. An id is no secret: the server checks membership on every request. */
const STORAGE_KEY = "dcvaas.organization";

interface Current {
  organization: Organization;
  choose: (id: string) => void;
}

const CurrentOrganization = createContext<Current | null>(null);

export function CurrentOrganizationProvider({
  session,
  fallback,
  children,
}: {
  session: Session;
  /** Shown to a person who belongs to no organization. */
  fallback: ReactNode;
  children: ReactNode;
}) {
  const [chosen, setChosen] = useState(() => localStorage.getItem(STORAGE_KEY));
  const organization = session.organizations.find(({ id }) => id === chosen) ?? session.organizations[0];
  const current = useMemo(
    () =>
      organization && {
        organization,
        choose: (id: string) => {
          localStorage.setItem(STORAGE_KEY, id);
          setChosen(id);
        },
      },
    [organization],
  );
  return current ? <CurrentOrganization value={current}>{children}</CurrentOrganization> : fallback;
}

export function useCurrentOrganization(): Current {
  const current = use(CurrentOrganization);
  if (current === null) throw new Error("useCurrentOrganization needs its provider above it");
  return current;
}
