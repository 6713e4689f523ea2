import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";

import { ChevronIcon } from "./icons.tsx";
import { Skeleton } from "./skeleton.tsx";

/** The top of a page, in the window's title too; `children` stand at its end. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <>
      <title>{`${title} – DCVaaS`}</title>
      <header className="page-head">
        <h1>{title}</h1>
        {children}
      </header>
    </>
  );
}

/** Where the pages of single things are listed. */
const LISTS = { Domains: "/domains", Webhooks: "/webhooks" } as const;

/** The way from one thing back to the list that it stands in. */
export function Breadcrumb({ parent }: { parent: keyof typeof LISTS }) {
  return (
    <nav className="breadcrumb" aria-label="Breadcrumb">
      <Link to={LISTS[parent]}>{parent}</Link>
      <ChevronIcon />
    </nav>
  );
}

/** Stands where a page has nothing to list; `children` say what to do. */
export function Empty({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  const id = useId();
  return (
    <section className="panel empty" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className="quiet">{text}</p>
      {children}
    </section>
  );
}

/** The page of one thing of which nothing is known yet. */
export function PageSkeleton({ parent }: { parent: keyof typeof LISTS }) {
  return (
    <div aria-busy="true" aria-label="Loading the page">
      <Breadcrumb parent={parent} />
      <header className="page-head">
        <div className="page-title">
          <h1>
            <Skeleton width="l" />
          </h1>
        </div>
      </header>
      <div className="banner skeleton-banner">
        <Skeleton width="l" />
      </div>
      <div className="section panel skeleton-rows">
        {[0, 1, 2].map((row) => (
          <p key={row} className="skeleton-row skeleton-row-tall">
            <Skeleton width="m" />
            <Skeleton width="l" />
          </p>
        ))}
      </div>
    </div>
  );
}
