import { useState } from "react";

import type { OrganizationDetail } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { Form, TextField } from "../../../components/form.tsx";
import { PlanNotice } from "../../../components/plan-notice.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { includes } from "../../../lib/plan.ts";
import { useUpdateOrganization } from "../api/update-organization.ts";
import { changes, colorOf, draftOf } from "../brand.ts";
import { BrandPreview } from "./brand-preview.tsx";

/** Stands in the colour field while there is no colour. */
const FIRST_COLOR = "#1a73e8";

export function BrandSection({ organization }: { organization: OrganizationDetail }) {
  return (
    <section className="section" aria-labelledby="brand-title">
      <header className="section-head">
        <h2 id="brand-title">Brand</h2>
      </header>
      {includes(organization.plan, "white_label") ? (
        <BrandForm organization={organization} />
      ) : (
        <PlanNotice feature="white_label" />
      )}
    </section>
  );
}

function BrandForm({ organization }: { organization: OrganizationDetail }) {
  const { refresh } = useCurrentOrganization();
  const announce = useAnnounce();
  const update = useUpdateOrganization(organization.id);
  const saved = draftOf(organization);
  const [draft, setDraft] = useState(saved);
  // A logo is loaded when its address is complete, not from every host that it passes by on the way.
  const [typing, setTyping] = useState(false);
  const change = changes(saved, draft);

  function save() {
    update.mutate(change, {
      onSuccess: async (organization) => {
        setDraft(draftOf(organization));
        await refresh();
        announce("The brand is saved");
      },
    });
  }

  return (
    <div className="panel settings-form brand-form">
      <Form
        request={update}
        fields={["brandColor", "logoUrl"]}
        action="Save the brand"
        acting="Saving…"
        ready={Object.keys(change).length > 0}
        onSubmit={save}
      >
        <div className="color-field">
          <TextField
            label="Colour"
            name="brandColor"
            value={draft.color}
            onValue={(color) => setDraft({ ...draft, color })}
            placeholder={FIRST_COLOR}
            help="As #rrggbb; empty for none. It marks the top of the pages."
          />
          <input
            type="color"
            aria-label="Pick the colour"
            value={colorOf(draft.color) ?? FIRST_COLOR}
            onChange={(event) => setDraft({ ...draft, color: event.target.value })}
          />
        </div>
        <div onFocus={() => setTyping(true)} onBlur={() => setTyping(false)}>
          <TextField
            label="Logo"
            name="logoUrl"
            inputMode="url"
            value={draft.logo}
            onValue={(logo) => setDraft({ ...draft, logo })}
            placeholder="https://cdn.example.com/logo.svg"
            help="The https address of an image on your own server, readable on light and on dark. Browsers load it from there."
          />
        </div>
      </Form>
      <BrandPreview name={organization.name} draft={typing ? { ...draft, logo: saved.logo } : draft} />
    </div>
  );
}
