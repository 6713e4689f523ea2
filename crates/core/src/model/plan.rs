//! What an organization may do: the one policy table of plans.

use crate::closed_set;

closed_set! {
    /// A plan, from the smallest to the largest.
    pub enum Plan {
        /// To try it out.
        Free = "free",
        /// For one product.
        Pro = "pro",
        /// For many clients.
        Agency = "agency",
    }
}

closed_set! {
    /// What a plan includes or not.
    pub enum Feature {
        /// Tokens for machines.
        ApiTokens = "api_tokens",
        /// Webhook endpoints.
        Webhooks = "webhooks",
        /// Members beside the owner.
        Team = "team",
        /// Reading the audit log.
        Audit = "audit",
        /// The customer's own brand.
        WhiteLabel = "white_label",
        /// Records written by a connected DNS provider.
        AutomaticDns = "automatic_dns",
    }
}

impl Feature {
    /// The feature as the subject of a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ApiTokens => "API tokens",
            Self::Webhooks => "Webhooks",
            Self::Team => "Team members",
            Self::Audit => "The audit log",
            Self::WhiteLabel => "White label",
            Self::AutomaticDns => "Automatic DNS",
        }
    }
}

closed_set! {
    /// What is counted against a plan; the word stands in a sentence to the user.
    pub enum Counted {
        /// Domains of the organization.
        Domains = "domains",
        /// Webhook endpoints of the organization.
        WebhookEndpoints = "webhook endpoints",
    }
}

/// How much a plan allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Domains.
    pub domains: u32,
    /// Webhook endpoints.
    pub webhook_endpoints: u32,
    /// API requests a minute.
    pub requests_per_minute: u32,
    /// Days that the audit log is kept.
    pub audit_days: u32,
    /// What is included.
    pub features: &'static [Feature],
}

impl Limits {
    /// The limit of one counted thing.
    pub const fn of(&self, counted: Counted) -> u32 {
        match counted {
            Counted::Domains => self.domains,
            Counted::WebhookEndpoints => self.webhook_endpoints,
        }
    }
}

const FREE: Limits = Limits {
    domains: 3,
    webhook_endpoints: 0,
    requests_per_minute: 10,
    audit_days: 90,
    features: &[],
};

const PRO: Limits = Limits {
    domains: 15,
    webhook_endpoints: 3,
    requests_per_minute: 100,
    audit_days: 365,
    features: &[Feature::ApiTokens, Feature::Webhooks],
};

const AGENCY: Limits = Limits {
    domains: 50,
    webhook_endpoints: 50,
    requests_per_minute: 1_000,
    audit_days: 3 * 365,
    features: Feature::ALL,
};

impl Plan {
    /// What the plan allows.
    pub const fn limits(self) -> &'static Limits {
        match self {
            Self::Free => &FREE,
            Self::Pro => &PRO,
            Self::Agency => &AGENCY,
        }
    }

    /// Whether the plan includes the feature.
    pub fn allows(self, feature: Feature) -> bool {
        self.limits().features.contains(&feature)
    }

    /// The smallest plan that includes the feature.
    pub fn first_plan_with(feature: Feature) -> Option<Self> {
        Self::ALL.iter().copied().find(|plan| plan.allows(feature))
    }

    /// The smallest plan above this one that allows more than `limit`.
    pub fn first_plan_above(self, counted: Counted, limit: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|plan| *plan > self && plan.limits().of(counted) > limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_the_product() {
        let numbers = |plan: Plan| {
            let limits = plan.limits();
            [
                limits.domains,
                limits.webhook_endpoints,
                limits.requests_per_minute,
                limits.audit_days,
            ]
        };
        assert_eq!(numbers(Plan::Free), [3, 0, 10, 90]);
        assert_eq!(numbers(Plan::Pro), [15, 3, 100, 365]);
        assert_eq!(numbers(Plan::Agency), [50, 50, 1_000, 1_095]);
    }

    #[test]
    fn each_feature_starts_at_its_plan() {
        for feature in Feature::ALL {
            let expected = match feature {
                Feature::ApiTokens | Feature::Webhooks => Plan::Pro,
                _ => Plan::Agency,
            };
            assert_eq!(Plan::first_plan_with(*feature), Some(expected), "{feature}");
        }
    }

    #[test]
    fn a_larger_plan_never_allows_less() {
        for pair in Plan::ALL.windows(2) {
            let (small, large) = (pair[0], pair[1]);
            assert!(Counted::ALL.iter().all(|of| small.limits().of(*of) < large.limits().of(*of)));
            assert!(
                Feature::ALL
                    .iter()
                    .all(|feature| !small.allows(*feature) || large.allows(*feature))
            );
        }
    }

    #[test]
    fn an_upgrade_is_named_only_where_it_helps() {
        assert_eq!(Plan::Free.first_plan_above(Counted::Domains, 3), Some(Plan::Pro));
        assert_eq!(Plan::Agency.first_plan_above(Counted::Domains, 3), None);
        assert_eq!(Plan::Free.first_plan_above(Counted::Domains, 15), Some(Plan::Agency));
        // The operator's override may be above every plan.
        assert_eq!(Plan::Free.first_plan_above(Counted::Domains, 1_000), None);
        assert_eq!(Plan::Free.first_plan_above(Counted::WebhookEndpoints, 0), Some(Plan::Pro));
    }
}
