//! The public contract as types: every answer of the API, member by member.
//!
//! The Worker itself sends these answers as finished text that SQL puts together, so the types
//! serve the document and the tests: the schemas are derived from them, and real answers are
//! parsed into them with unknown members refused.
#![expect(dead_code, reason = "parsing into the type is the use of most members")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use dcvaas_core::model::audit::{ActorKind, AuditAction};
use dcvaas_core::model::certificate::{ExpiresSource, KeyType};
use dcvaas_core::model::delivery::{DeliveryState, DisabledReason, ErrorClass};
use dcvaas_core::model::dns_record::{Purpose, RecordType};
use dcvaas_core::model::dns_seen::Seen;
use dcvaas_core::model::domain_state::{DomainErrorCode, DomainStatus};
use dcvaas_core::model::endpoint_options::{ApiVersion, Ordering, PayloadForm};
use dcvaas_core::model::event::EventType;
use dcvaas_core::model::feed_consumer::ConsumerName;
use dcvaas_core::model::id::{
    AuditId, DeliveryId, DomainId, EventId, OrgId, RequestId, SessionId, TokenId, UserId, WebhookId,
};
use dcvaas_core::model::member::MemberStatus;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::problem::{ProblemCode, Reason};
use dcvaas_core::model::quota::QuotaStatus;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::model::upstream::github::Label;
use dcvaas_core::time::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A moment in UTC as ISO 8601, with milliseconds.
#[derive(Debug, JsonSchema)]
#[schemars(extend("format" = "date-time", "examples" = ["2026-11-24T02:11:46.123Z"]))]
pub struct Moment(String);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match Timestamp::parse_iso(&text).filter(|at| at.to_iso() == text) {
            Some(_) => Ok(Self(text)),
            None => Err(de::Error::custom("not a moment as we write them")),
        }
    }
}

/// The name of an event, `<category>.*` for all of a category, or `*` for all events.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct EventPattern(String);

impl JsonSchema for EventPattern {
    fn schema_name() -> Cow<'static, str> {
        "EventPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = EventType::ALL.iter().map(|event| event.as_str().to_owned());
        let categories: BTreeSet<_> =
            EventType::ALL.iter().map(|event| format!("{}.*", event.category())).collect();
        let words: Vec<String> =
            std::iter::once("*".to_owned()).chain(categories).chain(names).collect();
        json_schema!({
            "type": "string",
            "description": "The name of an event, `<category>.*` for all of a category, or `*` for all events.",
            "enum": words,
        })
    }
}

/// A word of the owner's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Tag(#[schemars(regex(pattern = "^[a-z0-9_:.-]{1,40}$"))] String);

/// Names and values of headers. A name is a token of 64 characters at most and none that the request
/// itself needs, such as `Host`, `Content-*`, `Webhook-*` and `X-DCVaaS-*`; a value is visible ASCII
/// of 1,024 characters at most. Null in its place keeps the value that the endpoint has.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("maxProperties" = 10))]
pub struct HeaderValues(BTreeMap<String, Option<String>>);

/// A DNS record to place, exactly as given, and how public DNS answers for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DnsRecord {
    /// What it is for.
    pub purpose: Purpose,
    /// Its type.
    pub r#type: RecordType,
    /// Its full name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its name within the zone, as most providers want it typed; `@` for the zone itself.
    pub relative_name: String,
    /// The zone that the name is most likely in.
    pub zone: String,
    /// Whether the domain can become active without it.
    pub required: bool,
    /// What public DNS said when it was last looked up.
    pub seen: Seen,
}

/// A certificate that was seen on the domain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Certificate {
    /// Who issued it, as Cloudflare names them.
    pub issuer: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// SHA-256 of the certificate, in hexadecimal.
    pub fingerprint: Option<String>,
    /// The kind of its key.
    pub key_type: KeyType,
    /// When it was issued.
    pub issued_at: Option<Moment>,
    /// When it ends.
    pub expires_at: Option<Moment>,
}

