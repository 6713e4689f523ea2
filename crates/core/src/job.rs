//! Queue messages: versioned, and nothing but ids. D1 remembers the work; a message only wakes it.

use serde::{Deserialize, Serialize};

use crate::model::id::{DeliveryId, DomainId, MailId, RemovalId};

/// One wake-up call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Look at one domain: create its custom hostname where that is still to be done, else read it.
    SyncDomainV1 {
        /// Which.
        domain: DomainId,
    },
    /// Look at all due domains on one page of Cloudflare's list, then wake the next page.
    SweepV1 {
        /// Page of the list, from 1.
        page: u32,
    },
    /// Try one webhook delivery.
    DeliverV1 {
        /// Which.
        delivery: DeliveryId,
    },
    /// Remove one custom hostname at Cloudflare whose domain is gone here.
    RemoveHostnameV1 {
        /// Which.
        removal: RemovalId,
    },
    /// Send one mail.
    SendMailV1 {
        /// Which.
        mail: MailId,
    },
}

/// What a handler says of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Handled, or somebody else did: acknowledge.
    Done,
    /// The database could not be reached; hand the message back to the queue.
    Again,
}
