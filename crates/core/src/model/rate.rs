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

impl Metered {
    /// What the meter is told of a request to `route` from `address`.
    pub fn asks<'a>(&'a self, route: &'a str, address: &'a str) -> Asked<'a> {
        Asked { route, token: &self.token, most: self.most, address, failed: false }
    }
}

/// What a meter is told of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The name of the route.
    pub route: &'a str,
    /// As [`Metered::token`].
    pub token: &'a str,
    /// As [`Metered::most`].
    pub most: u32,
    /// From where, as [`seen_address`] gives it; empty where that is not known or not to be noted.
    pub address: &'a str,
    /// Whether the request was counted before, and it is now told that it was refused or failed.
    pub failed: bool,
}

impl<'a> Asked<'a> {
    /// As a path; each part is free of slashes.
    pub fn path(&self) -> String {
        let verb = if self.failed { "failed" } else { "asked" };
        let most = self.most.to_string();
        [verb, self.route, self.token, &most, self.address].join("/")
    }

    /// Reads a path.
    pub fn parse(path: &'a str) -> Option<Self> {
        let mut parts = path.splitn(5, '/');
        let failed = parts.next()? == "failed";
        let (route, token) = (parts.next()?, parts.next()?);
        let (most, address) = (parts.next()?.parse().ok()?, parts.next()?);
        Some(Self { route, token, most, address, failed })
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
    fn of(&mut self, token: &str, route: &str) -> Option<&mut Use> {
        let at = self.uses.iter().position(|(by, of, ..)| by == token && of == route);
        let at = at.unwrap_or_else(|| {
            self.uses.push((token.to_owned(), route.to_owned(), 0, 0));
            self.uses.len() - 1
        });
        self.uses.get_mut(at)
    }

    fn see(&mut self, token: &str, address: &str, now: Timestamp) {
        self.seen.retain(|(by, from, _)| by != token || from != address);
        if self.seen.len() >= MOST_SEEN {
            self.seen.remove(0);
        }
        self.seen.push((token.to_owned(), address.to_owned(), now));
    }
}

/// The count of one key: a window that begins with its first request, and what its tokens did since it
/// was last taken.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    ends_at: Option<Timestamp>,
    number: u32,
    #[serde(default)]
    noted: Noted,
}

impl Tally {
    /// Counts one request. One without a token is counted, and its use not noted. One above the quota is
    /// refused, so it is noted as that at once.
    pub fn count(&mut self, asked: &Asked<'_>, now: Timestamp) -> Counted {
        let ends_at = match self.ends_at {
            Some(ends_at) if now < ends_at => ends_at,
            _ => {
                self.number = 0;
                now.plus(WINDOW)
            }
        };
        self.ends_at = Some(ends_at);
        self.number = self.number.saturating_add(1);
        let refused = self.number > asked.most;
        if !asked.token.is_empty()
            && let Some((_, _, requests, errors)) = self.noted.of(asked.token, asked.route)
        {
            *requests = requests.saturating_add(1);
            *errors = errors.saturating_add(refused.into());
            if !asked.address.is_empty() {
                self.noted.see(asked.token, asked.address, now);
            }
        }
        Counted { number: self.number, resets_in: ends_at.since(now) }
    }

    /// Notes that a request which was counted was refused or failed.
    pub fn fail(&mut self, asked: &Asked<'_>) {
        if !asked.token.is_empty()
            && let Some((_, _, _, errors)) = self.noted.of(asked.token, asked.route)
        {
            *errors = errors.saturating_add(1);
        }
    }

    /// Takes out what is to be written.
    pub fn take(&mut self) -> Noted {
        std::mem::take(&mut self.noted)
    }

    /// Whether there is something to be written.
    pub const fn holds_uses(&self) -> bool {
        !self.noted.uses.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const PERSON_ASKS: Asked<'static> = asks("", "x", "");

    const fn asks<'a>(token: &'a str, route: &'a str, address: &'a str) -> Asked<'a> {
        Asked { route, token, most: 1_000, address, failed: false }
    }

    #[test]
    fn a_window_begins_with_its_first_request_and_lasts_a_minute() {
        let mut tally = Tally::default();
        let numbers: Vec<u32> = [0, 1, 59_999, 60_000, 60_001, 200_000]
            .into_iter()
            .map(|after| tally.count(&PERSON_ASKS, NOW.plus(Span::millis(after))).number)
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
            tally.count(&asks(token, route, ""), NOW);
        }
        tally.fail(&asks("a", "y", ""));
        tally.fail(&asks("", "y", ""));
        let uses = |token: &str, route: &str, times, errors| {
            (token.to_owned(), route.to_owned(), times, errors)
        };
        let noted = tally.take();
        let expected = [uses("a", "x", 2, 0), uses("a", "y", 1, 1), uses("b", "x", 1, 0)];
        assert_eq!((noted.uses.as_slice(), noted.seen.len()), (expected.as_slice(), 0));
        assert!(!tally.holds_uses());
        // What the quota refuses has failed.
        let above = Asked { most: 5, ..asks("a", "x", "") };
        tally.count(&above, NOW);
        assert_eq!(tally.take().uses, [uses("a", "x", 1, 1)]);
    }

    #[test]
    fn addresses_are_noted_once_each_in_one_form_and_not_without_end() {
        let mut tally = Tally::default();
        for (token, from) in [
            ("a", "192.0.2.1"),
            ("a", "2001:DB8::1"),
            ("a", "::ffff:192.0.2.1"),
            ("b", "no address"),
            ("", "192.0.2.9"),
        ] {
            tally.count(&asks(token, "x", &seen_address(from)), NOW);
        }
        let seen = |token: &str, from: &str| (token.to_owned(), from.to_owned(), NOW);
        assert_eq!(tally.take().seen, [seen("a", "2001:db8::1"), seen("a", "192.0.2.1")]);
        for last in 0..1_000_u32 {
            let from = std::net::Ipv4Addr::from(last).to_string();
            tally.count(&asks("a", "x", &from), NOW);
        }
        let kept = tally.take().seen;
        assert_eq!(kept.len(), MOST_SEEN);
        assert_eq!(kept.last(), Some(&seen("a", "0.0.3.231")));
    }

    #[test]
    fn what_was_stored_in_an_older_form_is_still_counted_from() {
        let stored = r#"{"ends_at":1800000060000,"number":7,"uses":[]}"#;
        let mut tally: Tally = serde_json::from_str(stored).unwrap();
        assert_eq!(tally.count(&PERSON_ASKS, NOW).number, 8);
    }

    proptest! {
        #[test]
        fn what_a_meter_is_told_comes_out_of_its_path(
            route in "[a-z_.]{0,20}", token in "[a-z0-9_]{0,36}", most: u32, address in "[0-9a-f:.]{0,39}", failed: bool,
        ) {
            let asked = Asked { route: &route, token: &token, most, address: &address, failed };
            let path = asked.path();
            prop_assert_eq!(Asked::parse(&path), Some(asked));
        }

        #[test]
        fn any_path_is_read_without_a_panic(path in ".{0,60}") {
            Asked::parse(&path);
        }

        #[test]
        fn no_window_lets_more_through_than_its_quota(
            steps in proptest::collection::vec(0i64..5_000, 1..300), most in 0u32..50,
        ) {
            let quota = Quota { policy: "default", most };
            let (mut tally, mut now) = (Tally::default(), NOW);
            let (mut begun, mut passed) = (NOW, 0);
            for step in steps {
                now = now.plus(Span::millis(step));
                let counted = tally.count(&PERSON_ASKS, now);
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
