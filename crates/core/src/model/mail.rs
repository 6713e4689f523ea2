//! Mails: what each kind says, and what the answer to a try means.

use std::collections::BTreeMap;

use super::delivery::retry_after;
use crate::closed_set;
use crate::ports::{HttpAnswer, HttpError};
use crate::time::{Span, Timestamp};

closed_set! {
    /// What a mail is about. Its text stands in [`MailKind::template`].
    pub enum MailKind {
        /// A link and a code that sign a person in.
        SignIn = "sign_in",
        /// An invitation to an organization.
        Invitation = "invitation",
        /// An API token ends soon.
        TokenExpiring = "token_expiring",
        /// An API token has ended.
        TokenExpired = "token_expired",
        /// A webhook endpoint has failed for a day.
        WebhookFailing = "webhook_failing",
        /// A webhook endpoint is turned off within a day.
        WebhookLastDay = "webhook_last_day",
        /// A webhook endpoint was turned off, since it failed for days.
        WebhookDisabled = "webhook_disabled",
        /// A webhook endpoint was turned off, since its receiver wants no more.
        WebhookGone = "webhook_gone",
        /// An API token was found in public, and revoked.
        TokenLeaked = "token_leaked",
        /// The zone has little room for custom hostnames; to the operator.
        HostnameQuota = "hostname_quota",
    }
}

closed_set! {
    /// Where a mail stands.
    pub enum MailState {
        /// To be sent.
        Pending = "pending",
        /// The mail service took it.
        Sent = "sent",
        /// Given up.
        Failed = "failed",
    }
}

closed_set! {
    /// Why a try did not succeed.
    pub enum MailFault {
        /// No answer in time.
        Timeout = "timeout",
        /// No connection, or a broken one.
        Connection = "connection",
        /// Too many mails for now.
        Throttled = "throttled",
        /// The mail service failed.
        Server = "server",
        /// The mail service does not take our key: the operator must act.
        Credentials = "credentials",
        /// The mail service refused this mail.
        Refused = "refused",
        /// No mail service is configured: the operator must act.
        NotConfigured = "not_configured",
        /// The mail's secret or data cannot be read.
        Unreadable = "unreadable",
        /// It would have come too late to be of use.
        Expired = "expired",
    }
}

impl MailFault {
    /// The same for the organization whose mail it was, as a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Timeout | Self::Connection | Self::Server => "The mail service did not work.",
            Self::Throttled => "The mail service took no more mails for too long.",
            Self::Refused => "The mail service refused the mail: the address may be wrong.",
            Self::Credentials | Self::NotConfigured => {
                "The mail service does not take mails of this deployment; its operator is told."
            }
            Self::Unreadable => "What the mail was to say cannot be read; the operator is told.",
            Self::Expired => "It would have come too late to be of use.",
        }
    }
}

