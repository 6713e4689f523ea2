//! The catalogue of events: for each type its version, what it tells, the schema of its body, an
//! example, and what was changed. The schemas are derived from the very structs that are sent.
//!
//! Native only: `cargo xtask openapi` writes it as a file, which is served as a static asset, and the
//! tests hold every body that is sent against it.
#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON values are indexed by name, natively, in a tool whose output is tested"
)]

use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::change_members as members;
use super::endpoint_options::ApiVersion;
use super::event::EventType;
use super::event_example::{Sample, example};
use super::id::{EventId, OrgId, WebhookId};
use super::thin::is_kept;
use super::{change_event, domain_event, job_event, webhook_event};
use crate::time::Timestamp;

/// One step in the life of a type.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Since which version.
    pub version: ApiVersion,
    /// What is different.
    pub text: &'static str,
}

/// What there is to know of a type beyond its schema.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The type.
    pub event: EventType,
    /// What it tells, and what a receiver may do with it.
    pub description: &'static str,
    /// What was changed, newest first. The first entry's version is the type's version.
    pub changelog: &'static [Change],
}

const FIRST: &[Change] = &[Change { version: ApiVersion::V20261101, text: "The first version." }];

/// The entry of a type.
pub const fn entry(event: EventType) -> Entry {
    Entry { event, description: description(event), changelog: FIRST }
}

#[expect(clippy::too_many_lines, reason = "one text a type")]
const fn description(event: EventType) -> &'static str {
    match event {
        EventType::DomainAdded => {
            "A domain was added. Its owner still has to place the records, unless they are there already."
        }
        EventType::DomainRemoved => {
            "A domain was removed. It is the last event of this domain, and shows the state that it had."
        }
        EventType::DomainActive => {
            "The hostname and its certificate are live: visitors can be sent there. It comes again when a domain \
             that was in error has recovered."
        }
        EventType::DomainError => {
            "The domain does not get or keep its certificate until somebody acts. `errors` says what is wrong and who acts."
        }
        EventType::DomainExpiringSoon => {
            "The certificate in use ends in 14 days, in 7 and in 1, once each, and no newer one is there: by then Cloudflare has \
             tried for weeks to renew it, and goes on. See whether the owner's records are still in place."
        }
        EventType::DomainRenewed => {
            "A newer certificate took over. `expiresAt` is its end; nothing is to be done."
        }
        EventType::DomainIssuing => {
            "The owner's records are right, and the certificate is under way. Nothing is to be done."
        }
        EventType::DomainExpired => {
            "The certificate in use ran out, and none took its place: visitors see a warning. `domain.error` goes with it. \
             See whether the owner's records are still in place."
        }
        EventType::DomainLapsed => {
            "The custom hostname of the domain was deleted at Cloudflare, not by us: visitors are not served. `domain.error` \
             goes with it. Remove the domain and add it again."
        }
        EventType::DomainUpdated => {
            "The tags of a domain were changed. `tags` are the new ones, and they choose the endpoints that are told."
        }
        EventType::DnsVerified => {
            "The delegation record was seen in public DNS. The certificate is on its way, now and at every renewal."
        }
        EventType::DnsCheckFailed => {
            "A domain still waits for its owner's records: one day, three and six days after it was added, once each. Remind \
             the owner of what to place."
        }
        EventType::DnsDrifted => {
            "The delegation record, which was right, is gone or wrong: looks ten minutes apart or more have seen that. The \
             certificate in use stays valid, but the next renewal fails without it. Tell the owner."
        }
        EventType::DnsRestored => "The delegation record is right again. Nothing is to be done.",
        EventType::CertificateIssued => {
            "A certificate of the domain is there that was not seen before. `certificate` is what is known of it; `expiresAt` is \
             the end of the one that counts, which may still be an older one."
        }
        EventType::JobFailed => {
            "A mail of your organization was given up: the mail service refused it, or took none for ten hours. `lastError` says \
             why, `to` whom it does not reach. No endpoint is told of a mail about itself."
        }
        EventType::JobDlq => {
            "Looking at a domain, or sending a mail, was begun `attempts` times and did not come to its end, so it was set aside \
             for the operator of the service, who is told too. It stays due and is begun again. One domain or mail is told of \
             once a day at most, and no endpoint of a mail about itself."
        }
        EventType::TokenCreated => "An API token was made. If nobody of you did that, revoke it.",
        EventType::TokenRotated => {
            "An API token was replaced by a new one. The old one stays in force for `gracePeriodSeconds` at most."
        }
        EventType::TokenRevoked => {
            "An API token was revoked, by the service itself where it was found in public. Whoever uses it is refused from now on."
        }
        EventType::TokenExpiring => {
            "An API token ends within 14, 7 or 1 days: one event for each, beside the mail to whom it goes back. Put a new one in its \
             place if something still uses it. One that was replaced, or made for an hour at most, is not told of."
        }
        EventType::TokenExpired => {
            "An API token came to its end. Whoever uses it is refused from now on."
        }
        EventType::MemberInvited => {
            "Somebody was invited to the organization, or was invited again."
        }
        EventType::MemberJoined => "Somebody accepted their invitation, and is a member.",
        EventType::MemberUpdated => {
            "A member got another role, or was let in again after they had been suspended."
        }
        EventType::MemberSuspended => {
            "A member was suspended: they stay in the list, but reach nothing of the organization."
        }
        EventType::MemberRemoved => {
            "A member was removed, or left: then `actor` is the person themselves."
        }
        EventType::OrganizationUpdated => "The name or the brand of the organization was changed.",
        EventType::OrganizationPlanChanged => {
            "The plan or a limit of the organization was changed by the operator of the service."
        }
        EventType::WebhookCreated => {
            "An endpoint was made. It goes to your other endpoints: none is told of itself."
        }
        EventType::WebhookUpdated => {
            "An endpoint was changed, or turned off by its owner. `before` and `after` hold what was changed. It goes to \
             your other endpoints."
        }
        EventType::WebhookEnabled => {
            "An endpoint was turned on again. It goes to your other endpoints."
        }
        EventType::WebhookDeleted => {
            "An endpoint was deleted, and its deliveries with it. It goes to your other endpoints."
        }
        EventType::WebhookSecretRotated => {
            "An endpoint got a new secret. For `overlapHours` the old one signs too. It goes to your other endpoints."
        }
        EventType::WebhookTest => {
            "An endpoint is tried out. It goes to that endpoint alone, on request, and is in no feed."
        }
        EventType::WebhookDisabled => {
            "An endpoint was turned off, because its receiver answered `410 Gone` or failed for five days. It goes to \
             your other endpoints; turn it on again and replay what it missed."
        }
        EventType::WebhookFailing => {
            "Every try to reach an endpoint failed for a day, or for four: then it is turned off a day later. It goes to \
             your other endpoints, once for each of the two stages."
        }
    }
}

