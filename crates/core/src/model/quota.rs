//! How full the Cloudflare zone is.

use serde::Deserialize;

use crate::closed_set;

/// From how many percent on the operator is told.
pub const NEARLY_FULL_PERCENT: u32 = 80;
const _: () = assert!(CALM_PERCENT < NEARLY_FULL_PERCENT);
/// Below how many percent the next rise is told again: lower, so that a use that goes to and fro around the
/// first line is told once.
pub const CALM_PERCENT: u32 = 75;

closed_set! {
    /// Whether domains can still be added.
    pub enum QuotaStatus {
        /// There is room.
        Ok = "ok",
        /// Most is used.
        NearlyFull = "nearly_full",
        /// No domain can be added.
        Full = "full",
        /// Cloudflare was not asked yet.
        Unknown = "unknown",
    }
}

/// How many custom hostnames a zone has and may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct HostnameQuota {
    /// How many it has.
    pub used: u32,
    /// How many Cloudflare lets it have.
    pub allocated: u32,
}

impl HostnameQuota {
    /// What that means.
    pub const fn status(self) -> QuotaStatus {
        // In 64 bits: a hundred times a large number does not fit into 32.
        let (used, allocated) = (self.used as u64, self.allocated as u64);
        if used >= allocated {
            QuotaStatus::Full
        } else if used * 100 >= allocated * NEARLY_FULL_PERCENT as u64 {
            QuotaStatus::NearlyFull
        } else {
            QuotaStatus::Ok
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_fifths_are_nearly_all() {
        for (used, allocated, expected) in [
            (0, 0, QuotaStatus::Full),
            (0, 100, QuotaStatus::Ok),
            (79, 100, QuotaStatus::Ok),
            (80, 100, QuotaStatus::NearlyFull),
            (4, 5, QuotaStatus::NearlyFull),
            (3, 4, QuotaStatus::Ok),
            (99, 100, QuotaStatus::NearlyFull),
            (100, 100, QuotaStatus::Full),
            (101, 100, QuotaStatus::Full),
            (u32::MAX - 1, u32::MAX, QuotaStatus::NearlyFull),
        ] {
            assert_eq!(
                HostnameQuota { used, allocated }.status(),
                expected,
                "{used} of {allocated}"
            );
        }
    }
}