/// A customer's hostname whose certificate is kept valid.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Domain {
    /// Its id.
    pub id: DomainId,
    /// The organization it belongs to.
    pub org_id: OrgId,
    /// The hostname in A-labels, lower case; a wildcard begins with `*.`.
    pub domain_name: String,
    /// Where it stands.
    pub status: DomainStatus,
    /// Where the delegation record points; null until Cloudflare has told.
    pub cname_target: Option<String>,
    /// One sentence that tells the owner what to place.
    pub dns_instruction: Option<String>,
    /// When it was added.
    pub created_at: Moment,
    /// When its state last changed.
    pub updated_at: Moment,
    /// The custom hostname's id at Cloudflare; null until it was created there.
    pub cf_custom_hostname_id: Option<String>,
    /// Cloudflare's own word for the hostname's state. New words may appear.
    pub cf_status: Option<String>,
    /// Cloudflare's own word for the certificate's state. New words may appear.
    pub cf_ssl_status: Option<String>,
    /// What Cloudflare says is wrong, in its words.
    pub cf_verification_errors: Vec<String>,
    /// When the certificate in use ends.
    pub expires_at: Option<Moment>,
    /// Where that date comes from.
    pub expires_source: Option<ExpiresSource>,
    /// When the certificate in use was issued.
    pub last_issued_at: Option<Moment>,
    /// Why it is in `error`.
    pub error_code: Option<DomainErrorCode>,
    /// The same as a sentence: what is wrong, who acts, and how.
    pub error_message: Option<String>,
    /// The owner's own words on it.
    pub tags: Vec<Tag>,
    /// Whether it is a wildcard.
    pub wildcard: bool,
    /// Whether the delegation record was seen in public DNS.
    pub dns_verified: bool,
    /// When it is looked at next without being asked for.
    pub next_check_at: Moment,
    /// Every record that the owner places.
    pub dns_records: Vec<DnsRecord>,
    /// Every certificate that was seen, newest first; 100 at most. Lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Certificate>")]
    pub certificates: Option<Vec<Certificate>>,
}

/// One domain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DomainAnswer {
    /// The domain.
    pub domain: Domain,
}

/// One page of domains, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DomainPage {
    /// The domains.
    pub domains: Vec<Domain>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<DomainId>,
}

/// What is kept of an API token: never its text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenMeta {
    /// Its id.
    pub id: TokenId,
    /// The organization it belongs to.
    pub org_id: OrgId,
    /// What it is for, in its maker's words.
    pub name: String,
    /// How its text begins, to find it again.
    pub prefix: String,
    /// How its text ends.
    pub last_four: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The tags that it is limited to: it reaches the domains that have one of them; empty for all.
    pub domain_tags: Vec<Tag>,
    /// From which blocks of addresses (CIDR) it may be used; empty for any.
    pub allowed_ips: Vec<String>,
    /// The token that took its place; null while it is not rotated.
    pub replaced_by: Option<TokenId>,
    /// The person or token that made it.
    pub created_by: Option<String>,
    /// The person that it goes back to: who made it, or made the token that made it; null where nobody is
    /// known. A token stays in force when they are suspended or leave: it belongs to the organization.
    pub person: Option<TokenPerson>,
    /// Whether it was neither made nor used in the last 90 days: revoke it if nobody needs it.
    pub unused: bool,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Moment>,
    /// When it ends; null for never.
    pub expires_at: Option<Moment>,
}

/// The person that an API token goes back to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenPerson {
    /// Their id.
    pub id: UserId,
    /// How they stand in the organization now.
    pub status: TokenPersonStatus,
}

/// How somebody stands in an organization that they were once a member of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenPersonStatus {
    /// A member.
    Active,
    /// Invited again, and not back yet.
    Invited,
    /// Shut out.
    Suspended,
    /// No member any more.
    Removed,
}

/// A new API token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewToken {
    /// The token. It is shown here and never again: null where the answer is a repeated one
    /// (`Idempotency-Replayed`).
    #[schemars(regex(pattern = "^dcv_[0-9a-f]{64}_[0-9A-Za-z]{6}$"))]
    pub token: Option<String>,
    /// What is kept of it.
    pub token_meta: TokenMeta,
}

/// How many tokens were revoked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevokedTokens {
    /// Their number.
    pub revoked: u32,
}

/// Something that GitHub found in public and takes for a token of ours.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct LeakedSecret {
    /// What was found.
    pub token: String,
    /// The name under which our tokens are registered with GitHub.
    pub r#type: String,
    /// Where it was found; may be empty.
    #[serde(default)]
    pub url: String,
    /// In what kind of thing.
    #[serde(default)]
    pub source: String,
}

/// What we say of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeakFeedback {
    /// SHA-256 of what was found, in hexadecimal.
    pub token_hash: String,
    /// Its type, as it came.
    pub token_type: String,
    /// Whether it is, or was, a token of ours.
    pub label: Label,
}