impl Entry {
    /// The version of the body.
    pub fn version(&self) -> ApiVersion {
        self.changelog.first().map_or(ApiVersion::NEWEST, |change| change.version)
    }
}

/// The schema of a type's body (JSON Schema 2020-12). It leaves room for later members.
pub fn schema(event: EventType) -> Value {
    let mut schema = match event {
        EventType::JobFailed | EventType::JobDlq => of::<job_event::Payload<'static>>(),
        EventType::TokenCreated => of_change::<members::TokenCreated>(),
        EventType::TokenRotated => of_change::<members::TokenRotated>(),
        EventType::TokenExpiring => of_change::<members::TokenExpiring>(),
        EventType::TokenRevoked | EventType::TokenExpired => of_change::<members::TokenEnded>(),
        EventType::MemberInvited => of_change::<members::MemberInvited>(),
        EventType::MemberJoined => of_change::<members::MemberJoined>(),
        EventType::MemberUpdated | EventType::MemberSuspended => {
            of_change::<members::MemberChanged>()
        }
        EventType::MemberRemoved => of_change::<members::MemberRemoved>(),
        EventType::OrganizationUpdated => of_change::<members::Changed<members::Brand>>(),
        EventType::OrganizationPlanChanged => of_change::<members::Changed<members::Terms>>(),
        EventType::WebhookCreated => of_change::<members::EndpointCreated>(),
        EventType::WebhookUpdated | EventType::WebhookEnabled => {
            of_change::<members::EndpointChanged>()
        }
        EventType::WebhookDeleted => of_change::<members::Endpoint>(),
        EventType::WebhookSecretRotated => of_change::<members::SecretRotated>(),
        EventType::WebhookTest => of::<webhook_event::TestPayload<'static>>(),
        EventType::WebhookDisabled => of::<webhook_event::DisabledPayload<'static>>(),
        EventType::WebhookFailing => of::<webhook_event::FailingPayload<'static>>(),
        EventType::DomainAdded
        | EventType::DomainRemoved
        | EventType::DomainActive
        | EventType::DomainError
        | EventType::DomainExpiringSoon
        | EventType::DomainRenewed
        | EventType::DomainUpdated
        | EventType::DomainIssuing
        | EventType::DomainExpired
        | EventType::DomainLapsed
        | EventType::DnsVerified
        | EventType::DnsDrifted
        | EventType::DnsRestored
        | EventType::CertificateIssued
        | EventType::DnsCheckFailed => of_domain(event),
    };
    schema["title"] = event.as_str().into();
    schema["description"] = entry(event).description.into();
    schema["properties"]["type"] = json!({ "const": event, "description": "The event's type." });
    schema
}

