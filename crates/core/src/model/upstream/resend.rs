//! Resend's API for mail (<https://resend.com/docs/api-reference/emails/send-email>).

use serde::Serialize;

use crate::model::email::EmailAddress;
use crate::model::id::MailId;
use crate::model::mail::Content;
use crate::ports::{HttpRequest, Method};
use crate::secret::SecretText;
use crate::time::Span;

const TIMEOUT: Span = Span::seconds(15);
/// An answer is an id or a refusal.
const LARGEST_ANSWER: usize = 4096;

/// The mail service, as this deployment is configured.
#[derive(Debug, Clone, Copy)]
pub struct MailService<'a> {
    /// Root of the API, without a slash at its end.
    pub base_url: &'a str,
    /// May send mail.
    pub key: &'a SecretText,
    /// The sender.
    pub from: &'a str,
}

#[derive(Serialize)]
struct Email<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: &'a str,
    text: &'a str,
    html: &'a str,
}

impl MailService<'_> {
    /// Sends one mail to one person. Its id keeps a repeat from being sent twice.
    pub fn send_request(&self, id: &MailId, to: &EmailAddress, content: &Content) -> HttpRequest {
        let Content { subject, text, html } = content;
        let email = Email { from: self.from, to: [to.as_str()], subject, text, html };
        HttpRequest {
            method: Method::Post,
            url: format!("{}/emails", self.base_url),
            headers: vec![
                ("authorization".into(), format!("Bearer {}", self.key.expose())),
                ("content-type".into(), "application/json".to_owned()),
                ("idempotency-key".into(), id.as_str().to_owned()),
            ],
            // A struct of texts always serialises.
            body: Some(serde_json::to_vec(&email).unwrap_or_default()),
            timeout: TIMEOUT,
            max_body: LARGEST_ANSWER,
        }
    }
}
