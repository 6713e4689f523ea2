import "../../../styles/integrations.css";

import { useState } from "react";

import type { RevealedWebhook, Webhook } from "../../../api/contract.ts";
import { ListPage, NewButton } from "../../../components/list.tsx";
import { Empty } from "../../../components/page.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { useWebhooks } from "../api/list-webhooks.ts";
import { CatchUp } from "../components/catch-up.tsx";
import { CreateWebhookDialog } from "../components/create-webhook-dialog.tsx";
import { DeleteWebhookDialog } from "../components/delete-webhook-dialog.tsx";
import { EditWebhookDialog } from "../components/edit-webhook-dialog.tsx";
import { Readers } from "../components/readers.tsx";
import { WebhookSecretDialog } from "../components/webhook-secret-dialog.tsx";
import { WebhooksTable } from "../components/webhooks-table.tsx";

export function WebhooksPage() {
  const { organization } = useCurrentOrganization();
  const list = useWebhooks(organization.id);
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<RevealedWebhook | null>(null);
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
        <CatchUp organization={organization.id} />
        <WebhooksTable
          organization={organization.id}
          webhooks={webhooks}
          readOnly={readOnly}
          onEdit={setEditing}
          onDelete={setDeleting}
        />
      </ListPage>
      <Readers organization={organization.id} />
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
        <WebhookSecretDialog title="The endpoint’s secret" webhook={created} onDismiss={() => setCreated(null)} />
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
