//! How often a caller may ask, and how the answer tells what is left
//! (draft-ietf-httpapi-ratelimit-headers).

use serde::{Deserialize, Serialize};

use super::caller::{CallerKind, CallerRow};
use super::problem::Problem;
use crate::time::{Span, Timestamp};

/// The window of every quota.
pub const WINDOW: Span = Span::minutes(1);
/// Requests a minute of one person at the dashboard: no page needs near as many, whatever the plan.
const PERSON: u32 = 1_000;

/// Who is counted, and under which key: all tokens of an organization together, each session by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metered {
    /// What has one count; empty while that is being looked up.
    pub key: String,
    /// The token whose use is noted; empty for a person.
    pub token: String,
}

impl Metered {
    /// The one that a credential in D1 is counted as.
    pub fn of(row: &CallerRow) -> Self {
        match row.kind {
            CallerKind::Token => {
                Self { key: row.org_id.as_str().to_owned(), token: row.credential_id.clone() }
            }
            CallerKind::Session => Self { key: row.credential_id.clone(), token: String::new() },
        }
    }
}

/// One request as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its number in the window, from 1.
    pub number: u32,
    /// When the window ends.
    pub resets_in: Span,
}

/// A quota: the requests of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Its name.
    pub policy: &'static str,
    /// How many requests it allows.
    pub most: u32,
}

impl Quota {
    /// The quota of a caller.
    pub fn of(row: &CallerRow) -> Self {
        match row.kind {
            CallerKind::Token => Self {
                policy: "default",
                most: row.requests_per_minute.unwrap_or(row.plan.limits().requests_per_minute),
            },
            CallerKind::Session => Self { policy: "session", most: PERSON },
        }
    }

    /// Refuses what is above it.
    pub fn check(self, counted: Counted) -> Result<(), Problem> {
        if counted.number <= self.most {
            return Ok(());
        }
        let detail = format!(
            "More than {} requests in a minute. Wait for the seconds in Retry-After.",
            self.most
        );
        Err(Problem::quota_exceeded(self.policy, counted.resets_in).with_detail(detail))
    }

    /// The value of `RateLimit-Policy`.
    pub fn policy_field(self) -> String {
        format!("\"{}\";q={};w={}", self.policy, self.most, WINDOW.as_seconds())
    }

    /// The value of `RateLimit`.
    pub fn field(self, counted: Counted) -> String {
        let left = self.most.saturating_sub(counted.number);
        format!("\"{}\";r={left};t={}", self.policy, counted.resets_in.as_seconds_up())
    }
}

/// The use of one token that is not yet in the database: token, route, requests.
pub type Use = (String, String, u32);

/// The count of one key: a window that begins with its first request, and the uses of its tokens
/// since they were last taken.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    ends_at: Option<Timestamp>,
    number: u32,
    uses: Vec<Use>,
}

impl Tally {
    /// Counts one request. An empty `token` is counted, and its use not noted.
    pub fn count(&mut self, token: &str, route: &str, now: Timestamp) -> Counted {
        let ends_at = match self.ends_at {
            Some(ends_at) if now < ends_at => ends_at,
            _ => {
                self.number = 0;
                now.plus(WINDOW)
            }
        };
        self.ends_at = Some(ends_at);
        self.number = self.number.saturating_add(1);
        if !token.is_empty() {
            match self.uses.iter_mut().find(|(by, of, _)| by == token && of == route) {
                Some((_, _, requests)) => *requests += 1,
                None => self.uses.push((token.to_owned(), route.to_owned(), 1)),
            }
        }
        Counted { number: self.number, resets_in: ends_at.since(now) }
    }

    /// Takes the uses out, to be written.
    pub fn take(&mut self) -> Vec<Use> {
        std::mem::take(&mut self.uses)
    }

    /// Whether there is something to be written.
    pub const fn holds_uses(&self) -> bool {
        !self.uses.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn a_window_begins_with_its_first_request_and_lasts_a_minute() {
        let mut tally = Tally::default();
        let numbers: Vec<u32> = [0, 1, 59_999, 60_000, 60_001, 200_000]
            .into_iter()
            .map(|after| tally.count("", "x", NOW.plus(Span::millis(after))).number)
            .collect();
        assert_eq!(numbers, [1, 2, 3, 1, 2, 1]);
    }

    #[test]
    fn the_fields_are_those_of_the_draft() {
        let quota = Quota { policy: "default", most: 100 };
        let counted = Counted { number: 43, resets_in: Span::millis(11_001) };
        assert_eq!(quota.policy_field(), "\"default\";q=100;w=60");
        assert_eq!(quota.field(counted), "\"default\";r=57;t=12");
        let above = Counted { number: 101, ..counted };
        assert_eq!(quota.field(above), "\"default\";r=0;t=12");
        assert_eq!(quota.check(Counted { number: 100, ..counted }), Ok(()));
        let problem = quota.check(above).unwrap_err();
        assert_eq!(
            (problem.violated, problem.retry_after),
            (Some("default"), Some(counted.resets_in))
        );
    }

    #[test]
    fn uses_are_noted_by_token_and_route_until_they_are_taken() {
        let mut tally = Tally::default();
        for (token, route) in [("a", "x"), ("a", "y"), ("a", "x"), ("b", "x"), ("", "x")] {
            tally.count(token, route, NOW);
        }
        let uses = |token: &str, route: &str, times| (token.to_owned(), route.to_owned(), times);
        assert_eq!(tally.take(), [uses("a", "x", 2), uses("a", "y", 1), uses("b", "x", 1)]);
        assert!(!tally.holds_uses());
    }

    proptest! {
        #[test]
        fn no_window_lets_more_through_than_its_quota(
            steps in proptest::collection::vec(0i64..5_000, 1..300), most in 0u32..50,
        ) {
            let quota = Quota { policy: "default", most };
            let (mut tally, mut now) = (Tally::default(), NOW);
            let (mut begun, mut passed) = (NOW, 0);
            for step in steps {
                now = now.plus(Span::millis(step));
                let counted = tally.count("", "x", now);
                if counted.number == 1 {
                    (begun, passed) = (now, 0);
                }
                prop_assert!(now.since(begun) < WINDOW && counted.resets_in <= WINDOW);
                passed += u32::from(quota.check(counted).is_ok());
                prop_assert!(passed <= most);
            }
        }
    }
}
