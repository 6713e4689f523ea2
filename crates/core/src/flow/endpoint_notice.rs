//! What the owners and admins of an organization are told by mail of an endpoint that fails.

use crate::model::audit;
use crate::model::delivery::DisabledReason;
use crate::model::endpoint_health::FailingStage;
use crate::model::id::{OrgId, WebhookId};
use crate::model::mail::{Fields, MailKind};
use crate::store::events::{self, NewEvent};
use crate::store::{Bound, mails};
use crate::time::Timestamp;

/// The endpoint that is told of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Endpoint<'a> {
    pub(super) org_id: &'a OrgId,
    pub(super) id: &'a WebhookId,
    pub(super) url: &'a str,
    pub(super) failing_since: Option<Timestamp>,
}

/// Which of the statements of [`record`] gives the ids of the mails.
pub(super) const MAILS: usize = 1;

/// The statements that write `event`, fan it out and tell people of it, by one mail each. They must
/// directly follow the guarded statement that made the change.
pub(super) fn record(event: &NewEvent, kind: MailKind, of: &Endpoint<'_>) -> Vec<Bound> {
    let mut statements = events::record(std::slice::from_ref(event));
    // The mails hang on the event's being new, so they come directly behind it.
    let notice = mails::tell_admins(of.org_id, kind, &data(of), event.created_at);
    statements.insert(MAILS, notice);
    statements
}

impl From<FailingStage> for MailKind {
    fn from(stage: FailingStage) -> Self {
        match stage {
            FailingStage::Failing => Self::WebhookFailing,
            FailingStage::LastDay => Self::WebhookLastDay,
        }
    }
}

impl From<DisabledReason> for MailKind {
    fn from(reason: DisabledReason) -> Self {
        match reason {
            DisabledReason::Gone => Self::WebhookGone,
            // Its owner knows, and is not told.
            DisabledReason::Failing | DisabledReason::Owner => Self::WebhookDisabled,
        }
    }
}

/// What the mail names. The query of an address may hold a credential.
fn data(of: &Endpoint<'_>) -> Fields {
    let mut data = vec![("url", audit::bare(of.url)), ("webhook", of.id.as_str().to_owned())];
    if let Some(since) = of.failing_since {
        data.push(("since", since.to_text()));
        data.push(("until", FailingStage::end(since).to_text()));
    }
    data.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