/// The organization of a token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenOrganization {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: Plan,
}

/// The token that asks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnToken {
    /// What is kept of it.
    pub token_meta: TokenMeta,
    /// The organization that it acts for.
    pub organization: TokenOrganization,
}

/// The use of a token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenUsage {
    /// The days on which it was used, newest first.
    pub usage: Vec<UsageDay>,
    /// From where it was last used, newest first, 20 at most, those that it is not bound to included: what
    /// `allowedIps` could hold.
    #[schemars(length(max = dcvaas_core::store::token_addresses::KEPT))]
    pub addresses: Vec<SeenAddress>,
}

/// An address that a token was used from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeenAddress {
    /// The address, IPv4 or IPv6.
    pub address: String,
    /// When it was last seen, to the hour.
    pub last_seen_at: Moment,
}

/// The use of a token on one day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UsageDay {
    /// The day in UTC.
    #[schemars(extend("format" = "date"))]
    pub day: String,
    /// How many requests it made.
    pub requests: u64,
    /// How many of them were refused or failed: answered with a status from 400 on.
    pub errors: u64,
    /// The same by route.
    pub routes: Vec<RouteUsage>,
}

/// How often a route was asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RouteUsage {
    /// The route: an `operationId` of this document.
    pub route: String,
    /// How many requests that were.
    pub requests: u64,
    /// How many of them were refused or failed.
    pub errors: u64,
}

/// One page of API tokens, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenPage {
    /// The tokens.
    pub tokens: Vec<TokenMeta>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<TokenId>,
}

/// What somebody did.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditLog {
    /// Its id.
    pub id: AuditId,
    /// Its number within the organization, without gaps.
    pub position: u64,
    /// When it was done.
    pub created_at: Moment,
    /// Who did it.
    pub actor_kind: ActorKind,
    /// The person or the token; null for the system.
    pub actor_id: Option<String>,
    /// What was done.
    pub action: AuditAction,
    /// To what.
    pub subject_id: String,
    /// From which address.
    pub address: Option<String>,
    /// In which request.
    pub request_id: Option<RequestId>,
    /// What changed, without secrets.
    pub detail: BTreeMap<String, serde_json::Value>,
    /// SHA-256 over the row and the hash before it; null in its first minute.
    pub hash: Option<String>,
}

/// One page of the audit log, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditPage {
    /// The rows.
    pub audit_logs: Vec<AuditLog>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<AuditId>,
}

/// A place in the chain of hashes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChainPlace {
    /// The number of a row; 0 is before the first one.
    pub position: u64,
    /// The hash of that row; empty before the first one.
    pub hash: String,
}

/// How an export is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// With what is needed to verify it.
    Json,
    /// For a spreadsheet.
    Csv,
}

/// A part of the audit log that can be verified, oldest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditExport {
    /// The organization.
    pub org_id: OrgId,
    /// The last row whose time is over: the chain goes on from its hash.
    pub start: ChainPlace,
    /// The newest row that has its hash.
    pub head: ChainPlace,
    /// The rows.
    pub audit_logs: Vec<AuditLog>,
    /// What to ask for next, as `after`; null at the end.
    pub next_after: Option<u64>,
}