/// One part of a mail's text. `{name}` stands for a field of the mail.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// A paragraph.
    Text(&'static str),
    /// A field on a line of its own, to be typed.
    Code(&'static str),
    /// A link: what it says, and the field with its address.
    Link(&'static str, &'static str),
    /// A page of the dashboard: what the link says, and the page's path, with fields.
    Page(&'static str, &'static str),
}

/// The field that every mail is given when it is sent: where the dashboard is, without a slash at its end.
pub const DASHBOARD: &str = "dashboard";

/// What a kind of mail says.
struct Template {
    subject: &'static str,
    parts: &'static [Part],
}

const SIGN_IN: Template = Template {
    subject: "Sign in to DCVaaS",
    parts: &[
        Part::Text("Open this link in the browser in which you asked to sign in:"),
        Part::Link("Sign in", "link"),
        Part::Text("Or type this code there:"),
        Part::Code("code"),
        Part::Text(
            "Both work once, for 15 minutes. If you did not ask for this, ignore this mail; never tell anybody the code.",
        ),
    ],
};

const INVITATION: Template = Template {
    subject: "You are invited to {organization}",
    parts: &[
        Part::Text(
            "{inviter} invites you to the organization “{organization}” on DCVaaS, as {role}.",
        ),
        Part::Link("Accept the invitation", "link"),
        Part::Text(
            "Sign in with this e-mail address to accept. The invitation ends after 7 days. If you do not know the sender, ignore this mail.",
        ),
    ],
};

const TOKEN_EXPIRING: Template = Template {
    subject: "API token “{token}” ends on {day}",
    parts: &[
        Part::Text(
            "The API token “{token}” (…{lastFour}) of {organization} ends on {end}. Requests with it are refused from then on. {use}",
        ),
        Part::Text(
            "If something still uses it, make a new token before then and put it in its place. If not, there is nothing to do.",
        ),
        Part::Page("See the API tokens", "/tokens"),
    ],
};

const TOKEN_EXPIRED: Template = Template {
    subject: "API token “{token}” has ended",
    parts: &[
        Part::Text(
            "The API token “{token}” (…{lastFour}) of {organization} ended on {end}. Requests with it are refused. {use}",
        ),
        Part::Text("If something still uses it, make a new token and put it in its place."),
        Part::Page("See the API tokens", "/tokens"),
    ],
};

const WEBHOOK_FAILING: Template = Template {
    subject: "A webhook endpoint of {organization} fails",
    parts: &[
        Part::Text("Every try to reach {url} has failed since {since}."),
        Part::Text(
            "Each event is tried again for about three days. If nothing arrives until {until}, the endpoint is turned off.",
        ),
        Part::Page("See what it answers", "/webhooks/{webhook}"),
    ],
};

const WEBHOOK_LAST_DAY: Template = Template {
    subject: "A webhook endpoint of {organization} will be turned off",
    parts: &[
        Part::Text("Every try to reach {url} has failed since {since}."),
        Part::Text("If nothing arrives until {until}, the endpoint is turned off."),
        Part::Page("See what it answers", "/webhooks/{webhook}"),
    ],
};

const WEBHOOK_DISABLED: Template = Template {
    subject: "A webhook endpoint of {organization} was turned off",
    parts: &[
        Part::Text("Every try to reach {url} has failed since {since}, so it was turned off."),
        Part::Text(MISSED),
        Part::Page("See the endpoint", "/webhooks/{webhook}"),
    ],
};

const WEBHOOK_GONE: Template = Template {
    subject: "A webhook endpoint of {organization} was turned off",
    parts: &[
        Part::Text(
            "The receiver at {url} answered 410 Gone, which says that it wants no more events. So it was turned off.",
        ),
        Part::Text(MISSED),
        Part::Page("See the endpoint", "/webhooks/{webhook}"),
    ],
};

const MISSED: &str =
    "No event is lost: turn the endpoint on again and replay what it missed, up to 30 days back.";
const TOKEN_LEAKED: Template = Template {
    subject: "API token “{token}” was found in public and is revoked",
    parts: &[
        Part::Text(
            "GitHub found the API token “{token}” (…{lastFour}) of {organization} in public: {place}",
        ),
        Part::Text(
            "It is revoked, so nobody can use it any more. {use} Make a new token for whatever used it, keep that out of what is published, and see in the audit log what was done with this one.",
        ),
        Part::Page("See the API tokens", "/tokens"),
    ],
};

const HOSTNAME_QUOTA: Template = Template {
    subject: "{used} of {allocated} custom hostnames are used",
    parts: &[
        Part::Text(
            "Cloudflare lets the zone of this DCVaaS deployment have {allocated} custom hostnames, and {used} of them are used. Once all are, no domain can be added.",
        ),
        Part::Text(
            "Ask Cloudflare for more before that. You operate this deployment, so you are told once each time that four fifths are used.",
        ),
    ],
};

impl MailKind {
    const fn template(self) -> &'static Template {
        match self {
            Self::SignIn => &SIGN_IN,
            Self::Invitation => &INVITATION,
            Self::TokenExpiring => &TOKEN_EXPIRING,
            Self::TokenExpired => &TOKEN_EXPIRED,
            Self::WebhookFailing => &WEBHOOK_FAILING,
            Self::WebhookLastDay => &WEBHOOK_LAST_DAY,
            Self::WebhookDisabled => &WEBHOOK_DISABLED,
            Self::WebhookGone => &WEBHOOK_GONE,
            Self::TokenLeaked => &TOKEN_LEAKED,
            Self::HostnameQuota => &HOSTNAME_QUOTA,
        }
    }
}

/// What a mail's text names, secrets included.
pub type Fields = BTreeMap<String, String>;

/// A mail's text in both forms.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The same with links; every field escaped.
    pub html: String,
}

/// The text of a mail; `None` where a field is missing.
pub fn render(kind: MailKind, fields: &Fields) -> Option<Content> {
    let template = kind.template();
    let (mut text, mut html) = (String::new(), String::new());
    for part in template.parts {
        match part {
            Part::Text(paragraph) => {
                let plain = filled(paragraph, fields)?;
                html += &["<p>", &escaped(&plain), "</p>\n"].concat();
                text.push_str(&plain);
            }
            Part::Code(field) => {
                let code = fields.get(*field)?;
                html += &["<p><strong>", &escaped(code), "</strong></p>\n"].concat();
                text.push_str(code);
            }
            Part::Link(label, field) => link(&mut text, &mut html, label, fields.get(*field)?),
            Part::Page(label, path) => {
                let address = [fields.get(DASHBOARD)?.as_str(), &filled(path, fields)?].concat();
                link(&mut text, &mut html, label, &address);
            }
        }
        text.push_str("\n\n");
    }
    let subject = filled(template.subject, fields)?.replace(char::is_control, " ");
    Some(Content { subject, text: text.trim_end().to_owned(), html })
}

