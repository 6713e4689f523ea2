import { type CSSProperties, useState } from "react";

import { colorOf, type Draft, logoOf } from "../brand.ts";

const SCHEMES = ["light", "dark"] as const;

/** How the top of the pages will look, in both colour schemes. */
export function BrandPreview({ name, draft: { color, logo } }: { name: string; draft: Draft }) {
  const url = logoOf(logo);
  const [failed, setFailed] = useState<string | null>(null);
  const brand = colorOf(color);
  return (
    <figure className="brand-preview" aria-label="Preview">
      <figcaption className="quiet">Preview</figcaption>
      {SCHEMES.map((scheme) => (
        <div
          key={scheme}
          className={`brand-sample brand-sample-${scheme}`}
          style={brand ? ({ "--brand": brand } as CSSProperties) : undefined}
        >
          {url && failed !== url ? (
            <img
              className="brand-logo"
              src={url}
              alt="The logo"
              height="28"
              referrerPolicy="no-referrer"
              onError={() => setFailed(url)}
            />
          ) : (
            <>
              <img src="/mark.svg" alt="" width="24" height="24" />
              <strong>DCVaaS</strong>
            </>
          )}
          <span className="organization-divider" aria-hidden="true" />
          <span className="organization-name">{name}</span>
        </div>
      ))}
      <p className="fault" role="status">
        {url !== null && failed === url && "The logo does not load. It has to be an image that everybody can open."}
      </p>
    </figure>
  );
}
