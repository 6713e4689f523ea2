//! Faults on purpose: an upstream that is slow, wrong, silent, or that loses its answer.

use std::collections::BTreeMap;

use axum::http::Method;
use serde::{Deserialize, Serialize};

/// The upstreams that are simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Target {
    Cloudflare,
    Dns,
    Mail,
    Inbox,
    Github,
}

impl Target {
    /// Reads a target's name, with a clear text when it is known but not simulated.
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        match name {
            "cloudflare" => Ok(Self::Cloudflare),
            "dns" => Ok(Self::Dns),
            "mail" => Ok(Self::Mail),
            "inbox" => Ok(Self::Inbox),
            "github" => Ok(Self::Github),
            "godaddy" | "aws" | "oauth" => Err(format!(
                "target {name} is not simulated yet: cloudflare, dns, mail, inbox, github are"
            )),
            _ => Err(format!("unknown target {name:?}: cloudflare, dns, mail, inbox or github")),
        }
    }
}

/// The longest pause that a fault or a receiver may be told to make, in milliseconds.
pub(crate) const MAX_DELAY_MS: u64 = 600_000;

/// What `POST /control/faults` says about one upstream.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FaultSpec {
    pub(crate) target: String,
    /// The share of calls that fail, 0 to 1; 0 ends the fault.
    #[serde(default = "always")]
    pub(crate) rate: f64,
    /// Only calls with this method fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    /// Only calls whose path and query contain this text fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) delay_ms: u64,
    /// Seconds, sent as `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u64>,
    /// The call takes effect first; then its answer is replaced, or lost when nothing replaces it.
    #[serde(default)]
    pub(crate) after: bool,
    /// No answer ever comes; the client has to give up.
    #[serde(default)]
    pub(crate) hang: bool,
    /// The connection closes without an answer, and without effect unless `after` is set.
    #[serde(default)]
    pub(crate) drop: bool,
    /// How many calls fail before the fault ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u32>,
    /// Starts the sequence of chances anew, so that a run can be repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
}

fn always() -> f64 {
    1.0
}

impl FaultSpec {
    /// Refuses what could not be carried out.
    pub(crate) fn check(&self) -> Result<Target, String> {
        if !(0.0..=1.0).contains(&self.rate) {
            return Err("rate must lie between 0 and 1".to_owned());
        }
        if self.status.is_some_and(|status| !(200..=599).contains(&status)) {
            return Err("status must lie between 200 and 599".to_owned());
        }
        if self.delay_ms > MAX_DELAY_MS {
            return Err(format!("delayMs must be at most {MAX_DELAY_MS}"));
        }
        Target::parse(&self.target)
    }

    /// What happens in place of the plain answer.
    pub(crate) fn ending(&self) -> Ending {
        let has_answer = self.status.is_some() || self.body.is_some() || self.retry_after.is_some();
        if self.hang {
            Ending::Hang
        } else if self.drop || (self.after && !has_answer) {
            Ending::Lose
        } else if has_answer || self.delay_ms == 0 {
            // A body alone is a success that cannot be read; nothing at all is a plain outage.
            let fallback = if self.body.is_some() { 200 } else { 500 };
            Ending::Answer(self.status.unwrap_or(fallback))
        } else {
            Ending::Keep
        }
    }
}

/// How a faulty call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// No answer ever.
    Hang,
    /// The connection closes without an answer.
    Lose,
    /// The fault's own answer with this status.
    Answer(u16),
    /// The right answer, only late.
    Keep,
}

/// The faults in force, at most one for each upstream.
pub(crate) struct Faults {
    active: BTreeMap<Target, FaultSpec>,
    chance: fastrand::Rng,
}

/// Runs repeat unless a test chooses another seed.
const DEFAULT_SEED: u64 = 1;

impl Default for Faults {
    fn default() -> Self {
        Self { active: BTreeMap::new(), chance: fastrand::Rng::with_seed(DEFAULT_SEED) }
    }
}

impl Faults {
    /// Puts a fault in force in place of the target's earlier one, or ends it.
    pub(crate) fn set(&mut self, target: Target, spec: FaultSpec) {
        if let Some(seed) = spec.seed {
            self.chance = fastrand::Rng::with_seed(seed);
        }
        if spec.rate > 0.0 && spec.times != Some(0) {
            self.active.insert(target, spec);
        } else {
            self.active.remove(&target);
        }
    }

    /// Decides whether this call fails, and uses up one of the fault's `times` when it does.
    pub(crate) fn draw(
        &mut self,
        target: Target,
        method: &Method,
        path: &str,
    ) -> Option<FaultSpec> {
        let spec = self.active.get_mut(&target)?;
        let meant = spec.method.as_ref().is_none_or(|m| m.eq_ignore_ascii_case(method.as_str()))
            && spec.path.as_ref().is_none_or(|part| path.contains(part.as_str()));
        if !meant || self.chance.f64() >= spec.rate {
            return None;
        }
        let drawn = spec.clone();
        if let Some(left) = &mut spec.times {
            *left -= 1;
            if *left == 0 {
                self.active.remove(&target);
            }
        }
        Some(drawn)
    }

    pub(crate) fn active(&self) -> Vec<&FaultSpec> {
        self.active.values().collect()
    }
}
