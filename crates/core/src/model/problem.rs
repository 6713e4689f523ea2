//! Refusals: the one table of error codes, and the document that a client gets.

use serde::Serialize;

use super::plan::{Counted, Feature, Plan};
use crate::closed_set;
use crate::time::Span;

closed_set! {
    /// Why a request was refused: the stable machine word of the answer.
    pub enum ProblemCode {
        /// Broken or invalid input.
        BadRequest = "bad_request",
        /// No valid credential.
        Unauthorized = "unauthorized",
        /// The plan does not include it.
        PlanRequired = "plan_required",
        /// The plan includes no more of it.
        LimitReached = "limit_reached",
        /// The role or the scope is missing.
        Forbidden = "forbidden",
        /// The token may not be used from this address.
        AddressNotAllowed = "address_not_allowed",
        /// Not there, or not the caller's.
        NotFound = "not_found",
        /// The path knows other methods.
        MethodNotAllowed = "method_not_allowed",
        /// It does not fit what is there.
        Conflict = "conflict",
        /// The first request with this `Idempotency-Key` is still being carried out.
        IdempotencyInProgress = "idempotency_in_progress",
        /// The `Idempotency-Key` came before, with another request.
        IdempotencyKeyReused = "idempotency_key_reused",
        /// The body is too large.
        PayloadTooLarge = "payload_too_large",
        /// The body is no JSON.
        UnsupportedMediaType = "unsupported_media_type",
        /// Too many requests.
        RateLimited = "rate_limited",
        /// A fault of ours.
        Internal = "internal",
        /// We cannot answer right now.
        Unavailable = "unavailable",
        /// A service that we need does not answer.
        UpstreamUnavailable = "upstream_unavailable",
        /// The operator has to complete the configuration.
        Misconfigured = "misconfigured",
    }
}

closed_set! {
    /// Why a credential was not taken, or does not reach that far: what `error` does not tell apart.
    pub enum Reason {
        /// None was sent.
        Missing = "missing",
        /// It is no credential of ours: cut off, mistyped or something else.
        Malformed = "malformed",
        /// It has the right form, and nobody has it.
        Unknown = "unknown",
        /// Its time is over.
        Expired = "expired",
        /// It was revoked.
        Revoked = "revoked",
        /// The token lacks a scope.
        Scope = "scope",
        /// The token is limited to domains with other tags.
        Tags = "tags",
        /// The person lacks a role.
        Role = "role",
        /// Only a signed-in person may do this.
        Person = "person",
    }
}

impl ProblemCode {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::PlanRequired | Self::LimitReached => 402,
            Self::Forbidden | Self::AddressNotAllowed => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::IdempotencyInProgress | Self::IdempotencyKeyReused => 409,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::UpstreamUnavailable | Self::Misconfigured => 503,
        }
    }

    /// The same words for every occurrence (RFC 9457 section 3.1.3); also the message where
    /// nothing more exact is known.
    pub const fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request is not valid.",
            Self::Unauthorized => "A valid credential is needed.",
            Self::PlanRequired => "The plan does not include this.",
            Self::LimitReached => "The plan's limit is reached.",
            Self::Forbidden => "This is not allowed with this credential.",
            Self::AddressNotAllowed => "This token may not be used from this address.",
            Self::NotFound => "There is nothing here.",
            Self::MethodNotAllowed => "This path does not know this method.",
            Self::Conflict => "This does not fit what is there.",
            Self::IdempotencyInProgress => {
                "The first request with this Idempotency-Key is still being carried out."
            }
            Self::IdempotencyKeyReused => {
                "This Idempotency-Key was sent with another request before. Use a new one."
            }
            Self::PayloadTooLarge => "The body is too large.",
            Self::UnsupportedMediaType => "The body must be JSON.",
            Self::RateLimited => "Too many requests.",
            Self::Internal => "Something went wrong on our side.",
            Self::Unavailable => "The service is busy. Try again in a moment.",
            Self::UpstreamUnavailable => {
                "A service that we depend on does not answer. Try again in a moment."
            }
            Self::Misconfigured => "The service is not configured.",
        }
    }

    /// The problem type: a reference into our documentation, or the registered URI of
    /// draft-ietf-httpapi-ratelimit-headers.
    pub fn type_uri(self) -> String {
        match self {
            Self::RateLimited => {
                "https://iana.org/assignments/http-problem-types#quota-exceeded".to_owned()
            }
            _ => format!("/docs/problems#{self}"),
        }
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// The field's path in the request.
    pub field: String,
    /// A stable machine word.
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Which plan refuses, and which would not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanLimit {
    /// The organization's plan.
    pub plan: Plan,
    /// How many there are; none for a feature.
    pub current: Option<u32>,
    /// How many there may be; none for a feature.
    pub limit: Option<u32>,
    /// The smallest plan that allows it.
    pub upgrade_to: Option<Plan>,
}

/// One refusal, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Why.
    pub code: ProblemCode,
    /// A sentence on this occurrence: what happened and what to do.
    pub detail: Option<String>,
    /// What exactly is wrong with the credential.
    pub reason: Option<Reason>,
    /// The fields at fault.
    pub fields: Vec<FieldFault>,
    /// The plan's part in it.
    pub plan_limit: Option<PlanLimit>,
    /// When to come back.
    pub retry_after: Option<Span>,
    /// The policy whose quota is exceeded (draft-ietf-httpapi-ratelimit-headers).
    pub violated: Option<&'static str>,
    /// The methods that the path takes, for `405` (RFC 9110 section 15.5.6).
    pub allow: Option<Box<str>>,
}

