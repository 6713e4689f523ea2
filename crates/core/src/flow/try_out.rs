//! Tries an endpoint out: sends it an example of an event, by the way that every event takes.

use super::resend::refuse_if_off;
use super::{By, FlowError, rows, wake_deliveries};
use crate::model::audit::AuditAction;
use crate::model::event::EventType;
use crate::model::event_example::{Sample, example};
use crate::model::id::{DeliveryId, EventId};
use crate::model::problem::Problem;
use crate::ports::App;
use crate::store::webhook_endpoints::EndpointRow;
use crate::store::{audit_logs, delivery_log, events};
use crate::time::Span;

/// How often one endpoint can be tried out: each test is a request to somebody else's server.
const COOLDOWN: Span = Span::seconds(2);

/// Sends an example of `event` to the endpoint, selected or not, and answers with its delivery.
pub async fn send(
    app: &App,
    by: &By,
    row: &EndpointRow,
    event: EventType,
) -> Result<String, FlowError> {
    refuse_if_off(row.enabled)?;
    let now = app.clock.now();
    let (endpoint, org) = (&row.id, &row.org_id);
    let id = EventId::new(now, app.entropy.bytes());
    let delivery = DeliveryId::new(now, app.entropy.bytes());
    let sample = Sample { id: &id, org_id: org, webhook_id: endpoint, url: &row.url, at: now };
    let detail = serde_json::json!({ "type": event });
    let entry = by.entry(app, org, AuditAction::WebhookTest, endpoint.as_str(), detail, now);
    let recent = DeliveryId::first(now.minus(COOLDOWN));
    let answers = app
        .db
        .batch(
            "webhook.test",
            vec![
                events::INSERT_TEST.bind([
                    (&id).into(),
                    org.into(),
                    endpoint.into(),
                    event.as_str().into(),
                    example(event, &sample).into(),
                    now.into(),
                    recent.into(),
                ]),
                delivery_log::INSERT_TEST.bind([
                    (&delivery).into(),
                    (&id).into(),
                    endpoint.into(),
                    org.into(),
                    now.into(),
                ]),
                audit_logs::insert_beside(&entry, &id),
                delivery_log::ANSWER.bind([(&delivery).into(), org.into()]),
            ],
        )
        .await?;
    wake_deliveries(app, rows(&answers, 1)?)?;
    let made = rows(&answers, 3)?.body.clone();
    made.ok_or_else(|| Problem::too_soon(COOLDOWN).into())
}
