//! When to look at a domain again.

use super::domain_state::{DomainErrorCode, DomainStatus};
use crate::time::{Span, Timestamp};

/// A young domain is looked at with every tick of the scheduler, once a minute: somebody sits in
/// front of it. Cloudflare's own first ten tries are a minute and a half apart at most.
const YOUNG: Span = Span::minutes(10);
/// Later the wait grows with the age, as Cloudflare's own backoff does, up to its longest.
const SHARE_OF_AGE: f64 = 0.1;
const LONGEST_PENDING: Span = Span::hours(4);
/// A live domain is looked at daily, and hourly while its renewal is due: Cloudflare renews from
/// 30 days before the end.
const DAILY: Span = Span::hours(24);
const HOURLY: Span = Span::hours(1);
const RENEWAL_WINDOW: Span = Span::days(30);
/// After a look that missed a record which was there: when the next one can tell.
const DOUBT: Span = Span::minutes(15);
/// How much a wait is shortened by chance, so that domains do not stay in step.
const JITTER: f64 = 0.1;

/// Failures in a row that are simply tried again with the next tick.
const QUICK_FAILURES: u32 = 3;
const LONGEST_FAILURE: Span = Span::hours(1);
/// An upstream that asks for more than this is not taken at its word: a domain would be forgotten.
const LONGEST_ASKED: Span = Span::hours(24);

/// When a domain that was just looked at is due again. `jitter` is from `0.0..1.0`.
pub fn next_check(
    status: DomainStatus,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    error: Option<DomainErrorCode>,
    now: Timestamp,
    jitter: f64,
) -> Timestamp {
    let age = now.since(created_at);
    let wait = match status {
        DomainStatus::Active if expires_at.is_some_and(|end| end.since(now) <= RENEWAL_WINDOW) => {
            HOURLY
        }
        DomainStatus::Active => DAILY,
        DomainStatus::Error => error.map_or(HOURLY, error_wait),
        DomainStatus::PendingCname | DomainStatus::Issuing if age < YOUNG => return now,
        DomainStatus::PendingCname | DomainStatus::Issuing => {
            age.times(SHARE_OF_AGE).min(LONGEST_PENDING)
        }
    };
    now.plus(wait.times(1.0 - JITTER * jitter))
}

/// When a domain whose delegation record is missed is due again: soon while that may be one bad answer,
/// then hourly.
pub fn next_dns_check(verified: bool, now: Timestamp) -> Timestamp {
    now.plus(if verified { DOUBT } else { HOURLY })
}

/// How soon an error may heal: by the owner's DNS within minutes, by an operator within hours.
const fn error_wait(code: DomainErrorCode) -> Span {
    use DomainErrorCode as E;
    match code {
        E::Moved | E::ValidationTimedOut | E::Expired => Span::minutes(15),
        E::IssuanceTimedOut | E::DeploymentTimedOut | E::QuotaExceeded => Span::hours(1),
        E::Blocked | E::RemovedUpstream | E::CertificateRemoved | E::RefusedUpstream => {
            Span::hours(6)
        }
    }
}

/// When to try again after the `failures`-th failure in a row of an upstream; never before the
/// time it asked for, up to a day.
pub fn after_upstream_failure(
    failures: u32,
    retry_after: Option<Span>,
    now: Timestamp,
    jitter: f64,
) -> Timestamp {
    let steps = failures.saturating_sub(QUICK_FAILURES).min(7);
    let wait = match steps {
        0 => Span::seconds(0),
        steps => Span::minutes(1 << (steps - 1)).min(LONGEST_FAILURE).times(1.0 - JITTER * jitter),
    };
    now.plus(retry_after.map_or(wait, |asked| asked.min(LONGEST_ASKED).max(wait)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::{option, sample};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn wait(status: DomainStatus, age: Span, left: Option<Span>) -> Span {
        next_check(status, NOW.minus(age), left.map(|left| NOW.plus(left)), None, NOW, 0.0)
            .since(NOW)
    }

    #[test]
    fn the_young_are_looked_at_with_every_tick_and_the_old_ever_more_rarely() {
        let pending = DomainStatus::PendingCname;
        assert_eq!(wait(pending, Span::minutes(9), None), Span::seconds(0));
        assert_eq!(wait(pending, Span::minutes(10), None), Span::minutes(1));
        assert_eq!(wait(pending, Span::hours(10), None), Span::hours(1));
        assert_eq!(wait(pending, Span::days(30), None), LONGEST_PENDING);
    }

    #[test]
    fn a_live_domain_is_looked_at_daily_and_hourly_near_its_end() {
        assert_eq!(wait(DomainStatus::Active, Span::days(1), Some(Span::days(31))), DAILY);
        assert_eq!(wait(DomainStatus::Active, Span::days(1), Some(Span::days(30))), HOURLY);
        assert_eq!(wait(DomainStatus::Active, Span::days(1), None), DAILY);
    }

    #[test]
    fn jitter_only_shortens() {
        let next = next_check(DomainStatus::Active, NOW, None, None, NOW, 1.0).since(NOW);
        assert_eq!(next, DAILY.times(0.9));
    }

    #[test]
    fn failures_are_tried_again_quickly_first_and_then_ever_more_rarely() {
        let waits: Vec<i64> = (1..=12)
            .map(|n| after_upstream_failure(n, None, NOW, 0.0).since(NOW).as_seconds() / 60)
            .collect();
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let asked = after_upstream_failure(1, Some(Span::seconds(30)), NOW, 0.5);
        assert_eq!(asked.since(NOW), Span::seconds(30));
    }

    #[test]
    fn no_upstream_can_put_a_domain_off_for_ever() {
        let asked = Some(Span::seconds(i64::from(u32::MAX)));
        assert_eq!(after_upstream_failure(1, asked, NOW, 0.5).since(NOW), LONGEST_ASKED);
    }

    proptest! {
        #[test]
        fn every_wait_is_within_its_bounds(
            status in sample::select(DomainStatus::ALL),
            error in option::of(sample::select(DomainErrorCode::ALL)),
            age in 0i64..1_000_000_000_000,
            left in option::of(-1_000_000_000_000i64..1_000_000_000_000),
            failures in any::<u32>(),
            asked in option::of(0i64..100_000_000),
            jitter in 0.0..1.0f64,
        ) {
            let expires_at = left.map(|left| NOW.plus(Span::millis(left)));
            let wait = next_check(status, NOW.minus(Span::millis(age)), expires_at, error, NOW, jitter).since(NOW);
            prop_assert!((Span::seconds(0)..=DAILY).contains(&wait));
            let asked = asked.map(Span::millis);
            let wait = after_upstream_failure(failures, asked, NOW, jitter).since(NOW);
            prop_assert!(wait <= LONGEST_ASKED && asked.is_none_or(|asked| wait >= asked.min(LONGEST_ASKED)));
        }
    }
}
