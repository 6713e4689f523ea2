//! The rate limit of Cloudflare's API: 1,200 requests in five minutes for a token; who passes it is
//! blocked altogether for the next five minutes (API limits page).

/// Counts requests in windows that start with the first request.
#[derive(Debug, Clone)]
pub(crate) struct RateLimit {
    pub(crate) enabled: bool,
    pub(crate) limit: u64,
    pub(crate) window_seconds: i64,
    window_ends_at: i64,
    used: u64,
}

/// Where a request stands after it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) allowed: bool,
    pub(crate) remaining: u64,
    /// Seconds until the window (or the block) ends, rounded up.
    pub(crate) reset_seconds: i64,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self::new(1_200, 300)
    }
}

impl RateLimit {
    pub(crate) fn new(limit: u64, window_seconds: i64) -> Self {
        Self { enabled: true, limit, window_seconds, window_ends_at: 0, used: 0 }
    }

    /// Counts one request; `None` when the limit is lifted.
    pub(crate) fn count(&mut self, now: i64) -> Option<Standing> {
        if !self.enabled {
            return None;
        }
        let window = self.window_seconds * 1000;
        if now >= self.window_ends_at {
            self.window_ends_at = now + window;
            self.used = 0;
        }
        self.used += 1;
        if self.used == self.limit + 1 {
            // The block lasts a whole window from here, however old the counting window was.
            self.window_ends_at = now + window;
        }
        Some(Standing {
            allowed: self.used <= self.limit,
            remaining: self.limit.saturating_sub(self.used),
            reset_seconds: (self.window_ends_at - now + 999) / 1000,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_the_limit_blocks_for_a_whole_window() {
        let mut limit = RateLimit::new(2, 300);
        assert_eq!(limit.count(0).unwrap().remaining, 1);
        assert!(limit.count(200_000).unwrap().allowed);
        let over = limit.count(299_500).unwrap();
        assert_eq!(over, Standing { allowed: false, remaining: 0, reset_seconds: 300 });
        assert!(!limit.count(599_499).unwrap().allowed);
        assert!(limit.count(599_500).unwrap().allowed);
    }

    #[test]
    fn a_lifted_limit_counts_nothing() {
        let mut limit = RateLimit { enabled: false, ..RateLimit::new(0, 300) };
        assert_eq!(limit.count(0), None);
    }
}
