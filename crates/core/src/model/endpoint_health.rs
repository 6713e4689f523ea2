//! How an endpoint fares, as its tries tell, and when its owners are told.

use serde::Serialize;

use super::delivery::{Health, PATIENCE};
use super::id::WebhookId;
use crate::closed_set;
use crate::time::{Span, Timestamp};

/// For how long every try fails before the organization is told; the last word comes a day before
/// the endpoint is turned off.
const FIRST_WORD: Span = Span::days(1);
const LAST_WORD: Span = Span::days(4);

closed_set! {
    /// How far a failing endpoint is.
    pub enum FailingStage {
        /// Every try failed for a day.
        Failing = "failing",
        /// It is turned off within a day.
        LastDay = "last_day",
    }
}

impl FailingStage {
    /// When failing must have begun, at `now`, for this stage.
    pub const fn begun(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Failing => now.minus(FIRST_WORD),
            Self::LastDay => now.minus(LAST_WORD),
        }
    }

    /// The stage at `now` of an endpoint that fails since `since`.
    pub fn at(since: Timestamp, now: Timestamp) -> Self {
        if since <= Self::LastDay.begun(now) { Self::LastDay } else { Self::Failing }
    }

    /// When an endpoint that fails since `since` is turned off, if it goes on failing.
    pub const fn end(since: Timestamp) -> Timestamp {
        since.plus(PATIENCE)
    }
}

/// What some tries, in the order of their ends, say of one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointHealth {
    /// Which.
    pub id: WebhookId,
    /// When it last took an event, if one of the tries succeeded.
    pub worked_at: Option<Timestamp>,
    /// When the first failure after that was, if the last try failed.
    pub fails_since: Option<Timestamp>,
    /// Milliseconds that the last try took.
    pub pace_ms: i64,
    /// When its addresses were last found to be public, if they were looked up.
    pub looked_up_at: Option<Timestamp>,
}

impl EndpointHealth {
    /// Nothing known yet.
    pub const fn new(id: WebhookId) -> Self {
        Self { id, worked_at: None, fails_since: None, pace_ms: 0, looked_up_at: None }
    }

    /// One more try, which ended at `at` after `took`.
    pub fn note(&mut self, health: Health, at: Timestamp, took: Span) {
        match health {
            Health::Works => (self.worked_at, self.fails_since) = (Some(at), None),
            Health::Fails => self.fails_since = self.fails_since.or(Some(at)),
            Health::Unknown => return,
        }
        self.pace_ms = took.as_millis();
    }

    /// Whether any try said something.
    pub const fn is_known(&self) -> bool {
        self.worked_at.is_some() || self.fails_since.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    #[test]
    fn the_last_tries_count_and_what_was_never_sent_does_not() {
        let at = |seconds| NOW.plus(Span::seconds(seconds));
        let mut health = EndpointHealth::new(WebhookId::new(NOW, [1; 10]));
        health.note(Health::Unknown, at(0), Span::seconds(0));
        assert!(!health.is_known());
        health.note(Health::Fails, at(1), Span::seconds(15));
        health.note(Health::Fails, at(2), Span::seconds(1));
        assert_eq!((health.worked_at, health.fails_since), (None, Some(at(1))));
        health.note(Health::Works, at(3), Span::millis(7));
        assert_eq!((health.worked_at, health.fails_since, health.pace_ms), (Some(at(3)), None, 7));
        health.note(Health::Fails, at(4), Span::millis(9));
        health.note(Health::Unknown, at(5), Span::seconds(0));
        assert_eq!(
            (health.worked_at, health.fails_since, health.pace_ms),
            (Some(at(3)), Some(at(4)), 9)
        );
    }

    #[test]
    fn the_last_word_comes_a_day_before_the_end() {
        let after = |span| FailingStage::at(NOW, NOW.plus(span));
        assert_eq!(after(Span::hours(24)), FailingStage::Failing);
        assert_eq!(after(Span::hours(95)), FailingStage::Failing);
        assert_eq!(after(Span::hours(96)), FailingStage::LastDay);
        assert_eq!(FailingStage::end(NOW).since(NOW.plus(LAST_WORD)), Span::days(1));
    }
}