fn link(text: &mut String, html: &mut String, label: &str, address: &str) {
    let href = escaped(address);
    *html += &["<p><a href=\"", &href, "\">", &escaped(label), "</a></p>\n"].concat();
    text.push_str(address);
}

/// Puts the fields in; what they hold is not looked at again.
fn filled(template: &str, fields: &Fields) -> Option<String> {
    let mut made = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        made.push_str(before);
        made.push_str(fields.get(name)?);
        rest = after;
    }
    made.push_str(rest);
    Some(made)
}

/// Text for HTML, in elements and in attributes with double quotes
/// (<https://html.spec.whatwg.org/#escapingString>).
fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\'' => made.push_str("&#39;"),
            other => made.push(other),
        }
    }
    made
}

/// How long to wait before each try, 10.4 hours in all: Resend knows an idempotency key for 24
/// hours (<https://resend.com/docs/dashboard/emails/idempotency-keys>), so no try sends twice.
pub const SCHEDULE: [Span; 8] = [
    Span::seconds(0),
    Span::seconds(30),
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(15),
    Span::hours(1),
    Span::hours(3),
    Span::hours(6),
];
/// How much longer a wait may be, so that a service that recovers does not get all mails at once.
const JITTER: f64 = 0.2;
/// The longest wait that the service can ask for.
const LONGEST_WAIT: Span = Span::hours(6);

/// What a try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// Where the mail stands now.
    pub state: MailState,
    /// When it is tried again.
    pub next_attempt_at: Option<Timestamp>,
    /// Why it did not succeed.
    pub fault: Option<MailFault>,
}

/// Decides what the answer to try number `attempt` (from 1) means for a mail that is of no use
/// after `expires_at`. `jitter` is from `0.0..1.0`.
pub fn settle(
    attempt: u32,
    answer: Result<&HttpAnswer, &HttpError>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
    jitter: f64,
) -> Settlement {
    let Some(fault) = fault_of(answer) else {
        return Settlement { state: MailState::Sent, next_attempt_at: None, fault: None };
    };
    let asked = answer.ok().and_then(|answer| retry_after(answer.header("retry-after")?, now));
    failed(attempt, fault, asked, expires_at, now, jitter)
}

/// Decides what it means that try number `attempt` failed by `fault`, or could not be made for it.
pub fn failed(
    attempt: u32,
    fault: MailFault,
    asked: Option<Span>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
    jitter: f64,
) -> Settlement {
    let retries = !matches!(fault, MailFault::Refused | MailFault::Expired);
    let wait = SCHEDULE.get(attempt as usize).filter(|_| retries).map(|wait| {
        let wait = wait.times(1.0 + JITTER * jitter);
        asked.map_or(wait, |asked| wait.max(asked.min(LONGEST_WAIT)))
    });
    let next_attempt_at =
        wait.map(|wait| now.plus(wait)).filter(|next| expires_at.is_none_or(|end| *next < end));
    let state = next_attempt_at.map_or(MailState::Failed, |_| MailState::Pending);
    Settlement { state, next_attempt_at, fault: Some(fault) }
}

/// Why the answer is no success (<https://resend.com/docs/api-reference/errors>).
fn fault_of(answer: Result<&HttpAnswer, &HttpError>) -> Option<MailFault> {
    match answer {
        Err(HttpError::Timeout) => Some(MailFault::Timeout),
        Err(HttpError::Connection(_)) => Some(MailFault::Connection),
        Ok(answer) => match answer.status {
            200..=299 => None,
            // An earlier try with this mail's id got through, with a text from before a deployment.
            409 if names(answer, "invalid_idempotent_request") => None,
            409 | 408 | 429 => Some(MailFault::Throttled),
            401 | 403 => Some(MailFault::Credentials),
            400..=499 => Some(MailFault::Refused),
            _ => Some(MailFault::Server),
        },
    }
}

fn names(answer: &HttpAnswer, name: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Refusal {
        name: String,
    }
    serde_json::from_slice::<Refusal>(&answer.body).is_ok_and(|refusal| refusal.name == name)
}

#[cfg(test)]
#[path = "mail_tests.rs"]
mod tests;