/// The schema of the body that an endpoint gets which asked for thin ones.
pub fn thin_schema(event: EventType) -> Value {
    let mut schema = schema(event);
    if let Some(members) = schema["properties"].as_object_mut() {
        members.retain(|name, _| is_kept(name));
    }
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|name| name.as_str().is_some_and(is_kept));
    }
    schema
}

/// Only `domain.error` has `errors`, and only `certificate.issued` a `certificate`; each has always.
fn of_domain(event: EventType) -> Value {
    let mut schema = of::<domain_event::Payload<'static>>();
    for (member, only) in
        [("errors", EventType::DomainError), ("certificate", EventType::CertificateIssued)]
    {
        if event == only {
            if let Some(required) = schema["required"].as_array_mut() {
                required.push(member.into());
            }
        } else if let Some(members) = schema["properties"].as_object_mut() {
            members.remove(member);
        }
    }
    schema
}

/// The members of every change beside those of its own.
fn of_change<M: JsonSchema>() -> Value {
    let (mut schema, own) = (of::<change_event::Payload<'static>>(), of::<M>());
    for (name, member) in own["properties"].as_object().into_iter().flatten() {
        schema["properties"][name] = member.clone();
    }
    if let (Some(all), Some(required)) =
        (schema["required"].as_array_mut(), own["required"].as_array())
    {
        all.extend(required.iter().cloned());
    }
    schema
}

fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.contract = Contract::Serialize;
    });
    settings.with_transform(Plain).into_generator().into_root_schema_for::<T>().to_value()
}

/// Rust's integer formats are not those of JSON Schema, and its doc comments are wrapped.
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        let is_rusts = |format: &Value| {
            format
                .as_str()
                .is_some_and(|format| format.starts_with("int") || format.starts_with("uint"))
        };
        if schema.get("format").is_some_and(is_rusts) {
            schema.remove("format");
        }
        if let Some(Value::String(text)) = schema.get_mut("description") {
            *text = text.replace('\n', " ");
        }
        transform_subschemas(self, schema);
    }
}