/// An endpoint that events are sent to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// The organization it belongs to.
    pub org_id: OrgId,
    /// Where events are sent.
    pub url: String,
    /// What it is for, in its owner's words.
    pub description: Option<String>,
    /// Which events it wants.
    pub events: Vec<EventPattern>,
    /// Only events of these domains, and of those with one of `domainTags`.
    pub domain_ids: Vec<DomainId>,
    /// Only events of domains that had one of these tags at that moment, and of those in `domainIds`.
    pub domain_tags: Vec<Tag>,
    /// The names of further headers of every request. Their values are never shown.
    pub header_names: Vec<String>,
    /// The version of the payloads, also in the header `X-DCVaaS-Api-Version`.
    pub api_version: ApiVersion,
    /// In which order deliveries go out.
    pub ordering: Ordering,
    /// How much of an event is sent.
    pub payload: PayloadForm,
    /// How many requests it gets in a minute at most; null for no bound.
    pub max_per_minute: Option<u32>,
    /// Whether events are sent.
    pub enabled: bool,
    /// Why not; null while it is on.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when every try has failed; null when the last one did not.
    pub failing_since: Option<Moment>,
    /// When it last took an event.
    pub last_delivery_at: Option<Moment>,
    /// Since when not; null while it is on.
    pub disabled_at: Option<Moment>,
    /// What verifies the signatures `v1a` in `webhook-signature`; null where only the secret signs.
    #[schemars(with = "Option<String>", regex(pattern = "^whpk_[A-Za-z0-9+/]{43}=$"))]
    pub public_key: Option<String>,
    /// Until when the secret before this one, and the key pair before this one, sign too; null when they do not.
    pub previous_secret_until: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// The secret of `X-DCVaaS-Signature`: the key is this text itself. Shown once, when the
    /// endpoint is made; null where that answer is a repeated one (`Idempotency-Replayed`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", regex(pattern = "^[0-9a-f]{64}$"))]
    pub secret: Option<String>,
    /// The same secret for `webhook-signature`, as libraries for Standard Webhooks take it. Shown
    /// once, when the endpoint is made; null where that answer is a repeated one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", regex(pattern = "^whsec_[A-Za-z0-9+/]{43}=$"))]
    pub signing_secret: Option<String>,
}

/// One endpoint.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookAnswer {
    /// The endpoint.
    pub webhook: Webhook,
}

/// What an endpoint missed while it was off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Missed {
    /// Since when nothing arrived, 29 days back at most: what a replay takes as its `since`.
    pub since: Moment,
    /// Deliveries that were given up; 10,000 at most.
    #[schemars(range(max = 10_000))]
    pub failed: u32,
    /// Events that no delivery was made for; 10,000 at most.
    #[schemars(range(max = 10_000))]
    pub missing: u32,
}

/// One endpoint after a change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangedWebhook {
    /// The endpoint.
    pub webhook: Webhook,
    /// Only where the change turned it on: what can be sent again now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Missed")]
    pub missed: Option<Missed>,
}

/// One event on its way to one endpoint.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The endpoint.
    pub webhook_id: WebhookId,
    /// The event; at the receiver this is `webhook-id`, the same at every try.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: EventType,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// The receiver's status at the last try; null if it gave none.
    pub last_status: Option<u16>,
    /// Why the last try failed.
    pub last_error_class: Option<ErrorClass>,
    /// When it is tried next; null when it is settled.
    pub next_attempt_at: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// The body that is sent. Lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Event")]
    pub payload: Option<Event>,
    /// The tries, newest first; 50 at most. Lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Try>")]
    pub tries: Option<Vec<Try>>,
}

/// One try of a delivery.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Try {
    /// Its number, from 1.
    pub number: u32,
    /// When it began.
    pub started_at: Moment,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The receiver's status; null if it gave none.
    pub status: Option<u16>,
    /// Why it failed; null if it did not.
    pub error_class: Option<ErrorClass>,
    /// The headers that were sent; empty where nothing was. Values of the endpoint's own headers are null, and
    /// signatures are cut.
    pub request_headers: BTreeMap<String, Option<String>>,
    /// The first 16 KiB of the receiver's answer.
    pub response: String,
}

/// One delivery.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliveryAnswer {
    /// The delivery.
    pub delivery: Delivery,
}

/// One page of deliveries, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<Delivery>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<DeliveryId>,
}

/// How many deliveries a replay made, or would make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplayAnswer {
    /// The number; 10,000 at most.
    #[schemars(range(max = 10_000))]
    pub count: u32,
}

/// What happened, as receivers get it: these members, and those of the event's type.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its type.
    pub r#type: EventType,
    /// When it happened.
    pub timestamp: Moment,
    /// Its number within its domain, without gaps; null for events of no domain.
    pub seq: Option<u64>,
    /// The organization that it concerns.
    pub org_id: OrgId,
}

/// A step in the life of a type of event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventChange {
    /// Since which version.
    pub version: ApiVersion,
    /// What is different.
    pub change: String,
}

/// What there is to know of a type of event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventTypeEntry {
    /// The type.
    pub r#type: EventType,
    /// What stands before the dot.
    pub category: String,
    /// The version of the body.
    pub version: ApiVersion,
    /// What it tells, and what a receiver may do with it.
    pub description: String,
    /// The JSON Schema (2020-12) of the body.
    pub schema: BTreeMap<String, serde_json::Value>,
    /// The same of the body that endpoints get which asked for thin ones.
    pub thin_schema: BTreeMap<String, serde_json::Value>,
    /// A body as it may look.
    pub example: BTreeMap<String, serde_json::Value>,
    /// What was changed, newest first.
    pub changelog: Vec<EventChange>,
}

