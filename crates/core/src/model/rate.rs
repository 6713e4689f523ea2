//! How often a caller may ask, and how the answer tells what is left
//! (draft-ietf-httpapi-ratelimit-headers).

use std::net::IpAddr;

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
    /// The requests that its quota allows in a window, as it was last known.
    pub most: u32,
}

impl Metered {
    /// The one that a credential in D1 is counted as.
    pub fn of(row: &CallerRow) -> Self {
        let most = Quota::of(row).most;
        match row.kind {
            CallerKind::Token => {
                Self { key: row.org_id.as_str().to_owned(), token: row.credential_id.clone(), most }
            }
            CallerKind::Session => {
                Self { key: row.credential_id.clone(), token: String::new(), most }
            }
        }
    }
}

/// An address in the form in which it is noted: IPv4 within IPv6 as IPv4, and nothing for what is none.
pub fn seen_address(text: &str) -> String {
    text.parse::<IpAddr>()
        .map_or_else(|_| String::new(), |address| address.to_canonical().to_string())
}

/// One request as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its number in the window, from 1.
    pub number: u32,
    /// When the window ends.
    pub resets_in: Span,
}

impl Counted {
    /// A request that no number is left for.
    pub const fn above(resets_in: Span) -> Self {
        Self { number: u32::MAX, resets_in }
    }
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

    /// Whether a request is within it.
    pub const fn allows(self, counted: Counted) -> bool {
        counted.number <= self.most
    }

    /// Refuses what is above it.
    pub fn check(self, counted: Counted) -> Result<(), Problem> {
        if self.allows(counted) {
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

/// The use of one token that is not yet in the database: token, route, requests, and how many of those
/// were refused or failed.
pub type Use = (String, String, u32, u32);
/// From where a token was used, and when last.
pub type Seen = (String, String, Timestamp);

/// Addresses that are noted at most until they are written, so that no caller can fill the memory.
const MOST_SEEN: usize = 200;

/// What is to be written of the tokens of one key.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Their uses.
    pub uses: Vec<Use>,
    /// Their addresses, those seen last at the end.
    pub seen: Vec<Seen>,
}

impl Noted {
    /// Notes a request of `token` to `route` from `address`, as [`seen_address`] gives it. One
    /// without a token is a person's, and not noted.
    pub fn request(&mut self, token: &str, route: &str, address: &str, now: Timestamp) {
        if token.is_empty() {
            return;
        }
        self.add_use(token.to_owned(), route.to_owned(), 1, 0);
        if !address.is_empty() {
            self.add_seen(token.to_owned(), address.to_owned(), now);
        }
    }

    /// Notes that a request which was noted was refused or failed.
    pub fn failure(&mut self, token: &str, route: &str) {
        if !token.is_empty() {
            self.add_use(token.to_owned(), route.to_owned(), 0, 1);
        }
    }

    /// Adds what somebody else noted.
    pub fn add(&mut self, other: Self) {
        for (token, route, requests, errors) in other.uses {
            self.add_use(token, route, requests, errors);
        }
        for (token, address, at) in other.seen {
            self.add_seen(token, address, at);
        }
    }

    /// Whether there is nothing to be told.
    pub const fn is_empty(&self) -> bool {
        self.uses.is_empty()
    }

    fn add_use(&mut self, token: String, route: String, requests: u32, errors: u32) {
        match self.uses.iter_mut().find(|(by, of, ..)| *by == token && *of == route) {
            Some((_, _, all, failed)) => {
                *all = all.saturating_add(requests);
                *failed = failed.saturating_add(errors);
            }
            None => self.uses.push((token, route, requests, errors)),
        }
    }

    fn add_seen(&mut self, token: String, address: String, at: Timestamp) {
        self.seen.retain(|(by, from, _)| *by != token || *from != address);
        if self.seen.len() >= MOST_SEEN {
            self.seen.remove(0);
        }
        self.seen.push((token, address, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
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
    fn uses_are_noted_by_token_and_route() {
        let mut noted = Noted::default();
        for (token, route) in [("a", "x"), ("a", "y"), ("a", "x"), ("b", "x"), ("", "x")] {
            noted.request(token, route, "", NOW);
        }
        noted.failure("a", "y");
        noted.failure("", "y");
        let uses = |token: &str, route: &str, times, errors| {
            (token.to_owned(), route.to_owned(), times, errors)
        };
        let expected = [uses("a", "x", 2, 0), uses("a", "y", 1, 1), uses("b", "x", 1, 0)];
        assert_eq!((noted.uses.as_slice(), noted.seen.len()), (expected.as_slice(), 0));
        let mut sum = noted.clone();
        sum.add(noted);
        assert_eq!(sum.uses[0], uses("a", "x", 4, 0));
    }

    #[test]
    fn addresses_are_noted_once_each_in_one_form_and_not_without_end() {
        let mut noted = Noted::default();
        for (token, from) in [
            ("a", "192.0.2.1"),
            ("a", "2001:DB8::1"),
            ("a", "::ffff:192.0.2.1"),
            ("b", "no address"),
            ("", "192.0.2.9"),
        ] {
            noted.request(token, "x", &seen_address(from), NOW);
        }
        let seen = |token: &str, from: &str| (token.to_owned(), from.to_owned(), NOW);
        assert_eq!(noted.seen, [seen("a", "2001:db8::1"), seen("a", "192.0.2.1")]);
        for last in 0..1_000_u32 {
            noted.request("a", "x", &std::net::Ipv4Addr::from(last).to_string(), NOW);
        }
        assert_eq!(noted.seen.len(), MOST_SEEN);
        assert_eq!(noted.seen.last(), Some(&seen("a", "0.0.3.231")));
    }
}
