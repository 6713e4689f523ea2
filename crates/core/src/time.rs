//! Points and spans of time, in milliseconds UTC. Nobody here reads a clock: "now" is an argument.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// The largest number that JavaScript and D1 keep exactly: 2^53 - 1.
const LARGEST: i64 = (1 << 53) - 1;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, from 0 to 2^53 - 1. D1 holds it as
/// this number; text is made only at the edge.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds; what lies outside the range is moved to its end.
    pub const fn from_millis(millis: i64) -> Self {
        if millis < 0 {
            Self(0)
        } else if millis > LARGEST {
            Self(LARGEST)
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch.
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1000
    }

    /// That much later.
    #[must_use]
    pub const fn plus(self, span: Span) -> Self {
        Self::from_millis(self.0.saturating_add(span.0))
    }

    /// That much earlier.
    #[must_use]
    pub const fn minus(self, span: Span) -> Self {
        Self::from_millis(self.0.saturating_sub(span.0))
    }

    /// The time from `earlier` to this; negative if it is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0 - earlier.0)
    }

    /// ISO 8601 in UTC with milliseconds: `2026-11-24T02:11:46.123Z`.
    pub fn to_iso(self) -> String {
        DateTime::<Utc>::from_timestamp_millis(self.0)
            .unwrap_or_default()
            .to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// For people, to the minute: `2026-11-24 02:11 UTC`.
    pub fn to_text(self) -> String {
        let iso = self.to_iso().replace('T', " ");
        iso.chars().take(16).chain(" UTC".chars()).collect()
    }

    /// The day in UTC: `2026-11-24`.
    pub fn to_day(self) -> String {
        self.to_iso().chars().take(10).collect()
    }

    /// Reads a time with any offset (RFC 3339 section 5.6).
    pub fn parse_iso(text: &str) -> Option<Self> {
        let millis = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
        (0..=LARGEST).contains(&millis).then_some(Self(millis))
    }
}

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

impl Span {
    /// So many milliseconds.
    pub const fn millis(count: i64) -> Self {
        Self(count)
    }
    /// So many seconds.
    pub const fn seconds(count: i64) -> Self {
        Self(count.saturating_mul(1000))
    }
    /// So many minutes.
    pub const fn minutes(count: i64) -> Self {
        Self::seconds(count.saturating_mul(60))
    }
    /// So many hours.
    pub const fn hours(count: i64) -> Self {
        Self::minutes(count.saturating_mul(60))
    }
    /// So many days of 24 hours.
    pub const fn days(count: i64) -> Self {
        Self::hours(count.saturating_mul(24))
    }
    /// Milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
    /// Whole seconds.
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1000
    }
    /// Whole seconds, rounded up and 1 at least: for who is told to wait, so that nobody comes too
    /// early.
    pub const fn as_seconds_up(self) -> i64 {
        let seconds = self.0.saturating_add(999) / 1000;
        if seconds < 1 { 1 } else { seconds }
    }
    /// The span times a factor, rounded towards zero.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "spans are far below 2^53 ms, and a float cast saturates"
    )]
    pub fn times(self, factor: f64) -> Self {
        Self((self.0 as f64 * factor) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_number_agree() {
        let time = Timestamp::from_millis(1_795_486_306_123);
        assert_eq!(time.to_iso(), "2026-11-24T02:11:46.123Z");
        assert_eq!(time.to_text(), "2026-11-24 02:11 UTC");
        assert_eq!(Timestamp::parse_iso("2026-11-24T03:11:46.123+01:00"), Some(time));
        for bad in ["", "never", "2026-11-24", "2026-11-24T02:11:46", "1960-01-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse_iso(bad), None, "{bad}");
        }
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(Timestamp::from_millis(0).minus(Span::days(1)).as_millis(), 0);
        assert_eq!(Timestamp::from_millis(LARGEST).plus(Span::days(1)).as_millis(), LARGEST);
        assert_eq!(Span::seconds(10).times(1.5), Span::seconds(15));
    }
}
