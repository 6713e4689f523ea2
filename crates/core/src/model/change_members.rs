//! What each change of an organization tells beside the members of every such event
//! ([`Payload`](super::change_event::Payload)): the members of its audit entry's detail.
//!
//! Native only, for the schemas: what is sent is the detail itself, and the tests hold every body
//! against these.
#![expect(dead_code, reason = "only the schemas are used")]

use schemars::JsonSchema;

use super::endpoint_options::{ApiVersion, Ordering, PayloadForm};
use super::id::{TokenId, UserId, WebhookId};
use super::member::MemberStatus;
use super::plan::Plan;
use super::role::Role;
use super::scope::Scope;

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenCreated {
    /// The token.
    token_id: TokenId,
    /// What it is called.
    name: String,
    /// What it may do.
    scopes: Vec<Scope>,
    /// When it ends; null for one that does not.
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    /// The tags of the domains that it is limited to; empty for all.
    domain_tags: Vec<String>,
    /// The blocks of addresses that it may be used from; empty for any.
    allowed_ips: Vec<String>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenRotated {
    /// The token that was replaced.
    token_id: TokenId,
    /// What both are called.
    name: String,
    /// The token that takes its place.
    replaced_by: TokenId,
    /// For how many seconds the old one stays in force at most.
    #[schemars(range(min = 0))]
    grace_period_seconds: i64,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenExpiring {
    /// The token.
    token_id: TokenId,
    /// What it is called.
    name: String,
    /// When it ends.
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
    /// Within how many days it ends: 14, 7 or 1.
    #[schemars(range(min = 1))]
    within_days: u32,
    /// When it was last used; null if it never was.
    #[schemars(extend("format" = "date-time"))]
    last_used_at: Option<String>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenEnded {
    /// The token.
    token_id: TokenId,
    /// What it was called.
    name: String,
}

#[derive(JsonSchema)]
pub(super) struct MemberInvited {
    /// The address that the invitation went to.
    #[schemars(extend("format" = "email"))]
    email: String,
    /// What they will be.
    role: Role,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberJoined {
    /// The person.
    user_id: UserId,
    /// Their address.
    #[schemars(extend("format" = "email"))]
    email: String,
    /// Where they stood before.
    before: JustStatus,
    /// Where they stand since then.
    after: JustStatus,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberChanged {
    /// The person.
    user_id: UserId,
    /// Their address.
    #[schemars(extend("format" = "email"))]
    email: String,
    /// Where they stood before.
    before: Standing,
    /// Where they stand since then.
    after: Standing,
    /// How many API tokens in force go back to them.
    tokens: u32,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberRemoved {
    /// The person.
    user_id: UserId,
    /// Their address.
    #[schemars(extend("format" = "email"))]
    email: String,
    /// Where they stood before.
    before: Standing,
    /// How many API tokens in force go back to them, and stay.
    tokens: u32,
}

#[derive(JsonSchema)]
pub(super) struct Standing {
    /// What they may do.
    role: Role,
    /// Whether they belong to the organization.
    status: MemberStatus,
}

#[derive(JsonSchema)]
pub(super) struct JustStatus {
    /// Whether they belong to the organization.
    status: MemberStatus,
}

#[derive(JsonSchema)]
pub(super) struct Changed<T> {
    /// How it was.
    before: T,
    /// How it is since then.
    after: T,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the members are those of the payload")]
pub(super) struct Brand {
    /// What it is called.
    name: String,
    /// Its colour.
    brand_color: Option<String>,
    /// The address of its logo, without the query.
    logo_url: Option<String>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Terms {
    /// The plan.
    plan: Plan,
    /// How many domains it may hold, where that is not the plan's own number.
    domain_limit: Option<u32>,
    /// How many requests a minute it may make, where that is not the plan's own number.
    requests_per_minute: Option<u32>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Endpoint {
    /// The endpoint.
    webhook_id: WebhookId,
    /// The endpoint's address, without the query.
    url: String,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndpointCreated {
    /// The endpoint.
    webhook_id: WebhookId,
    /// What was asked for; what is not there is as for any new endpoint.
    #[serde(flatten)]
    settings: Settings,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndpointChanged {
    #[serde(flatten)]
    endpoint: Endpoint,
    /// What was changed, as it was.
    before: Settings,
    /// What was changed, as it is since then.
    after: Settings,
}

#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecretRotated {
    #[serde(flatten)]
    endpoint: Endpoint,
    /// For how many hours the old secret signs too.
    #[schemars(range(min = 0))]
    overlap_hours: i64,
    /// Whether an overlap that was under way was cut short.
    force: bool,
}

/// The settings of an endpoint. Only what was given is there.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settings {
    /// The endpoint's address, without the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    url: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// The events that it wants: names, `<category>.*` or `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>")]
    events: Option<Vec<String>>,
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    enabled: Option<bool>,
    /// The domains whose events alone it wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>")]
    domain_ids: Option<Vec<String>>,
    /// The tags of the domains whose events alone it wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>")]
    domain_tags: Option<Vec<String>>,
    /// The names of its further headers; their values may be secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>")]
    header_names: Option<Vec<String>>,
    /// The version of the bodies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ApiVersion")]
    api_version: Option<ApiVersion>,
    /// In which order they come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Ordering")]
    ordering: Option<Ordering>,
    /// How much of an event is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PayloadForm")]
    payload: Option<PayloadForm>,
    /// How many requests a minute it gets at most; null for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_per_minute: Option<u32>,
    /// Whether it is signed by a key pair, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    ed25519: Option<bool>,
}