/// The catalogue of events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventTypes {
    /// Every type.
    pub event_types: Vec<EventTypeEntry>,
}

/// A part of the feed, oldest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Feed {
    /// The events.
    pub events: Vec<Event>,
    /// Where to go on, now or later; null only where nothing has happened yet.
    pub next_cursor: Option<String>,
}

/// A reader of the feed whose place is kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedConsumer {
    /// Its name.
    pub name: ConsumerName,
    /// Up to where it has dealt with all events.
    pub cursor: String,
    /// How many events have come since.
    pub behind: u64,
    /// When it was named first.
    pub created_at: Moment,
    /// When it last came further.
    pub updated_at: Moment,
}

/// One reader of the feed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedConsumerAnswer {
    /// The reader.
    pub consumer: FeedConsumer,
}

/// The readers of the feed, by name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedConsumerPage {
    /// The readers; 20 at most.
    pub consumers: Vec<FeedConsumer>,
    /// Always null: they are one page.
    pub next_cursor: Option<String>,
}

/// One page of endpoints, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookPage {
    /// The endpoints.
    pub webhooks: Vec<Webhook>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<WebhookId>,
}

/// An organization: the tenant that everything belongs to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: Plan,
    /// Its colour as `#rrggbb`.
    pub brand_color: Option<String>,
    /// The address of its logo.
    pub logo_url: Option<String>,
    /// How many domains it may hold, where that is not what the plan says.
    pub domain_limit: Option<u32>,
    /// How many requests a minute its tokens may make, where that is not what the plan says.
    pub requests_per_minute: Option<u32>,
    /// What it holds.
    #[serde(rename = "use")]
    pub used: Use,
    /// When it was made.
    pub created_at: Moment,
}

/// How much an organization holds of what there can be many of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Use {
    /// Its domains.
    pub domains: u32,
    /// Its webhook endpoints.
    pub webhook_endpoints: u32,
    /// Its API tokens.
    pub api_tokens: u32,
    /// Its members, the invited and the suspended included.
    pub members: u32,
}

/// An organization as the operator sees it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operated {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: Plan,
    /// How many domains it may hold, where that is not what the plan says.
    pub domain_limit: Option<u32>,
    /// How many requests a minute it may make, where that is not what the plan says.
    pub requests_per_minute: Option<u32>,
    /// How many domains it has.
    pub domains: u32,
    /// How many members it has.
    pub members: u32,
    /// When it was made.
    pub created_at: Moment,
}

/// One organization as the operator sees it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatedAnswer {
    /// The organization.
    pub organization: Operated,
}

/// One page of organizations as the operator sees them, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatedPage {
    /// The organizations.
    pub organizations: Vec<Operated>,
    /// How many custom hostnames Cloudflare lets the zone have; null before it was asked.
    pub hostname_quota: Option<HostnameQuota>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<OrgId>,
}

/// How many custom hostnames a zone has and may have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HostnameQuota {
    /// How many it has.
    pub used: u32,
    /// How many Cloudflare lets it have.
    pub allocated: u32,
    /// When Cloudflare was asked.
    pub read_at: Moment,
}

/// Somebody who belongs to an organization, or is invited to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// The membership's id.
    pub id: String,
    /// The organization.
    pub org_id: OrgId,
    /// The person: what the routes of one member take.
    pub user_id: UserId,
    /// Their e-mail address.
    pub email: String,
    /// Their name, if they gave one.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Where they stand.
    pub status: MemberStatus,
    /// How many API tokens in force go back to them. These stay in force when the member is suspended
    /// or removed.
    pub tokens: u32,
    /// When they were invited.
    pub created_at: Moment,
    /// When they were last changed.
    pub updated_at: Moment,
}

/// One member.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberAnswer {
    /// The member.
    pub member: Member,
}

/// One page of members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberPage {
    /// The members.
    pub members: Vec<Member>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<UserId>,
}

/// The caller's organization.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationAnswer {
    /// The organization.
    pub organization: Organization,
}

/// A person.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their e-mail address.
    pub email: String,
    /// Their name, if they gave one.
    pub name: Option<String>,
}

