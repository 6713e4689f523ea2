import type { Life } from "../life.ts";

/** The share of a certificate's life that is over, as a bar and in words. */
export function LifeBar({ life }: { life: Life }) {
  if (life.used === null) return null;
  const percent = Math.floor(life.used * 100);
  return (
    <span className={`life life-${life.stage}`}>
      <svg className="life-bar" aria-hidden="true" focusable="false">
        <rect className="life-track" width="100%" height="100%" rx="2" />
        <rect className="life-used" width={`${percent}%`} height="100%" rx="2" />
      </svg>
      <span className="life-text">{percent}% of life</span>
    </span>
  );
}
