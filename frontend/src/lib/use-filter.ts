import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

/**
 * The filter of the page's list, which stands in its address: a reload, a link and the way back keep it.
 *
 * `read` is total: an address may hold anything. What is empty does not restrict, and does not stand there.
 */
export function useFilter<Filter extends object>(
  read: (search: Readonly<Record<string, unknown>>) => Filter,
): [Filter, (filter: Filter) => void] {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const filter = useMemo(() => read(search), [read, search]);
  const set = (next: Filter) => {
    const given = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ""));
    // Each of them would be a step back otherwise, and the page is still the same.
    void navigate({ to: ".", search: given as never, replace: true, resetScroll: false });
  };
  return [filter, set];
}

/** Whether it restricts anything. */
export function isFiltered(filter: object): boolean {
  return Object.values(filter).some(Boolean);
}

/** A text of the address, empty where it is none or is not among the words that are known. */
export function wordOf<Word extends string>(value: unknown, known?: Readonly<Record<Word, unknown>>): Word | "" {
  if (typeof value !== "string") return "";
  return known === undefined || Object.hasOwn(known, value) ? (value as Word) : "";
}
