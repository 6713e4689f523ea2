//! The log of what each upstream was asked.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::faults::Target;
use crate::state::iso;

/// Older calls are forgotten (but still counted), so that a load test does not fill the memory.
const KEPT_CALLS: usize = 10_000;

/// One call of one upstream.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Call {
    #[serde(skip)]
    serial: u64,
    target: Target,
    method: String,
    path: String,
    /// Absent while the call runs, and for ever when no answer was given.
    status: Option<u16>,
    time: String,
    duration_ms: Option<i64>,
}

/// All calls since the start, the last reset or the last clearing.
#[derive(Default)]
pub(crate) struct Calls {
    next_serial: u64,
    counts: BTreeMap<Target, u64>,
    kept: VecDeque<Call>,
}

impl Calls {
    /// Notes a call when it arrives, so that one that is never answered is seen too.
    pub(crate) fn begin(&mut self, target: Target, method: &str, path: &str, now: i64) -> u64 {
        let serial = self.next_serial;
        self.next_serial += 1;
        *self.counts.entry(target).or_default() += 1;
        if self.kept.len() == KEPT_CALLS {
            self.kept.pop_front();
        }
        self.kept.push_back(Call {
            serial,
            target,
            method: method.to_owned(),
            path: path.to_owned(),
            status: None,
            time: iso(now),
            duration_ms: None,
        });
        serial
    }

    /// Notes how a call ended; one that has been cleared meanwhile stays cleared.
    pub(crate) fn end(&mut self, serial: u64, status: Option<u16>, duration_ms: i64) {
        if let Ok(at) = self.kept.binary_search_by_key(&serial, |call| call.serial)
            && let Some(call) = self.kept.get_mut(at)
        {
            call.status = status;
            call.duration_ms = Some(duration_ms);
        }
    }

    /// How many calls there were, and those still kept, oldest first.
    pub(crate) fn of(&self, target: Option<Target>) -> (u64, Vec<&Call>) {
        let wanted = |other: Target| target.is_none_or(|target| target == other);
        let count = self.counts.iter().filter(|(t, _)| wanted(**t)).map(|(_, n)| n).sum();
        (count, self.kept.iter().filter(|call| wanted(call.target)).collect())
    }

    /// Forgets the calls of one upstream, or all. Serials go on, so that a call which is still
    /// running cannot be mistaken for a later one.
    pub(crate) fn clear(&mut self, target: Option<Target>) {
        let goes = |other: Target| target.is_none_or(|target| target == other);
        self.counts.retain(|counted, _| !goes(*counted));
        self.kept.retain(|call| !goes(call.target));
    }
}
