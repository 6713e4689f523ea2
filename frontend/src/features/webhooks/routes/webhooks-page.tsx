import { useState } from "react";

import type { Webhook } from "../../../api/contract.ts";
import { ListPage, NewButton } from "../../../components/list.tsx";
import { Empty } from "../../../components/page.tsx";
import { Secret, SecretDialog } from "../../../components/secret-dialog.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import type { CreatedWebhook } from "../api/create-webhook.ts";
import { useWebhooks } from "../api/list-webhooks.ts";
import { CreateWebhookDialog } from "../components/create-webhook-dialog.tsx";
import { DeleteWebhookDialog } from "../components/delete-webhook-dialog.tsx";
import { EditWebhookDialog } from "../components/edit-webhook-dialog.tsx";
import { WebhooksTable } from "../components/webhooks-table.tsx";

export function WebhooksPage() {
  const { organization } = useCurrentOrganization();
  const list = useWebhooks(organization.id);
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<CreatedWebhook | null>(null);
  const [editing, setEditing] = useState<Webhook | null>(null);
  const [deleting, setDeleting] = useState<Webhook | null>(null);
  const webhooks = list.data.pages.flatMap((page) => page.webhooks);
  // The server decides; this only spares a member the refusal.
  const readOnly = organization.role === "member";

  const create = (label: string) => <NewButton label={label} onClick={() => setCreating(true)} />;

  return (
    <>
      <ListPage
        title="Webhooks"
        list={list}
        isEmpty={webhooks.length === 0}
        head={
          readOnly ? <p className="quiet">Owners and admins can change them.</p> : webhooks.length > 0 && create("New endpoint")
        }
        empty={
          <Empty
            title="Know it when it happens"
            text="A certificate is live, a record has gone, something ends soon: each is sent to your URL at once, signed, and tried again until it has arrived."
          >
            {!readOnly && create("Add your first endpoint")}
          </Empty>
        }
      >
        <WebhooksTable
          organization={organization.id}
          webhooks={webhooks}
          readOnly={readOnly}
          onEdit={setEditing}
          onDelete={setDeleting}
        />
      </ListPage>
      {creating && (
        <CreateWebhookDialog
          organization={organization.id}
          onCreated={(webhook) => {
            setCreating(false);
            setCreated(webhook);
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {created && (
        <SecretDialog
          title="The endpoint’s secret"
          warning={
            <>
              <strong>Copy it now.</strong> It is shown only this once. Your receiver needs it, in one of its two forms, to
              know that a request is ours.
            </>
          }
          onDismiss={() => setCreated(null)}
        >
          <Secret label="For a Standard Webhooks library" what="signing secret" value={created.signingSecret}>
            The better choice: it checks <code>webhook-signature</code>, and that nobody sends a recorded request again.
          </Secret>
          <Secret label="For a few lines of your own" what="plain secret" value={created.secret}>
            As text it is the key of HMAC-SHA256 over the raw body; <code>X-DCVaaS-Signature</code> is the result in
            hexadecimal.
          </Secret>
        </SecretDialog>
      )}
      {editing && (
        <EditWebhookDialog organization={organization.id} webhook={editing} onClose={() => setEditing(null)} />
      )}
      {deleting && (
        <DeleteWebhookDialog organization={organization.id} webhook={deleting} onClose={() => setDeleting(null)} />
      )}
    </>
  );
}
