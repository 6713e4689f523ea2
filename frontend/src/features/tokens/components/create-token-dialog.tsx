import { useState } from "react";

import type { Scope } from "../../../api/contract.ts";
import { Form, TextField } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import { dayFrom, endOfDay } from "../../../lib/day.ts";
import { entriesOf } from "../../../lib/words.ts";
import { type CreatedToken, useCreateToken } from "../api/create-token.ts";
import { USUAL_TERM } from "../expiry.ts";
import { LEAST } from "../scopes.ts";
import { ExpiryField } from "./expiry-field.tsx";
import { ScopesField } from "./scopes-field.tsx";

export function CreateTokenDialog({
  organization,
  onCreated,
  onClose,
}: {
  organization: string;
  onCreated: (created: CreatedToken) => void;
  onClose: () => void;
}) {
  const createToken = useCreateToken(organization, onCreated);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(LEAST);
  const [tags, setTags] = useState("");
  const [ips, setIps] = useState("");
  const [day, setDay] = useState<string | null>(() => dayFrom(Date.now(), USUAL_TERM));

  return (
    <Modal title="New API token" onClose={onClose} wide>
      <Form
        request={createToken}
        fields={["name", "scopes", "expiresAt", "domainTags", "allowedIps"]}
        action="Create token"
        acting="Creating…"
        onSubmit={() =>
          createToken.mutate({
            name: name.trim(),
            scopes: [...scopes],
            expiresAt: day && endOfDay(day),
            domainTags: entriesOf(tags),
            allowedIps: entriesOf(ips),
          })
        }
        onCancel={onClose}
      >
        <TextField
          label="Name"
          name="name"
          value={name}
          onValue={setName}
          placeholder="Deployment pipeline"
          help="What it is for. It shows here and in the audit log."
        />
        <ScopesField chosen={scopes} onChoose={setScopes} />
        <ExpiryField day={day} onDay={setDay} />
        <TextField
          label="Only domains with one of these tags (optional)"
          name="domainTags"
          value={tags}
          onValue={setTags}
          placeholder="customer:42, eu-west"
          help="Separated by commas. It sees and changes no other domain, and can have the scopes of domains only."
        />
        <TextField
          label="Only from these addresses (optional)"
          name="allowedIps"
          value={ips}
          onValue={setIps}
          placeholder="192.0.2.0/24, 2001:db8::/32"
          help="Addresses or blocks of them, separated by commas. A request from anywhere else is refused."
        />
      </Form>
    </Modal>
  );
}
