//! What the document says of each route beyond its line in the table of routes.
//!
//! A new route gets one entry here, by its id; a test tells which are missing or left over. Access,
//! refusals that every such route has, headers and parameters of the path follow from the route.

use dcvaas_core::model::audit::AuditAction;
use dcvaas_core::model::delivery::{DeliveryState, ErrorClass};
use dcvaas_core::model::event::EventType;
use dcvaas_core::model::feed_consumer::ConsumerName;
use dcvaas_core::model::id::{
    AuditId, DeliveryId, DomainId, OrgId, SessionId, TokenId, UserId, WebhookId,
};
use dcvaas_core::model::problem::ProblemCode::{
    self, Conflict, LimitReached, RateLimited, Unauthorized, UpstreamUnavailable,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use crate::routes::{
    deliveries, domains, events, members, operator, organization, rotation, session, tokens,
    webhooks,
};
use crate::wire;

/// Gives a type's schema.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;
/// Says why a text is not that type, if it is not.
pub type Check = fn(&str) -> Result<(), String>;

/// The JSON of a request or an answer.
#[derive(Clone, Copy)]
pub struct Json {
    /// Its schema.
    pub schema: SchemaOf,
    /// Reads it strictly.
    pub check: Check,
}

impl Json {
    const fn of<T: JsonSchema + DeserializeOwned>() -> Self {
        Self {
            schema: SchemaGenerator::subschema_for::<T>,
            check: |text| match serde_json::from_str::<T>(text) {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            },
        }
    }
}

/// A parameter of the query.
#[derive(Clone, Copy)]
pub struct Query {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What it may be.
    pub schema: SchemaOf,
}

/// An answer that is no refusal.
#[derive(Clone, Copy)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// What it says.
    pub description: &'static str,
    /// Its body; none for `204`.
    pub json: Option<Json>,
}

/// One operation.
#[derive(Clone, Copy)]
pub struct Operation {
    /// The route's id.
    pub id: &'static str,
    /// The group it stands in.
    pub tag: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What there is to know.
    pub description: &'static str,
    /// The type of the path's `{id}`.
    pub path_id: Option<SchemaOf>,
    /// Parameters of the query.
    pub query: &'static [Query],
    /// The request's body and an example of it.
    pub body: Option<(Json, &'static str)>,
    /// What it answers when all is well.
    pub answers: [Option<Answer>; 2],
    /// Refusals beyond those that follow from the route's line.
    pub refusals: &'static [ProblemCode],
}

const fn operation(
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    description: &'static str,
) -> Operation {
    Operation {
        id,
        tag,
        summary,
        description,
        path_id: None,
        query: &[],
        body: None,
        answers: [None, None],
        refusals: &[],
    }
}

impl Operation {
    const fn at<Id: JsonSchema>(mut self) -> Self {
        self.path_id = Some(SchemaGenerator::subschema_for::<Id>);
        self
    }

    const fn asks(mut self, query: &'static [Query]) -> Self {
        self.query = query;
        self
    }

    const fn takes<T: JsonSchema + DeserializeOwned>(mut self, example: &'static str) -> Self {
        self.body = Some((Json::of::<T>(), example));
        self
    }

    const fn answers<T: JsonSchema + DeserializeOwned>(
        self,
        status: u16,
        description: &'static str,
    ) -> Self {
        self.with(Answer { status, description, json: Some(Json::of::<T>()) })
    }

    const fn no_content(self, description: &'static str) -> Self {
        self.with(Answer { status: 204, description, json: None })
    }

    const fn redirects(self, description: &'static str) -> Self {
        self.with(Answer { status: 303, description, json: None })
    }

    const fn with(mut self, answer: Answer) -> Self {
        self.answers = [Some(answer), self.answers[0]];
        self
    }

