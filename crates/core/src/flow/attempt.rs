//! One try of one delivery: opens what it takes, asks where it leads, signs, sends, and says what the
//! answer means.

use serde_json::json;

use super::address::Looks;
use super::endpoint_secret::{self, Slot};
use crate::crypto::private_key::v1a;
use crate::model::delivery::{Due, ErrorClass, Settlement, prepare, settle, unsent};
use crate::model::endpoint_options::{CustomHeaders, PayloadForm};
use crate::model::outgoing::{Leads, OutgoingUrl};
use crate::model::shown_headers::ShownHeaders;
use crate::model::thin::thin;
use crate::ports::{App, HttpRequest, Level};
use crate::store::deliveries::ClaimedRow;
use crate::time::{Span, Timestamp};

/// For how long it counts where a host name led.
const LOOKED_UP: Span = Span::minutes(1);

/// One try and what it means.
pub(super) struct Tried {
    pub(super) row: ClaimedRow,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) settlement: Settlement,
    /// What was sent; none where nothing was.
    pub(super) headers: ShownHeaders,
    /// When its addresses were found to be public, if they were looked up.
    pub(super) looked_up_at: Option<Timestamp>,
}

/// A request that may be sent.
struct Ready {
    request: HttpRequest,
    headers: ShownHeaders,
    looked_up_at: Option<Timestamp>,
}

pub(super) async fn attempt(app: &App, looks: &Looks, row: ClaimedRow) -> Tried {
    let number = row.attempts.saturating_sub(row.attempts_before);
    let jitter = app.entropy.fraction();
    let ready = make_ready(app, looks, &row).await;
    let started_at = app.clock.now();
    let Ready { request, headers, looked_up_at } = match ready {
        Ok(ready) => ready,
        Err(class) => {
            let settlement = unsent(number, class, started_at, jitter);
            let (ended_at, headers) = (started_at, ShownHeaders::default());
            return Tried { row, started_at, ended_at, settlement, headers, looked_up_at: None };
        }
    };
    let answer = app.http.send(request).await;
    let ended_at = app.clock.now();
    let settlement = settle(number, answer.as_ref(), ended_at, jitter);
    Tried { row, started_at, ended_at, settlement, headers, looked_up_at }
}

/// The request, or why none may be sent.
async fn make_ready(app: &App, looks: &Looks, row: &ClaimedRow) -> Result<Ready, ErrorClass> {
    let due = due(app, row, app.clock.now())?;
    let mut looked_up_at = None;
    if app.clock.now().since(row.address_checked_at) >= LOOKED_UP {
        match looks.look(app, &due.url).await {
            Leads::NotPublic => return Err(ErrorClass::BlockedAddress),
            Leads::Nowhere => return Err(ErrorClass::Dns),
            Leads::Public => looked_up_at = Some(app.clock.now()),
            Leads::Unknown => {}
        }
    }
    let now = app.clock.now();
    let text = due.signed_text(now);
    let mut by_key = Vec::new();
    for key in due.keys() {
        let signature = app.signatures.sign(key, &text).await;
        by_key.push(v1a(&signature.ok_or_else(|| unreadable(app, row))?));
    }
    let request = prepare(&due, &by_key, now);
    Ok(Ready { headers: ShownHeaders::of(&request, &due.headers), request, looked_up_at })
}

/// Tells the operator that a secret of the endpoint cannot be used.
fn unreadable(app: &App, row: &ClaimedRow) -> ErrorClass {
    let fields = json!({ "webhook.id": row.endpoint_id.as_str() });
    app.log.line(Level::Error, "webhook.secret_unreadable", fields);
    ErrorClass::SecretUnreadable
}

/// What sending needs, or why nothing may be sent.
fn due(app: &App, row: &ClaimedRow, now: Timestamp) -> Result<Due, ErrorClass> {
    if !row.enabled {
        return Err(ErrorClass::Disabled);
    }
    let url = OutgoingUrl::parse(&row.url, &app.config.outgoing_guard())
        .map_err(|_| ErrorClass::BlockedUrl)?;
    let unreadable = || unreadable(app, row);
    let open = |slot, sealed: &str| {
        endpoint_secret::open_secret(app, slot, &row.endpoint_id, &row.org_id, sealed)
            .ok_or_else(unreadable)
    };
    let key = |slot, sealed: &str| {
        endpoint_secret::open_key(app, slot, &row.endpoint_id, &row.org_id, sealed)
            .ok_or_else(unreadable)
    };
    let headers = |sealed: &str| {
        endpoint_secret::open_headers(app, &row.endpoint_id, &row.org_id, sealed)
            .ok_or_else(unreadable)
    };
    let overlaps = row.previous_secret_until.is_some_and(|until| until > now);
    let previous = row.previous_secret.as_deref().filter(|_| overlaps);
    let previous_key = row.previous_key.as_deref().filter(|_| overlaps);
    Ok(Due {
        event_id: row.event_id.clone(),
        event_type: row.event_type,
        payload: match row.form {
            PayloadForm::Full => row.payload.clone(),
            PayloadForm::Thin => thin(&row.payload),
        },
        url,
        secret: open(Slot::Current, &row.sealed_secret)?,
        previous: previous.map(|sealed| open(Slot::Previous, sealed)).transpose()?,
        key: row.sealed_key.as_deref().map(|sealed| key(Slot::Key, sealed)).transpose()?,
        previous_key: previous_key.map(|sealed| key(Slot::PreviousKey, sealed)).transpose()?,
        headers: row
            .sealed_headers
            .as_deref()
            .map_or_else(|| Ok(CustomHeaders::default()), headers)?,
        api_version: row.api_version.clone(),
    })
}
