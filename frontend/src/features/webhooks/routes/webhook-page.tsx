import "../../../styles/integrations.css";
import "../../../styles/webhooks.css";

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ApiProblem } from "../../../api/problem.ts";
import { Stale } from "../../../components/list.tsx";
import { Breadcrumb } from "../../../components/page.tsx";
import { Chip } from "../../../components/tone.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { useWebhook, webhookQuery } from "../api/get-webhook.ts";
import { CatchUp } from "../components/catch-up.tsx";
import { DeleteWebhookDialog } from "../components/delete-webhook-dialog.tsx";
import { Deliveries } from "../components/deliveries.tsx";
import { DeliveryDialog } from "../components/delivery-dialog.tsx";
import { EditWebhookDialog } from "../components/edit-webhook-dialog.tsx";
import { EnabledSwitch } from "../components/enabled-switch.tsx";
import { HealthBanner } from "../components/health-banner.tsx";
import { ReplayDialog } from "../components/replay-dialog.tsx";
import { SecretSection } from "../components/secret-section.tsx";
import { TestDialog } from "../components/test-dialog.tsx";
import { WebhookFacts } from "../components/webhook-facts.tsx";
import { hostOf } from "../draft.ts";
import { health } from "../health.ts";

type Dialog =
  | { kind: "edit" | "delete" | "replay" | "test" }
  | { kind: "delivery"; id: string };

export function WebhookPage({ webhookId }: { webhookId: string }) {
  const { organization } = useCurrentOrganization();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { data: webhook, error } = useWebhook(organization.id, webhookId);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  const of = { organization: organization.id, webhook };
  // The server decides; this only spares a member the refusal.
  const readOnly = organization.role === "member";

  // Somebody else has deleted it: what is on the page is no longer true.
  if (error instanceof ApiProblem && error.code === "not_found") throw error;

  const { tone, label } = health(webhook);

  async function leave() {
    await navigate({ to: "/webhooks" });
    queryClient.removeQueries({ queryKey: webhookQuery(organization.id, webhookId).queryKey });
  }

  return (
    <>
      <title>{`${hostOf(webhook.url)} – DCVaaS`}</title>
      <Breadcrumb parent="Webhooks" />
      <header className="page-head">
        <div className="page-title">
          <h1 className="break">{hostOf(webhook.url)}</h1>
          <Chip tone={tone}>{label}</Chip>
        </div>
        <div className="section-actions">
          <EnabledSwitch {...of} readOnly={readOnly} />
          {!readOnly && (
            <>
              <button type="button" className="button" onClick={() => setDialog({ kind: "edit" })}>
                Edit…
              </button>
              <button type="button" className="button button-primary" onClick={() => setDialog({ kind: "test" })}>
                Send a test…
              </button>
            </>
          )}
        </div>
      </header>
      <p className="webhook-url">
        <code className="break">{webhook.url}</code>
        {webhook.description && <span className="quiet break">{webhook.description}</span>}
      </p>
      <Stale error={error} />
      <CatchUp organization={organization.id} id={webhook.id} />
      <HealthBanner webhook={webhook} />
      <Deliveries
        {...of}
        onReplay={readOnly ? null : () => setDialog({ kind: "replay" })}
        onOpen={({ id }) => setDialog({ kind: "delivery", id })}
      />
      <SecretSection {...of} readOnly={readOnly} />
      <WebhookFacts {...of} />
      {!readOnly && (
        <section className="section danger" aria-labelledby="danger-title">
          <div>
            <h2 id="danger-title">Delete this endpoint</h2>
            <p className="quiet">It is told nothing more, and the record of its deliveries goes.</p>
          </div>
          <button type="button" className="button button-danger-quiet" onClick={() => setDialog({ kind: "delete" })}>
            Delete endpoint…
          </button>
        </section>
      )}
      {dialog?.kind === "edit" && <EditWebhookDialog {...of} onClose={close} />}
      {dialog?.kind === "delete" && <DeleteWebhookDialog {...of} onClose={close} onDeleted={() => void leave()} />}
      {dialog?.kind === "test" && (
        <TestDialog {...of} onSent={({ id }) => setDialog({ kind: "delivery", id })} onClose={close} />
      )}
      {dialog?.kind === "replay" && (
        <ReplayDialog organization={organization.id} webhookId={webhook.id} onClose={close} />
      )}
      {dialog?.kind === "delivery" && (
        <DeliveryDialog organization={organization.id} deliveryId={dialog.id} readOnly={readOnly} onClose={close} />
      )}
    </>
  );
}
