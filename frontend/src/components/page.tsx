import { type ReactNode, useId } from "react";

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