/// A schema of the catalogue without room for other members: what is sent today must be exactly what
/// is described.
pub fn exact(mut schema: Value) -> Value {
    fn close(schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                members.values_mut().for_each(close);
                if members.contains_key("properties") {
                    members.insert("additionalProperties".to_owned(), false.into());
                }
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    schema
}

/// An example of a type's body, always the same.
pub fn example_of(event: EventType) -> Value {
    // 2026-11-24T02:11:46.123Z
    let at = Timestamp::from_millis(1_795_486_306_123);
    let sample = Sample {
        id: &EventId::new(at, [7; 10]),
        org_id: &OrgId::new(at, [1; 10]),
        webhook_id: &WebhookId::new(at, [2; 10]),
        url: "https://hooks.example.com/dcvaas",
        at,
    };
    serde_json::from_str(&example(event, &sample)).unwrap_or_default()
}

/// The whole catalogue, as it is served.
pub fn document() -> Value {
    let one = |event: &EventType| {
        let entry = entry(*event);
        let changes = entry.changelog.iter();
        let changes =
            changes.map(|change| json!({ "version": change.version, "change": change.text }));
        json!({
            "type": event,
            "category": event.category(),
            "version": entry.version(),
            "description": entry.description,
            "schema": schema(*event),
            "thinSchema": thin_schema(*event),
            "example": example_of(*event),
            "changelog": changes.collect::<Vec<_>>(),
        })
    };
    let mut document = json!({ "eventTypes": EventType::ALL.iter().map(one).collect::<Vec<_>>() });
    // Whether maps keep their order depends on what else is built; the file must not.
    document.sort_all_objects();
    document
}

/// What receivers of `old` would miss in `new`, of types whose version is the same in both: a type or
/// a member that went, got another name, or means something else. Each as a sentence.
pub fn broken_promises(old: &Value, new: &Value) -> Vec<String> {
    let none = Vec::new();
    let types = |catalogue: &Value| catalogue["eventTypes"].as_array().unwrap_or(&none).clone();
    let new = types(new);
    let mut broken = Vec::new();
    for was in types(old) {
        let name = was["type"].as_str().unwrap_or_default();
        match new.iter().find(|is| is["type"] == was["type"]) {
            None => broken.push(format!("{name} is gone")),
            Some(is) if is["version"] != was["version"] => {}
            Some(is) => compare(name, &was["schema"], &is["schema"], &mut broken),
        }
    }
    broken
}

fn compare(at: &str, was: &Value, is: &Value, broken: &mut Vec<String>) {
    for (name, was) in was["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}: {name}");
        match is["properties"].get(name) {
            None => broken.push(format!("{at} is gone")),
            Some(is) => compare(&at, was, is, broken),
        }
    }
    for word in ["type", "format", "pattern", "const"] {
        if was[word] != is[word] {
            broken.push(format!("{at} had {word} {}, and has {}", was[word], is[word]));
        }
    }
    let required = |schema: &Value| schema["required"].as_array().cloned().unwrap_or_default();
    for name in required(was) {
        if !required(is).contains(&name) {
            broken.push(format!("{at}: {name} may be left out"));
        }
    }
    if was.get("items").is_some() {
        compare(&format!("{at}[]"), &was["items"], &is["items"], broken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_the_members_that_receivers_rely_on() {
        for event in EventType::ALL {
            let schema = schema(*event);
            let required = schema["required"].as_array().unwrap();
            let mut fixed = vec!["id", "type", "timestamp", "seq", "orgId"];
            if ["domain", "dns", "certificate"].contains(&event.category()) {
                fixed.extend([
                    "domainId",
                    "domainName",
                    "status",
                    "cfStatus",
                    "cfSslStatus",
                    "expiresAt",
                ]);
            }
            for member in fixed {
                assert!(required.contains(&member.into()), "{event}: {member}");
                assert!(schema["properties"][member].is_object(), "{event}: {member}");
            }
            let thin = thin_schema(*event);
            for member in ["id", "type", "timestamp", "seq", "orgId"] {
                assert!(thin["required"].as_array().unwrap().contains(&member.into()), "{event}");
            }
            assert!(thin["properties"]["domainName"].is_null());
            let has_errors = required.contains(&"errors".into());
            assert_eq!(has_errors, *event == EventType::DomainError, "{event}");
        }
    }

    #[test]
    fn every_type_is_described_in_whole_sentences() {
        for event in EventType::ALL {
            let Entry { description, changelog, .. } = entry(*event);
            assert!(description.ends_with('.'), "{event}");
            assert!(
                !changelog.is_empty() && changelog.iter().all(|change| change.text.ends_with('.'))
            );
        }
    }

    #[test]
    fn a_change_that_would_break_receivers_is_found() {
        let old = document();
        assert_eq!(broken_promises(&old, &old), Vec::<String>::new());
        let mut more = old.clone();
        more["eventTypes"][0]["schema"]["properties"]["colour"] = json!({ "type": "string" });
        assert_eq!(
            broken_promises(&old, &more),
            Vec::<String>::new(),
            "a new member breaks nobody"
        );

        let mut renamed = old.clone();
        let properties = renamed["eventTypes"][0]["schema"]["properties"].as_object_mut().unwrap();
        let moved = properties.remove("domainName").unwrap();
        properties.insert("hostname".to_owned(), moved);
        assert_eq!(broken_promises(&old, &renamed), ["domain.added: domainName is gone"]);
        renamed["eventTypes"][0]["version"] = "2027-01-01".into();
        assert_eq!(broken_promises(&old, &renamed), Vec::<String>::new(), "a new version may");

        let mut other = old.clone();
        other["eventTypes"][1]["schema"]["properties"]["seq"]["type"] = "string".into();
        other["eventTypes"][2]["schema"]["required"]
            .as_array_mut()
            .unwrap()
            .retain(|name| name != "status");
        other["eventTypes"].as_array_mut().unwrap().pop();
        assert_eq!(broken_promises(&old, &other).len(), 3);
    }
}