    const fn refuses(mut self, codes: &'static [ProblemCode]) -> Self {
        self.refusals = codes;
        self
    }
}

/// How many rows a page has, and at most.
#[derive(JsonSchema)]
#[schemars(transparent, inline)]
#[expect(dead_code, reason = "only its schema is used")]
struct Limit(
    #[schemars(range(min = 1, max = crate::params::LARGEST_LIMIT), extend("default" = crate::params::DEFAULT_LIMIT))]
     u32,
);

/// A moment as a caller may give it.
#[derive(JsonSchema)]
#[schemars(transparent, inline)]
#[expect(dead_code, reason = "only its schema is used")]
struct Moment(#[schemars(extend("format" = "date-time"))] String);

const LIMIT: Query = Query {
    name: "limit",
    description: "How many the page holds at most.",
    schema: SchemaGenerator::subschema_for::<Limit>,
};

const fn cursor<Id: JsonSchema>() -> Query {
    Query {
        name: "cursor",
        description: "`nextCursor` of the page before; the first page has none.",
        schema: SchemaGenerator::subschema_for::<Id>,
    }
}

/// A parameter of any text.
const fn text(name: &'static str, description: &'static str) -> Query {
    Query { name, description, schema: SchemaGenerator::subschema_for::<String> }
}

/// The groups, in the order of the page.
pub const TAGS: &[(&str, &str)] = &[
    ("Domains", "The hostnames of your customers, and what their owners place in DNS."),
    ("Webhooks", "Endpoints that are told what happens."),
    ("API tokens", "Credentials for machines."),
    ("Audit log", "Who changed what, when and from where."),
    ("Organization", "The tenant that everything belongs to."),
    ("Session", "People at the dashboard."),
    ("Service", "The service itself."),
];

/// Every operation, in the order of the page.
pub const OPERATIONS: &[Operation] = &[
    operation("domains.list", "Domains", "List domains", "Newest first, without their certificates.")
        .asks(&[LIMIT, cursor::<DomainId>()])
        .answers::<wire::DomainPage>(200, "One page."),
    operation(
        "domains.add",
        "Domains",
        "Add a domain",
        "Answers with every DNS record that the owner places; they do not change afterwards. \
         If Cloudflare cannot be reached, the domain is kept and its creation goes on by itself: \
         `dnsRecords` may then be empty at first.",
    )
    .takes::<domains::AddDomain>(r#"{ "hostname": "app.example.com", "tags": ["customer:42"] }"#)
    .answers::<wire::DomainAnswer>(201, "The new domain.")
    .refuses(&[LimitReached, Conflict]),
    operation("domains.get", "Domains", "Get a domain", "With every certificate that was seen on it.")
        .at::<DomainId>()
        .answers::<wire::DomainAnswer>(200, "The domain."),
    operation("domains.update", "Domains", "Change a domain's tags", "Events tell the tags that the domain has at that moment.")
        .at::<DomainId>()
        .takes::<domains::UpdateDomain>(r#"{ "tags": ["eu", "customer:42"] }"#)
        .answers::<wire::DomainAnswer>(200, "The domain after the change."),
    operation(
        "domains.remove",
        "Domains",
        "Remove a domain",
        "It is gone here at once, and its custom hostname at Cloudflare soon after.",
    )
    .at::<DomainId>()
    .no_content("It is removed."),
    operation(
        "domains.sync",
        "Domains",
        "Check a domain now",
        "Looks at Cloudflare and public DNS at once, instead of at `nextCheckAt`. Once in 10 seconds for each domain.",
    )
    .at::<DomainId>()
    .answers::<wire::DomainAnswer>(200, "The domain as it was found.")
    .refuses(&[UpstreamUnavailable]),
    operation("webhooks.list", "Webhooks", "List endpoints", "Newest first, without their secrets.")
        .asks(&[LIMIT, cursor::<WebhookId>()])
        .answers::<wire::WebhookPage>(200, "One page."),
    operation(
        "webhooks.create",
        "Webhooks",
        "Create an endpoint",
        "Answers with the secret that signs what is sent, in both of its forms: now, and never again.",
    )
    .takes::<webhooks::CreateWebhook>(
        r#"{ "url": "https://hooks.example.com/dcvaas", "events": ["domain.*"] }"#,
    )
    .answers::<wire::WebhookAnswer>(201, "The new endpoint, with its secret.")
    .refuses(&[LimitReached]),
    operation("webhooks.get", "Webhooks", "Get an endpoint", "With its health, without its secret.")
        .at::<WebhookId>()
        .answers::<wire::WebhookAnswer>(200, "The endpoint."),
    operation(
        "webhooks.update",
        "Webhooks",
        "Change an endpoint",
        "What is left out stays as it is. Where it is turned on, the answer counts what it missed while it was off; \
         replay sends that.",
    )
        .at::<WebhookId>()
        .takes::<webhooks::UpdateWebhook>(r#"{ "enabled": false }"#)
        .answers::<wire::ChangedWebhook>(200, "The endpoint after the change.")
        .refuses(&[Conflict]),
    operation("webhooks.delete", "Webhooks", "Delete an endpoint", "With the record of its deliveries.")
        .at::<WebhookId>()
        .no_content("It is deleted."),
    operation(
        "webhooks.rotate",
        "Webhooks",
        "Change the secret",
        "Answers with the new secret: now, and never again. An endpoint with a key pair gets a new one too. Until the \
         window closes, `webhook-signature` holds a signature by each secret and each key, and `X-DCVaaS-Signature` \
         one by the previous secret.",
    )
    .at::<WebhookId>()
    .takes::<rotation::RotateSecret>(r#"{ "overlapHours": 24 }"#)
    .answers::<wire::WebhookAnswer>(200, "The endpoint, with its new secret.")
    .refuses(&[Conflict]),
    operation(
        "webhooks.end_rotation",
        "Webhooks",
        "Drop the previous secret",
        "Once the receiver has switched: from now on only the new secret signs.",
    )
    .at::<WebhookId>()
    .no_content("It is dropped."),
    operation(
        "webhooks.test",
        "Webhooks",
        "Try an endpoint out",
        "Sends an example from the catalogue of events to this endpoint alone, signed, tried and recorded like every \
         event. Once in 2 seconds for each endpoint. The example's domain is nobody's, and no feed tells of it.",
    )
    .at::<WebhookId>()
    .takes::<deliveries::TestEvent>(r#"{ "type": "domain.active" }"#)
    .answers::<wire::DeliveryAnswer>(201, "The delivery, due now.")
    .refuses(&[Conflict]),
    operation(
        "webhooks.replay",
        "Webhooks",
        "Send events again",
        "Sends what the endpoint did not get, up to 10,000 events; each carries the `webhook-id` that it had.",
    )
    .at::<WebhookId>()
    .takes::<deliveries::ReplayEvents>(r#"{ "since": "2035-01-31T00:00:00Z", "what": "failed", "dryRun": true }"#)
    .answers::<wire::ReplayAnswer>(200, "How many deliveries that are.")
    .refuses(&[Conflict]),
    operation("deliveries.list", "Webhooks", "List an endpoint's deliveries", "Newest first. They are kept for 30 days.")
        .at::<WebhookId>()
        .asks(&[
            LIMIT,
            cursor::<DeliveryId>(),
            Query { name: "state", description: "Only in this state.", schema: SchemaGenerator::subschema_for::<DeliveryState> },
            Query { name: "event", description: "Only of this type.", schema: SchemaGenerator::subschema_for::<EventType> },
            Query { name: "errorClass", description: "Only those whose last try failed like this.", schema: SchemaGenerator::subschema_for::<ErrorClass> },
            Query { name: "since", description: "Only of events from then on, with any offset.", schema: SchemaGenerator::subschema_for::<Moment> },
            Query { name: "until", description: "Only of events before then, with any offset.", schema: SchemaGenerator::subschema_for::<Moment> },
        ])
        .answers::<wire::DeliveryPage>(200, "One page."),
    operation("deliveries.get", "Webhooks", "Get a delivery", "With its body and its tries.")
        .at::<DeliveryId>()
        .answers::<wire::DeliveryAnswer>(200, "The delivery."),
    operation(
        "deliveries.resend",
        "Webhooks",
        "Send a delivery again",
        "Now, whether it was delivered or not; its schedule starts anew.",
    )
    .at::<DeliveryId>()
    .answers::<wire::DeliveryAnswer>(200, "The delivery, due now.")
    .refuses(&[Conflict]),
    operation(
        "events.feed",
        "Webhooks",
        "Read what happened",
        "Oldest first, from a cursor on, and never past an event that is still being written: a reader that keeps \
         `nextCursor` misses nothing.",
    )
    .asks(&[
        LIMIT,
        Query { name: "after", description: "The `nextCursor` of an earlier answer.", schema: SchemaGenerator::subschema_for::<String> },
        Query { name: "consumer", description: "In the place of `after`: a reader whose cursor is kept; one that was never named reads from the beginning.", schema: SchemaGenerator::subschema_for::<ConsumerName> },
        Query { name: "type", description: "Only of this type.", schema: SchemaGenerator::subschema_for::<EventType> },
    ])
    .answers::<wire::Feed>(200, "A part of the feed."),
    operation("feed_consumers.list", "Webhooks", "List readers of the feed", "By name. Their places are kept for them.")
        .answers::<wire::FeedConsumerPage>(200, "All of them."),
    operation(
        "feed_consumers.commit",
        "Webhooks",
        "Say how far a reader has come",
        "Keeps the cursor under a name: `GET /api/events?consumer=` goes on from there. Say it when the events are dealt with, so \
         that a reader which stops anywhere misses none. A reader is made when it is named first, up to 20; it goes back only \
         with `rewind`.",
    )
    .takes::<events::CommitCursor>(r#"{ "name": "crm", "cursor": "42" }"#)
    .answers::<wire::FeedConsumerAnswer>(200, "The reader.")
    .refuses(&[Conflict, LimitReached]),
    operation("feed_consumers.delete", "Webhooks", "Forget a reader of the feed", "Under its name, reading begins anew.")
        .no_content("It is forgotten.")
        .refuses(&[ProblemCode::NotFound]),
    operation("audit.list", "Audit log", "List what was done", "Newest first. It is kept for 90 days, a year or three years, as the plan says.")
        .asks(&[
            LIMIT,
            cursor::<AuditId>(),
            Query { name: "actor", description: "Only by this person or token.", schema: SchemaGenerator::subschema_for::<String> },
            Query { name: "action", description: "Only this action.", schema: SchemaGenerator::subschema_for::<AuditAction> },
            Query { name: "subject", description: "Only of this object.", schema: SchemaGenerator::subschema_for::<String> },
            Query { name: "from", description: "From this moment on.", schema: SchemaGenerator::subschema_for::<wire::Moment> },
            Query { name: "to", description: "Before this moment.", schema: SchemaGenerator::subschema_for::<wire::Moment> },
        ])
        .answers::<wire::AuditPage>(200, "One page."),
    operation(
        "audit.export",
        "Audit log",
        "Export what was done",
        "Oldest first, 1,000 rows at most, those of the last minute left out: what can be verified offline, by \
         `cargo xtask audit-verify`. Each `hash` is SHA-256 over the hash before it, a line break, and the row as a JSON array. \
         Ask again with `after`, until `nextAfter` is null.",
    )
    .asks(&[
        Query { name: "format", description: "`json`, or `csv`.", schema: SchemaGenerator::subschema_for::<wire::ExportFormat> },
        Query { name: "after", description: "The position of the last row that you have.", schema: SchemaGenerator::subschema_for::<u64> },
    ])
    .answers::<wire::AuditExport>(200, "A part of the log."),
    operation("tokens.list", "API tokens", "List tokens", "Newest first, never with their text.")
        .asks(&[LIMIT, cursor::<TokenId>()])
        .answers::<wire::TokenPage>(200, "One page."),
    operation(
        "tokens.create",
        "API tokens",
        "Create a token",
        "Answers with the token's text: now, and never again. A token can only make tokens with scopes that it has itself.",
    )
    .takes::<tokens::CreateToken>(
        r#"{ "name": "Deployment", "scopes": ["domains:write"], "expiresAt": "2035-01-31T00:00:00Z" }"#,
    )
    .answers::<wire::NewToken>(201, "The new token, with its text.")
    .refuses(&[LimitReached]),
    operation("tokens.self", "API tokens", "Get the token that asks", "Works for any token, whatever its scopes. A person has none.")
        .answers::<wire::OwnToken>(200, "The token, without its text, and its organization.")
        .refuses(&[ProblemCode::NotFound]),
    operation(
        "tokens.rotate",
        "API tokens",
        "Rotate a token",
        "Makes a new token with all settings of this one, and answers with its text: now, and never again. The old one stays in \
         force for the grace period, but never past its own end. One that has ended, or that was rotated before, cannot be.",
    )
    .at::<TokenId>()
    .takes::<tokens::RotateToken>(r#"{ "gracePeriodSeconds": 86400 }"#)
    .answers::<wire::NewToken>(201, "The new token, with its text.")
    .refuses(&[LimitReached]),
    operation(
        "tokens.usage",
        "API tokens",
        "See how a token is used",
        "The requests of each day (UTC) and route, those asked for most first, newest day first; counted up to a minute ago, \
         refused ones included, and kept for 90 days. And the addresses it came from, to bind it to.",
    )
    .at::<TokenId>()
    .asks(&[Query { description: "How many days at most.", ..LIMIT }])
    .answers::<wire::TokenUsage>(200, "The days with any request."),
    operation("tokens.revoke", "API tokens", "Revoke a token", "Whoever shows it from now on is told that it was revoked.")
        .at::<TokenId>()
        .no_content("It is revoked."),
    operation(
        "tokens.revoke_all",
        "API tokens",
        "Revoke many tokens",
        "After an incident: all tokens of the organization, or all that go back to one person, whether they are still a member or \
         not. A token belongs to the organization, so it stays in force when the person is suspended or leaves, until it is revoked. \
         Only a person may ask.",
    )
    .takes::<tokens::RevokeTokens>(r#"{ "person": "usr_019a0000000070008000000000000000" }"#)
    .answers::<wire::RevokedTokens>(200, "How many were revoked."),
    operation(
        "leaks.github",
        "Service",
        "Take GitHub's report of leaked tokens",
        "For GitHub's secret scanning, as its partner programme describes it: a list of what was found, of 1 MiB at most, signed by \
         the headers `Github-Public-Key-Identifier` and `Github-Public-Key-Signature` over the very bytes of the body. A token of \
         ours among it is revoked at once, and the organization's owners and admins are told.",
    )
    .takes::<Vec<wire::LeakedSecret>>(
        r#"[{ "token": "some_token", "type": "dcvaas_api_token", "url": "https://github.com/acme/app/blob/main/.env", "source": "content" }]"#,
    )
    .answers::<Vec<wire::LeakFeedback>>(200, "What each of them is, in the same order.")
    .refuses(&[Unauthorized, RateLimited, UpstreamUnavailable]),
    operation("organization.get", "Organization", "Get the organization", "The one that the caller acts for.")
        .answers::<wire::OrganizationAnswer>(200, "The organization."),
    operation("organization.create", "Organization", "Make an organization", "On the free plan, owned by the person who asks.")
        .takes::<organization::CreateOrganization>(r#"{ "name": "Acme" }"#)
        .answers::<wire::OrganizationAnswer>(201, "The new organization.")
        .refuses(&[Conflict]),
    operation(
        "organization.update",
        "Organization",
        "Change the organization",
        "Its name and its brand. What is left out stays as it is.",
    )
    .takes::<organization::UpdateOrganization>(r##"{ "name": "Acme", "brandColor": "#1a73e8" }"##)
    .answers::<wire::OrganizationAnswer>(200, "The organization after the change."),
    operation(
        "organization.delete",
        "Organization",
        "Delete the organization",
        "With everything in it: domains, tokens, webhooks, members and the audit log. Its custom hostnames at \
         Cloudflare are removed soon after.",
    )
    .takes::<organization::DeleteOrganization>(r#"{ "confirm": "Acme" }"#)
    .no_content("It is deleted.")
    .refuses(&[Conflict]),
    operation("members.list", "Organization", "List members", "The people of the organization that the caller acts for.")
        .asks(&[LIMIT, cursor::<UserId>()])
        .answers::<wire::MemberPage>(200, "One page."),
    operation(
        "members.invite",
        "Organization",
        "Invite somebody",
        "Sends a mail with a link that works for 7 days, for the person with that address alone. Who is invited \
         already gets a new one.",
    )
    .takes::<members::InviteMember>(r#"{ "email": "ada@example.com", "role": "admin" }"#)
    .answers::<wire::MemberAnswer>(201, "The invited member.")
    .refuses(&[Conflict, LimitReached]),
    operation(
        "members.accept",
        "Organization",
        "Accept an invitation",
        "By the person to whose address the invitation was sent, signed in. The path names the organization that \
         invites; the organization header, if it is sent, one that the person belongs to already.",
    )
    .takes::<members::AcceptInvitation>(r#"{ "token": "0000000000000000000000000000000000000000000000000000000000000000" }"#)
    .answers::<wire::MemberAnswer>(200, "The member, active now."),
    operation(
        "members.update",
        "Organization",
        "Change a member",
        "An admin can neither change nor make owners. The last owner stays one.",
    )
    .takes::<members::UpdateMember>(r#"{ "role": "admin" }"#)
    .answers::<wire::MemberAnswer>(200, "The member after the change.")
    .refuses(&[Conflict]),
    operation(
        "members.remove",
        "Organization",
        "Remove a member, or leave",
        "Everybody may remove themselves, but the last owner. API tokens that they made stay in force: the member's `tokens` \
         tells how many, and `tokens.revoke_all` ends them.",
    )
    .no_content("They are no member any more.")
    .refuses(&[Conflict]),
    operation(
        "operator.list",
        "Service",
        "Find organizations",
        "For the operator of the deployment, whose address `OPERATOR_EMAILS` names: all organizations, newest first. \
         Everybody else is told that there is nothing here.",
    )
    .asks(&[
        LIMIT,
        cursor::<OrgId>(),
        Query { name: "q", description: "A part of the name or of an owner's address, or the id.", schema: SchemaGenerator::subschema_for::<String> },
    ])
    .answers::<wire::OperatedPage>(200, "One page.")
    .refuses(&[ProblemCode::NotFound]),
    operation(
        "operator.update",
        "Service",
        "Set an organization's plan and limits",
        "For the operator of the deployment. It stands in the organization's audit log.",
    )
    .at::<OrgId>()
    .takes::<operator::OperateOrganization>(r#"{ "plan": "agency", "domainLimit": 500 }"#)
    .answers::<wire::OperatedAnswer>(200, "The organization after the change."),
    operation("session.get", "Session", "Get the session", "Who is signed in, and the organizations to choose from.")
        .answers::<wire::Session>(200, "The person and their organizations."),
    operation(
        "session.start",
        "Session",
        "Sign in",
        "Uses the link or the code of a sign-in mail, once, and sets the session's cookie. Both work for 15 minutes in \
         the browser that asked for the mail, which holds a cookie for that. Who signs in for the first time gets an \
         organization. Only the dashboard's own pages may: the request needs their `Origin`.",
    )
    .takes::<session::SignIn>(r#"{ "code": "ABCD-EFGH" }"#)
    .answers::<wire::Session>(201, "Who is signed in now.")
    .refuses(&[Unauthorized, ProblemCode::Forbidden]),
    operation(
        "sign_in.ask",
        "Session",
        "Ask for a sign-in mail",
        "Sends a link and a code to the address. The answer is the same for every address; too many mails to one \
         address, or asked for from one place, are refused for a while. Only the dashboard's own pages may: the \
         request needs their `Origin`.",
    )
    .takes::<session::AskToSignIn>(r#"{ "email": "ada@example.com" }"#)
    .answers::<wire::SignInAsked>(202, "A mail is on its way, if the address takes mail.")
    .refuses(&[ProblemCode::Forbidden, RateLimited]),
    operation(
        "providers.list",
        "Session",
        "List providers to sign in by",
        "The providers of OpenID Connect that this deployment is configured with.",
    )
    .answers::<wire::Providers>(200, "All of them."),
    operation(
        "providers.begin",
        "Session",
        "Begin to sign in by a provider",
        "Answers where the browser goes, and sets a cookie by which it is known when it comes back. That has to be \
         within 10 minutes. Only the dashboard's own pages may: the request needs their `Origin`.",
    )
    .at::<wire::ProviderId>()
    .answers::<wire::Begun>(201, "The provider awaits the browser.")
    .refuses(&[ProblemCode::Forbidden, RateLimited, UpstreamUnavailable]),
    operation(
        "providers.finish",
        "Session",
        "Come back from a provider",
        "Where providers send the browser back to: this is the redirect URI to register with them. Signs in and sets the \
         session's cookie, or says on the sign-in page why not. Parameters that are not listed are ignored.",
    )
    .at::<wire::ProviderId>()
    .asks(&[
        text("code", "What the provider gives for us to trade."),
        text("state", "By what we know the attempt."),
        text("iss", "Who the provider is (RFC 9207)."),
        text("error", "Why there is no code."),
    ])
    .redirects("To the dashboard, or back to the sign-in page."),
    operation("sessions.list", "Session", "List sessions", "Where the person is signed in, newest first.")
        .asks(&[LIMIT, cursor::<SessionId>()])
        .answers::<wire::SessionPage>(200, "One page."),
    operation("sessions.revoke", "Session", "End a session", "One of the person's own, this one or another.")
        .at::<SessionId>()
        .no_content("It has ended."),
    operation("sessions.revoke_others", "Session", "End all other sessions", "All of the person's own but this one.")
        .no_content("They have ended."),
    operation("session.end", "Session", "Sign out", "Ends the session and clears its cookie.")
        .no_content("The session has ended."),
    operation("health", "Service", "Health", "For monitors: whether the service can work.")
        .answers::<wire::Health>(503, "It cannot work.")
        .answers::<wire::Health>(200, "It can work."),
];

/// What every route with a credential can say, beside what follows from its line.
pub const OF_CALLERS: &[ProblemCode] =
    &[Unauthorized, ProblemCode::PlanRequired, ProblemCode::Forbidden, RateLimited];

/// What every route can say.
pub const OF_ALL: &[ProblemCode] = &[
    ProblemCode::BadRequest,
    ProblemCode::Internal,
    ProblemCode::Unavailable,
    ProblemCode::Misconfigured,
];
