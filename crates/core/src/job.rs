//! Queue messages: versioned, and nothing but ids. D1 remembers the work; a message only wakes it.

use serde::{Deserialize, Serialize};

use crate::closed_set;
use crate::model::id::{DeliveryId, DomainId, MailId, RemovalId};

/// How often a message is handed over before it goes to the dead letters: once, and `max_retries` of
/// `wrangler.consumer.toml` times more.
pub const TRIES: u32 = 6;

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
    /// Read how many custom hostnames the zone may have.
    ReadQuotaV1,
}

closed_set! {
    /// The queues, each by the name of its binding.
    pub enum Queue {
        /// Work at Cloudflare and everything else.
        Jobs = "QUEUE",
        /// Deliveries: apart, so that neither a busy upstream nor a busy receiver holds up the other.
        Deliveries = "DELIVERIES",
    }
}

impl Job {
    /// The queue that it goes through.
    pub const fn queue(&self) -> Queue {
        match self {
            Self::DeliverV1 { .. } => Queue::Deliveries,
            Self::SyncDomainV1 { .. }
            | Self::SweepV1 { .. }
            | Self::RemoveHostnameV1 { .. }
            | Self::SendMailV1 { .. }
            | Self::ReadQuotaV1 => Queue::Jobs,
        }
    }
}

/// What a handler says of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Handled, or somebody else did: acknowledge.
    Done,
    /// The database could not be reached; hand the message back to the queue.
    Again,
}
