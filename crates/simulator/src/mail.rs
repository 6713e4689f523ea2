//! A mail service with the shape of Resend's `POST /emails`.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::state::{Simulator, iso, new_uuid, now_millis};

/// Resend takes at most this many recipients in one mail.
const MAX_RECIPIENTS: usize = 50;

/// Idempotency keys have 1 to this many characters.
const MAX_KEY: usize = 256;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/mail/emails", post(send))
}

/// One accepted mail.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentMail {
    id: String,
    from: String,
    to: Vec<String>,
    subject: String,
    text: Option<String>,
    html: Option<String>,
    at: String,
    idempotency_key: Option<String>,
}

/// The mails that were accepted, and the idempotency keys that were used.
#[derive(Default)]
pub(crate) struct Mail {
    sent: Vec<SentMail>,
    by_key: HashMap<String, (Bytes, String)>,
}

impl Mail {
    pub(crate) fn sent(&self) -> &[SentMail] {
        &self.sent
    }
}

/// A refusal in Resend's form.
struct Refusal(StatusCode, &'static str, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, name, message) = self;
        let body = json!({"statusCode": status.as_u16(), "name": name, "message": message});
        (status, Json(body)).into_response()
    }
}

fn invalid(message: String) -> Refusal {
    Refusal(StatusCode::UNPROCESSABLE_ENTITY, "validation_error", message)
}

async fn send(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    check_key(&headers)?;
    let idempotency_key = idempotency_key(&headers)?;
    let mail = read(&body)?;
    let mut world = simulator.lock();
    let store = &mut world.mail;
    if let Some((earlier, id)) = idempotency_key.as_ref().and_then(|key| store.by_key.get(key)) {
        if *earlier == body {
            return Ok(Json(json!({"id": id})).into_response());
        }
        let message = "The idempotency key was used with another body.".to_owned();
        return Err(Refusal(StatusCode::CONFLICT, "invalid_idempotent_request", message));
    }
    let id = mail.id.clone();
    if let Some(key) = &idempotency_key {
        store.by_key.insert(key.clone(), (body, id.clone()));
    }
    store.sent.push(SentMail { idempotency_key, ..mail });
    Ok(Json(json!({"id": id})).into_response())
}

/// Any key in Resend's form will do: `re_` and something behind it.
fn check_key(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        let message = "Missing API key in the authorization header".to_owned();
        return Err(Refusal(StatusCode::UNAUTHORIZED, "missing_api_key", message));
    };
    let key = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer re_"));
    if key.is_none_or(str::is_empty) {
        let message = "API key is invalid".to_owned();
        return Err(Refusal(StatusCode::FORBIDDEN, "invalid_api_key", message));
    }
    Ok(())
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=MAX_KEY).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => {
            let message = format!("The idempotency key must have 1 to {MAX_KEY} characters.");
            Err(Refusal(StatusCode::BAD_REQUEST, "invalid_idempotency_key", message))
        }
    }
}

fn read(body: &[u8]) -> Result<SentMail, Refusal> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Err(invalid("The body must be a JSON object.".to_owned()));
    };
    let from = required(&fields, "from")?;
    let to = recipients(&fields)?;
    if let Some(bad) = to.iter().chain([&from]).find(|address| !is_address(address)) {
        return Err(invalid(format!(
            "Invalid address {bad:?}: email@example.com or Name <email@example.com> is expected."
        )));
    }
    let subject = required(&fields, "subject")?;
    let text = optional(&fields, "text")?;
    let html = optional(&fields, "html")?;
    if text.is_none() && html.is_none() {
        return Err(missing("html` or `text"));
    }
    Ok(SentMail {
        id: new_uuid(),
        from,
        to,
        subject,
        text,
        html,
        at: iso(now_millis()),
        idempotency_key: None,
    })
}

fn missing(name: &str) -> Refusal {
    let message = format!("Missing `{name}` field.");
    Refusal(StatusCode::UNPROCESSABLE_ENTITY, "missing_required_field", message)
}

fn optional(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(format!("The `{name}` field must be a string."))),
    }
}

fn required(fields: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    optional(fields, name)?.filter(|text| !text.is_empty()).ok_or_else(|| missing(name))
}

fn recipients(fields: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let to: Option<Vec<String>> = match fields.get("to") {
        None | Some(Value::Null) => return Err(missing("to")),
        Some(Value::String(one)) => Some(vec![one.clone()]),
        Some(Value::Array(many)) => {
            many.iter().map(|one| one.as_str().map(str::to_owned)).collect()
        }
        Some(_) => None,
    };
    to.filter(|to| (1..=MAX_RECIPIENTS).contains(&to.len())).ok_or_else(|| {
        invalid(format!("The `to` field must hold 1 to {MAX_RECIPIENTS} addresses."))
    })
}

/// `a@b.c` or `Name <a@b.c>`.
fn is_address(text: &str) -> bool {
    let address = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => text,
    };
    address.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && host.contains('.')
            && !address.chars().any(|c| c.is_whitespace() || c.is_control() || c == ',')
            && !host.contains('@')
    })
}