/// An organization that a person belongs to, with their role in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Membership {
    /// The organization's id.
    pub id: OrgId,
    /// The organization's name.
    pub name: String,
    /// The organization's plan.
    pub plan: Plan,
    /// The organization's colour as `#rrggbb`, for a plan with white label.
    pub brand_color: Option<String>,
    /// The address of the organization's logo, for a plan with white label.
    pub logo_url: Option<String>,
    /// The person's role.
    pub role: Role,
}

/// Who is signed in, and where they belong.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Session {
    /// The person.
    pub user: Person,
    /// Their organizations, the oldest membership first; 100 at most.
    pub organizations: Vec<Membership>,
}

/// A sign-in mail is on its way.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInAsked {
    /// For how long its link and code work.
    pub expires_in_seconds: u32,
}

/// What the deployment calls a provider.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ProviderId(#[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"))] String);

/// A provider by which people can sign in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInProvider {
    /// What the deployment calls it.
    pub id: ProviderId,
    /// Its name for people.
    pub name: String,
}

/// All providers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Providers {
    /// In the order of their buttons.
    pub providers: Vec<SignInProvider>,
}

/// A sign-in by a provider has begun.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Begun {
    /// Where the browser goes now.
    pub authorization_url: String,
}

/// A place where a person is signed in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionMeta {
    /// Its id.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What the browser called itself.
    pub user_agent: Option<String>,
    /// The network address from which it was started.
    pub address: Option<String>,
    /// When it was started.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Moment>,
    /// When it ends unless it is used.
    pub expires_at: Moment,
}

/// One page of sessions, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionPage {
    /// The sessions.
    pub sessions: Vec<SessionMeta>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<SessionId>,
}

/// Whether a dependency answers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DependencyStatus {
    /// It answers.
    Ok,
    /// It does not.
    Unavailable,
}

/// The state of the database.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DatabaseHealth {
    /// Whether it answers.
    pub status: DependencyStatus,
}

/// The state of the scheduler.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SchedulerHealth {
    /// When it last ran. It runs every minute.
    pub last_run_at: Option<Moment>,
}

/// Whether mail can be sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailStatus {
    /// A mail service is configured.
    Ok,
    /// None is: nobody can sign in by mail or be invited.
    NotConfigured,
}

/// The state of mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailHealth {
    /// Whether it can be sent.
    pub status: MailStatus,
}

/// The state of each dependency.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dependencies {
    /// The database.
    pub database: DatabaseHealth,
    /// The scheduler.
    pub scheduler: SchedulerHealth,
    /// Mail.
    pub mail: MailHealth,
    /// Room for custom hostnames at Cloudflare.
    pub custom_hostnames: HostnameHealth,
}

/// Whether domains can still be added.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HostnameHealth {
    /// Whether there is room, as Cloudflare was last asked: every 4 hours.
    pub status: QuotaStatus,
}

/// Whether the service can work.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Health {
    /// Whether it can.
    pub ok: bool,
    /// On what that depends.
    pub dependencies: Dependencies,
}

/// What is wrong with one field.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FieldFault {
    /// The field's path in the request.
    pub field: String,
    /// A stable machine word.
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A refusal: a problem document of RFC 9457 with a stable machine word.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Problem {
    /// The stable machine word to decide by.
    pub error: ProblemCode,
    /// A sentence for a person: what happened and what to do. The same as `detail`.
    pub message: String,
    /// Names the kind of problem and leads to its documentation.
    #[schemars(extend("format" = "uri-reference"))]
    pub r#type: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// A sentence on this occurrence.
    pub detail: String,
    /// With `unauthorized` and `forbidden`: what exactly is wrong with the credential, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Reason")]
    pub reason: Option<Reason>,
    /// Names this request in our logs; also in the header `X-Request-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "RequestId")]
    pub request_id: Option<RequestId>,
    /// The fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldFault>,
    /// With `rate_limited`: the policies whose quota is exceeded.
    #[serde(rename = "violated-policies", default, skip_serializing_if = "Vec::is_empty")]
    pub violated_policies: Vec<String>,
    /// With `plan_required` and `limit_reached`: the organization's plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Plan")]
    pub plan: Option<Plan>,
    /// With `limit_reached`: how many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<u32>,
    /// With `limit_reached`: how many there may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// With `plan_required` and `limit_reached`: the smallest plan that allows it; null if none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade_to: Option<Plan>,
}