/// The document of RFC 9457 with the public contract's `error` and `message`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    error: ProblemCode,
    message: &'a str,
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "str::is_empty")]
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldFault],
    #[serde(rename = "violated-policies", skip_serializing_if = "Option::is_none")]
    violated_policies: Option<[&'static str; 1]>,
    #[serde(flatten)]
    plan_limit: Option<PlanLimit>,
}

impl Problem {
    /// A problem with its code's own words.
    pub const fn new(code: ProblemCode) -> Self {
        Self {
            code,
            detail: None,
            reason: None,
            fields: Vec::new(),
            plan_limit: None,
            retry_after: None,
            violated: None,
            allow: None,
        }
    }

    /// With a sentence on this occurrence.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With the time after which trying again makes sense.
    #[must_use]
    pub const fn with_retry_after(mut self, wait: Span) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Input that is broken as a whole.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::BadRequest).with_detail(detail)
    }

    /// Input that is wrong in one field: its path, a machine word, and a sentence.
    pub fn bad_field(field: &str, code: &str, message: &str) -> Self {
        let fault = FieldFault {
            field: field.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        };
        Self { fields: vec![fault], ..Self::bad_request(message) }
    }

    /// No valid credential. Why is safe to tell: who shows a whole token of 256 random bits holds it,
    /// and who guesses one learns that it is unknown.
    pub fn unauthorized(reason: Reason) -> Self {
        let detail = match reason {
            Reason::Malformed => {
                "This is no credential of ours: part of it is missing or mistyped. An API token begins with dcv_; copy it once more, or sign in."
            }
            Reason::Unknown => {
                "This API token or session is not known here. Use another token, or sign in."
            }
            Reason::Expired => {
                "This API token or session has expired. Make a new token, or sign in again."
            }
            Reason::Revoked => "This API token was revoked. Use another one.",
            _ => "Send an API token in the header Authorization: Bearer dcv_…, or sign in.",
        };
        Self { reason: Some(reason), ..Self::new(ProblemCode::Unauthorized).with_detail(detail) }
    }

    /// A sign-in link that is unknown, too old or used.
    pub fn link_used() -> Self {
        Self::new(ProblemCode::Unauthorized)
            .with_detail("This sign-in link has been used or has ended. Ask for a new one.")
    }

    /// A sign-in link that was opened elsewhere than it was asked for.
    pub fn link_elsewhere() -> Self {
        Self::new(ProblemCode::Unauthorized).with_detail(
            "This link works only in the browser in which it was asked for. Open it there, or type the mail's code there.",
        )
    }

    /// A code that is wrong, too old, used, or typed too often.
    pub fn code_wrong() -> Self {
        Self::new(ProblemCode::Unauthorized)
            .with_detail("This code is wrong or has ended. Check it, or ask for a new mail.")
    }

    /// Mails to sign in were asked for too often.
    pub fn too_many_mails(wait: Span) -> Self {
        Self::new(ProblemCode::RateLimited)
            .with_detail(
                "Too many sign-in mails were asked for. Look for the last one, or try again later.",
            )
            .with_retry_after(wait)
    }

    /// Signing in by a provider was begun too often.
    pub fn too_many_attempts(wait: Span) -> Self {
        Self::new(ProblemCode::RateLimited)
            .with_detail("Signing in was begun too often from this address. Try again later.")
            .with_retry_after(wait)
    }

    /// The plan lacks the feature.
    pub fn plan_required(plan: Plan, feature: Feature) -> Self {
        let upgrade_to = Plan::first_plan_with(feature);
        let detail = match upgrade_to {
            Some(wider) => format!(
                "{} come with the plan {wider}; this organization has {plan}.",
                feature.title()
            ),
            None => format!("{} are not part of any plan.", feature.title()),
        };
        let plan_limit = PlanLimit { plan, current: None, limit: None, upgrade_to };
        Self {
            plan_limit: Some(plan_limit),
            ..Self::new(ProblemCode::PlanRequired).with_detail(detail)
        }
    }

    /// There are as many as there may be. `what` is a plural; a [`Counted`] word names the plan
    /// that allows more.
    pub fn limit_reached(what: &str, current: u32, limit: u32, plan: Plan) -> Self {
        let upgrade_to =
            Counted::parse(what).and_then(|counted| plan.first_plan_above(counted, limit));
        let hint =
            upgrade_to.map_or_else(String::new, |wider| format!(" The plan {wider} allows more."));
        let detail = format!("This organization has {current} of at most {limit} {what}.{hint}");
        let plan_limit = PlanLimit { plan, current: Some(current), limit: Some(limit), upgrade_to };
        Self {
            plan_limit: Some(plan_limit),
            ..Self::new(ProblemCode::LimitReached).with_detail(detail)
        }
    }

    /// The path does not take that method.
    pub fn method_not_allowed(methods: &[&str]) -> Self {
        let allow = methods.join(", ");
        let detail = format!("This path takes {allow}.");
        Self {
            allow: Some(allow.into()),
            ..Self::new(ProblemCode::MethodNotAllowed).with_detail(detail)
        }
    }

    /// The role or scope is missing.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Forbidden).with_detail(detail)
    }

    /// The credential does not reach that far, for this reason.
    #[must_use]
    pub const fn for_reason(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Not there, or another tenant's: the same answer.
    pub const fn not_found() -> Self {
        Self::new(ProblemCode::NotFound)
    }

    /// It does not fit what is there.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Conflict).with_detail(detail)
    }

    /// Asked again too soon.
    pub fn too_soon(wait: Span) -> Self {
        let seconds = wait.as_seconds_up();
        Self::quota_exceeded("cooldown", wait)
            .with_detail(format!("This was asked for a moment ago. Try again in {seconds} s."))
    }

    /// More requests than the policy of that name allows.
    pub fn quota_exceeded(policy: &'static str, wait: Span) -> Self {
        Self {
            violated: Some(policy),
            ..Self::new(ProblemCode::RateLimited).with_retry_after(wait)
        }
    }

    /// A service that we need does not answer.
    pub fn upstream_unavailable() -> Self {
        Self::new(ProblemCode::UpstreamUnavailable)
            .with_detail(
                "Cloudflare gave no usable answer. Nothing is lost: the domain is looked at again by itself.",
            )
            .with_retry_after(Span::minutes(1))
    }

    /// The answer's body. An empty `request_id` is left out.
    pub fn to_json(&self, request_id: &str) -> String {
        let message = self.detail.as_deref().unwrap_or(self.code.title());
        let document = Document {
            error: self.code,
            message,
            r#type: self.code.type_uri(),
            title: self.code.title(),
            status: self.code.status(),
            detail: message,
            reason: self.reason,
            request_id,
            errors: &self.fields,
            violated_policies: self.violated.map(|policy| [policy]),
            plan_limit: self.plan_limit,
        };
        // A struct of text and numbers always serialises.
        serde_json::to_string(&document).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn document(problem: &Problem) -> Value {
        serde_json::from_str(&problem.to_json("req_1")).unwrap()
    }

    #[test]
    fn a_field_fault_has_both_shapes_of_the_contract() {
        let problem = Problem::bad_field("name", "missing", "name is required");
        assert_eq!(
            document(&problem),
            json!({
                "error": "bad_request", "message": "name is required",
                "type": "/docs/problems#bad_request", "title": "The request is not valid.", "status": 400,
                "detail": "name is required", "requestId": "req_1",
                "errors": [{ "field": "name", "code": "missing", "message": "name is required" }],
            })
        );
    }

    #[test]
    fn every_code_gives_a_complete_document() {
        for code in ProblemCode::ALL {
            let document = document(&Problem::new(*code));
            assert_eq!(document["error"], code.as_str());
            assert_eq!(document["status"], code.status());
            assert!((400..600).contains(&code.status()));
            for member in ["message", "title", "type", "detail", "requestId"] {
                assert!(!document[member].as_str().unwrap().is_empty(), "{code} {member}");
            }
            assert!(code.title().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn a_reached_limit_says_how_many_and_which_plan_helps() {
        let document = document(&Problem::limit_reached("domains", 3, 3, Plan::Free));
        assert_eq!(document["status"], 402);
        assert_eq!(
            [&document["plan"], &document["current"], &document["limit"], &document["upgradeTo"]],
            [&json!("free"), &json!(3), &json!(3), &json!("pro")]
        );
        let largest = Problem::limit_reached("domains", 50, 50, Plan::Agency);
        assert_eq!(largest.plan_limit.unwrap().upgrade_to, None);
        assert_eq!(
            Problem::limit_reached("API tokens", 500, 500, Plan::Pro)
                .plan_limit
                .unwrap()
                .upgrade_to,
            None
        );
    }

    #[test]
    fn a_missing_feature_names_the_plan_that_has_it() {
        let problem = Problem::plan_required(Plan::Free, Feature::ApiTokens);
        let document = document(&problem);
        assert_eq!(document["error"], "plan_required");
        assert_eq!(document["upgradeTo"], "pro");
        assert_eq!(document["current"], Value::Null);
    }

    #[test]
    fn too_soon_is_the_registered_problem_type_and_rounds_up() {
        let problem = Problem::too_soon(Span::millis(1_001));
        assert_eq!(problem.retry_after, Some(Span::millis(1_001)));
        let document = document(&problem);
        assert_eq!(
            document["type"],
            "https://iana.org/assignments/http-problem-types#quota-exceeded"
        );
        assert!(document["message"].as_str().unwrap().contains("2 s"));
        assert_eq!(document["violated-policies"], json!(["cooldown"]));
    }

    #[test]
    fn an_unknown_request_id_is_left_out() {
        assert!(!Problem::not_found().to_json("").contains("requestId"));
    }
}
