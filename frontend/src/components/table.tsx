import type { ReactNode } from "react";

/**
 * A table with its column titles.
 *
 * The roles are spelled out, in the rows too, because the narrow layout changes `display`, which makes some browsers
 * forget them.
 */
export function Table({
  className,
  label,
  labelledBy,
  columns,
  children,
}: {
  className: string;
  label?: string;
  labelledBy?: string;
  /** An empty title is for the column of buttons. */
  columns: readonly string[];
  children: ReactNode;
}) {
  return (
    <table className={`table ${className}`} role="table" aria-label={label} aria-labelledby={labelledBy}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((title) => (
            <th key={title} role="columnheader" scope="col">
              {title || <span className="visually-hidden">Actions</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}
