/** The place of text that is still on its way; `width` is one of the sizes in the style sheet. */
export function Skeleton({ width = "m" }: { width?: "s" | "m" | "l" }) {
  return <span className={`skeleton skeleton-${width}`} aria-hidden="true" />;
}
