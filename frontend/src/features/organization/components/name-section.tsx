import { useState } from "react";

import type { OrganizationDetail } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { Form, TextField } from "../../../components/form.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { useUpdateOrganization } from "../api/update-organization.ts";

export function NameSection({ organization }: { organization: OrganizationDetail }) {
  const { refresh } = useCurrentOrganization();
  const announce = useAnnounce();
  const update = useUpdateOrganization(organization.id);
  const [name, setName] = useState(organization.name);

  function save() {
    update.mutate(
      { name: name.trim() },
      {
        onSuccess: async (saved) => {
          setName(saved.name);
          await refresh();
          announce("The name is saved");
        },
      },
    );
  }

  return (
    <section className="section" aria-labelledby="name-title">
      <header className="section-head">
        <h2 id="name-title">Name</h2>
      </header>
      <div className="panel settings-form">
        <Form
          request={update}
          fields={["name"]}
          action="Save the name"
          acting="Saving…"
          ready={name.trim() !== "" && name.trim() !== organization.name}
          onSubmit={save}
        >
          <TextField
            label="Name of the organization"
            name="name"
            value={name}
            onValue={setName}
            help="It stands in invitations and at the top of every page."
          />
        </Form>
      </div>
    </section>
  );
}
