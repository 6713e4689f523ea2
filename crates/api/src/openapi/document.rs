//! Puts the document together: one operation for each route.

use std::collections::BTreeMap;

use dcvaas_core::model::caller::Access;
use dcvaas_core::model::feed_consumer::ConsumerName;
use dcvaas_core::model::id::{OrgId, UserId};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::problem::ProblemCode;
use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::operations::{Answer, OF_ALL, OF_CALLERS, OPERATIONS, Operation, SchemaOf, TAGS};
use crate::credential::SESSION_COOKIE;
use crate::router::{Action, Needs, ROUTES, Route};
use crate::wire;

const DESCRIPTION: &str = "\
Keeps the certificates of your customers' hostnames valid, after they have placed two DNS records once.

Send an API token with every request: `Authorization: Bearer dcv_…`. Bodies are JSON in UTF-8, of 256 KiB at most; \
unknown members and unknown query parameters are refused by name. Send a POST with an `Idempotency-Key`, and it can be \
repeated without being done twice. Times are ISO 8601 in UTC. Ids are opaque.

What cannot be done is answered with a problem document (RFC 9457), whose `error` is a stable machine word: decide by \
it, and show `message` to people. Somebody else's object and one that does not exist give the same 404. Answers may \
get new members and words later: ignore what you do not know.

Lists are pages: pass `nextCursor` as `cursor` until it is null. Reads carry an `ETag`; send it as `If-None-Match` and \
an unchanged answer is 304 without a body. Every path that takes GET takes HEAD too. Every answer names its request in \
`X-Request-Id`. The plan says how many requests a minute the tokens of an organization may make; `RateLimit` tells how \
many are left, and one too many is 429.";

/// The schemas of what comes in and of what goes out: a member that may be left out on the way in
/// can be one that is always there on the way out.
struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let settings = |contract| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                settings.contract = contract;
            })
        };
        Self {
            requests: settings(Contract::Deserialize).into_generator(),
            answers: settings(Contract::Serialize).with_transform(Open).into_generator(),
        }
    }

    /// The named ones. A name that is used both ways means the same both ways, as a test proves.
    fn take(mut self) -> Map<String, Value> {
        let mut all = self.requests.take_definitions(true);
        all.extend(self.answers.take_definitions(true));
        all
    }
}

/// Answers may get new members; only our own tests refuse them.
#[derive(Clone)]
struct Open;

impl Transform for Open {
    fn transform(&mut self, schema: &mut Schema) {
        schema.remove("additionalProperties");
        transform_subschemas(self, schema);
    }
}

/// Parameters of paths that mean the same in each; `{id}` is told by the operation.
const NAMED: [(&str, SchemaOf); 3] = [
    ("orgId", SchemaGenerator::subschema_for::<OrgId>),
    ("userId", SchemaGenerator::subschema_for::<UserId>),
    ("name", SchemaGenerator::subschema_for::<ConsumerName>),
];

/// Routes whose answers set cookies.
const SETTING_COOKIES: [&str; 5] =
    ["session.start", "session.end", "sign_in.ask", "providers.begin", "providers.finish"];

/// Every route with its part of the document, in the order of the routes.
fn parts() -> impl Iterator<Item = (&'static Route, &'static Operation)> {
    ROUTES.iter().filter_map(|route| {
        Some((route, OPERATIONS.iter().find(|operation| operation.id == route.id)?))
    })
}

/// The whole document.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    let mut shared = json!({ "NotModified": not_modified() });
    for (route, operation) in parts() {
        for (status, codes) in refusals(route, operation) {
            shared[refusal_name(&codes)] = refusal(status, &codes);
        }
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = of_route(route, operation, &mut schemas);
    }
    paths.insert(super::EVENT_TYPES.to_owned(), json!({ "get": event_types(&mut schemas) }));
    let components = components(schemas, &shared);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "DCVaaS API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "Apache License 2.0", "identifier": "Apache-2.0" },
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{ "url": "/", "description": "Where this document was found." }],
        "externalDocs": { "url": "/docs/api", "description": "This document as a page." },
        "tags": TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect::<Vec<_>>(),
        "paths": paths,
        "components": components,
        "x-plans": plans(),
    });
    tidy(&mut document);
    // Whether maps keep their order depends on what else is built; the file must not.
    document.sort_all_objects();
    document
}

/// What each plan includes, for whoever shows it.
fn plans() -> Value {
    let of = |plan: &Plan| {
        let limits = plan.limits();
        let shown = json!({
            "domains": limits.domains,
            "webhookEndpoints": limits.webhook_endpoints,
            "requestsPerMinute": limits.requests_per_minute,
            "auditDays": limits.audit_days,
            "features": limits.features,
        });
        (plan.as_str().to_owned(), shown)
    };
    Plan::ALL.iter().map(of).collect::<Map<_, _>>().into()
}

/// The catalogue of events is a static asset, so no route has it and no header of ours is on it.
fn event_types(schemas: &mut Schemas) -> Value {
    let schema = schemas.answers.subschema_for::<wire::EventTypes>();
    json!({
        "operationId": "events.types",
        "tags": ["Webhooks"],
        "summary": "Get the catalogue of events",
        "description": "Every type of event with its version, the JSON Schema of its body, an example, and what was changed.",
        "security": [],
        "x-public": "it holds nothing of any customer",
        "responses": { "200": {
            "description": "The catalogue.",
            "content": { "application/json": { "schema": schema } },
        } },
    })
}

/// Doc comments are wrapped where the source is; texts are not. And Rust's integer formats are not
/// those of OpenAPI.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, member| {
                name != "format"
                    || !member.as_str().is_some_and(|format| format.starts_with("uint"))
            });
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => {
                        let parts: Vec<_> =
                            text.split("\n\n").map(|part| part.replace('\n', " ")).collect();
                        *text = parts.join("\n\n");
                    }
                    _ => tidy(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn of_route(route: &Route, operation: &Operation, schemas: &mut Schemas) -> Value {
    let mut made = json!({
        "operationId": route.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "responses": responses(route, operation, schemas),
    });
    let parameters = parameters(route, operation, schemas);
    if !parameters.is_empty() {
        made["parameters"] = parameters.into();
    }
    if let Some((body, example)) = operation.body {
        let example: Value = serde_json::from_str(example).unwrap_or_default();
        let schema = (body.schema)(&mut schemas.requests);
        made["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": schema, "example": example } },
        });
    }
    match route.needs {
        Needs::Nobody(reason) => {
            made["security"] = json!([]);
            made["x-public"] = reason.into();
        }
        Needs::Caller(access) => of_access(access, &mut made),
    }
    made
}

/// The security clause. A token names its scope there, as OpenAPI 3.1 allows for every scheme.
fn of_access(access: Access, made: &mut Value) {
    let mut security = vec![json!({ "session": [] })];
    if access.own {
        security.insert(0, json!({ "token": [] }));
    }
    if let Some(scope) = access.scope {
        security.insert(0, json!({ "token": [scope] }));
        made["x-required-scope"] = scope.as_str().into();
    }
    made["security"] = security.into();
    made["x-required-role"] = access.role.as_str().into();
    if let Some(feature) = access.feature {
        made["x-required-feature"] = feature.as_str().into();
        made["x-required-plan"] = Plan::first_plan_with(feature).map(Plan::as_str).into();
    }
}

fn parameters(route: &Route, operation: &Operation, schemas: &mut Schemas) -> Vec<Value> {
    let mut parameters = Vec::new();
    if let Some(schema) = operation.path_id {
        parameters.push(json!({
            "name": "id", "in": "path", "required": true, "schema": schema(&mut schemas.answers),
        }));
    }
    for (name, schema) in NAMED {
        if route.path.contains(&format!("{{{name}}}")) {
            let schema = schema(&mut schemas.answers);
            parameters
                .push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
        }
    }
    for query in operation.query {
        parameters.push(json!({
            "name": query.name, "in": "query", "description": query.description,
            "schema": (query.schema)(&mut schemas.answers),
        }));
    }
    if matches!(route.needs, Needs::Caller(_)) {
        parameters.push(reference("parameters", "Organization"));
        if keeps_answers(route) {
            parameters.push(reference("parameters", "IdempotencyKey"));
        }
    }
    if matches!(route.action, Action::Read(_)) {
        parameters.push(reference("parameters", "IfNoneMatch"));
    }
    parameters
}

fn responses(route: &Route, operation: &Operation, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    for (status, codes) in refusals(route, operation) {
        // A status that is an answer and a refusal: they are told apart by their media types.
        let made = match operation.answers.iter().flatten().find(|answer| answer.status == status) {
            Some(answer) => merged(refusal(status, &codes), success(route, answer, schemas)),
            None => reference("responses", &refusal_name(&codes)),
        };
        responses.insert(status.to_string(), made);
    }
    for answer in operation.answers.iter().flatten() {
        let status = answer.status.to_string();
        if !responses.contains_key(&status) {
            responses.insert(status, success(route, answer, schemas));
        }
    }
    if matches!(route.action, Action::Read(_)) {
        responses.insert("304".to_owned(), reference("responses", "NotModified"));
    }
    Value::Object(responses)
}

fn merged(mut refusal: Value, mut success: Value) -> Value {
    refusal["description"] = success["description"].take();
    refusal["content"]["application/json"] = success["content"]["application/json"].take();
    refusal
}

fn success(route: &Route, answer: &Answer, schemas: &mut Schemas) -> Value {
    let mut headers = common_headers();
    if matches!(route.needs, Needs::Caller(_)) {
        limits(&mut headers);
    }
    if matches!(route.action, Action::Read(_)) {
        headers["ETag"] = reference("headers", "ETag");
    }
    if keeps_answers(route) {
        headers["Idempotency-Replayed"] = reference("headers", "IdempotencyReplayed");
    }
    if SETTING_COOKIES.contains(&route.id) {
        headers["Set-Cookie"] = reference("headers", "SetCookie");
    }
    if answer.status == 303 {
        headers["Location"] = reference("headers", "Location");
    }
    let mut made = json!({ "description": answer.description, "headers": headers });
    if let Some(body) = answer.json {
        let schema = (body.schema)(&mut schemas.answers);
        made["content"] = json!({ "application/json": { "schema": schema } });
        if route.id == "audit.export" {
            made["content"]["text/csv"] = json!({ "schema": { "type": "string" } });
        }
    }
    made
}

/// Whether a repeat with the same `Idempotency-Key` gets the first answer.
fn keeps_answers(route: &Route) -> bool {
    route.method == "POST" && matches!(route.needs, Needs::Caller(_))
}

fn not_modified() -> Value {
    let mut headers = common_headers();
    limits(&mut headers);
    headers["ETag"] = reference("headers", "ETag");
    json!({ "description": "The client has it already.", "headers": headers })
}

/// The codes with which the route can refuse, by status.
fn refusals(route: &Route, operation: &Operation) -> BTreeMap<u16, Vec<ProblemCode>> {
    let mut codes: Vec<ProblemCode> = [OF_ALL, operation.refusals].concat();
    if matches!(route.needs, Needs::Caller(_)) {
        codes.extend(OF_CALLERS);
    }
    if keeps_answers(route) {
        codes.extend([
            ProblemCode::Conflict,
            ProblemCode::IdempotencyInProgress,
            ProblemCode::IdempotencyKeyReused,
            ProblemCode::PayloadTooLarge,
        ]);
    }
    if route.path.contains('{') {
        codes.push(ProblemCode::NotFound);
    }
    if operation.body.is_some() {
        codes.extend([ProblemCode::PayloadTooLarge, ProblemCode::UnsupportedMediaType]);
    }
    codes.sort_unstable();
    codes.dedup();
    let mut by_status = BTreeMap::<u16, Vec<ProblemCode>>::new();
    for code in codes {
        by_status.entry(code.status()).or_default().push(code);
    }
    by_status
}

/// Routes with the same refusals share their description.
fn refusal_name(codes: &[ProblemCode]) -> String {
    codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(".")
}

fn refusal(status: u16, codes: &[ProblemCode]) -> Value {
    let mut headers = common_headers();
    if status != 401 {
        limits(&mut headers);
    }
    if status == 401 {
        headers["WWW-Authenticate"] = reference("headers", "WwwAuthenticate");
    }
    if matches!(status, 409 | 429 | 503) {
        headers["Retry-After"] = reference("headers", "RetryAfter");
    }
    let titles: Vec<String> =
        codes.iter().map(|code| format!("`{code}`: {}", code.title())).collect();
    json!({
        "description": titles.join(" "),
        "headers": headers,
        "content": { "application/problem+json": { "schema": {
            "allOf": [
                reference("schemas", "Problem"),
                { "properties": { "error": { "enum": codes }, "status": { "const": status } } },
            ],
        } } },
    })
}

/// What is left of the caller's quota: on every answer to a caller who is known.
fn limits(headers: &mut Value) {
    headers["RateLimit-Policy"] = reference("headers", "RateLimitPolicy");
    headers["RateLimit"] = reference("headers", "RateLimit");
}

fn common_headers() -> Value {
    json!({ "X-Request-Id": reference("headers", "RequestId") })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn components(mut schemas: Schemas, responses: &Value) -> Value {
    let organization = schemas.answers.subschema_for::<OrgId>();
    schemas.answers.subschema_for::<wire::Problem>();
    let text = json!({ "type": "string" });
    json!({
        "schemas": schemas.take(),
        "securitySchemes": {
            "token": {
                "type": "http", "scheme": "bearer", "bearerFormat": "dcv_<64 hex>_<6 base62>",
                "description": "An API token. It acts for its own organization, within its scopes, and needs a plan with API tokens.",
            },
            "session": {
                "type": "apiKey", "in": "cookie", "name": SESSION_COOKIE,
                "description": "A person's session at the dashboard. Methods that change something also need the dashboard's own `Origin`.",
            },
        },
        "parameters": {
            "Organization": {
                "name": "DCVaaS-Organization", "in": "header", "schema": organization,
                "description": "With a session: the organization that is meant, instead of the first one. A token has only its own.",
            },
            "IdempotencyKey": {
                "name": "Idempotency-Key", "in": "header",
                "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
                "description": "Names this request, so that it can be repeated safely: for 24 hours the same key with the \
                    same path and body gives the first answer again, without the secrets in it, and with another one is refused. \
                    A refusal is not kept. The key means something only to the credential that sent it.",
            },
            "IfNoneMatch": {
                "name": "If-None-Match", "in": "header", "schema": text,
                "description": "Entity tags of answers that the client has; `*` for any.",
            },
        },
        "headers": {
            "ETag": { "description": "Changes with the body.", "required": true, "schema": text },
            "IdempotencyReplayed": {
                "description": "`true` where this is the first answer again, to a repeat of a request that was carried out before.",
                "schema": { "type": "string", "const": "true" },
            },
            "Location": { "description": "A page of the dashboard.", "required": true, "schema": text },
            "RateLimit": {
                "description": "How many requests of each policy are left (`r`), and for how many seconds (`t`), such as `\"default\";r=57;t=12`.",
                "schema": text,
            },
            "RateLimitPolicy": {
                "description": "The policies that count this request: the quota (`q`) of a window of so many seconds (`w`), such as `\"default\";q=100;w=60`. \
                    `default` is the plan's, for all tokens of the organization together; `session` is that of a person.",
                "schema": text,
            },
            "RequestId": { "description": "Names the request in our logs.", "required": true, "schema": text },
            "RetryAfter": {
                "description": "Seconds after which trying again makes sense.",
                "schema": { "type": "integer", "minimum": 1 },
            },
            "SetCookie": { "description": "Sets or clears the session, or what the sign-in needs.", "required": true, "schema": text },
            "WwwAuthenticate": { "description": "`Bearer`.", "required": true, "schema": text },
        },
        "responses": responses,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::params::Params;

    #[test]
    fn every_route_has_its_part_and_no_part_is_left_over() {
        let routes: BTreeSet<_> = ROUTES.iter().map(|route| route.id).collect();
        let parts: Vec<_> = OPERATIONS.iter().map(|operation| operation.id).collect();
        assert_eq!(routes, parts.iter().copied().collect::<BTreeSet<_>>());
        assert_eq!(routes.len(), parts.len(), "an operation is there twice");
        for operation in OPERATIONS {
            assert!(TAGS.iter().any(|(tag, _)| *tag == operation.tag), "{}", operation.id);
            assert!(operation.answers[0].is_some(), "{} answers nothing", operation.id);
        }
    }

    #[test]
    fn the_parts_fit_their_routes() {
        for (route, operation) in parts() {
            assert_eq!(operation.path_id.is_some(), route.path.contains("{id}"), "{}", route.id);
            assert!(operation.query.is_empty() || route.method == "GET", "{}", route.id);
        }
    }

    /// Each read names the parameters that it knows when it refuses another one.
    #[test]
    fn the_parameters_are_those_that_the_route_takes() {
        let document = document();
        for (route, operation) in parts() {
            let Action::Read(bind) = route.action else { continue };
            let id = match operation.path_id {
                None => String::new(),
                Some(schema) => {
                    let mut generator = SchemaGenerator::default();
                    let name = schema(&mut generator);
                    let name =
                        name.get("$ref").unwrap().as_str().unwrap().rsplit('/').next().unwrap();
                    let pattern =
                        document["components"]["schemas"][name]["pattern"].as_str().unwrap();
                    pattern.replace("[0-9a-f]{32}$", &"0".repeat(32)).replace('^', "")
                }
            };
            let path =
                route.path.replace("{id}", &id).replace("{orgId}", &format!("org_{:032x}", 1));
            let mut router = matchit::Router::new();
            router.insert(route.path, ()).unwrap();
            let now = dcvaas_core::time::Timestamp::from_millis(0);
            let matched = router.at(&path).unwrap();
            let params = Params::decode(&matched.params, "no_such=1", now).unwrap();
            let credential = dcvaas_core::store::callers::Credential {
                hash: dcvaas_core::crypto::token::OpaqueToken::generate([1; 32]).hash(),
                organization: None,
            };
            let problem = bind(&params, &credential).err().unwrap();
            let detail = problem.detail.unwrap();
            let known = detail.split_once("known are: ").map_or("", |(_, words)| words);
            let known: BTreeSet<_> =
                known.trim_end_matches('.').split(", ").filter(|word| !word.is_empty()).collect();
            let told: BTreeSet<_> = operation.query.iter().map(|query| query.name).collect();
            assert_eq!(told, known, "{}: {detail}", route.id);
        }
    }

    #[test]
    fn every_example_is_a_body_that_the_route_reads() {
        for operation in OPERATIONS {
            if let Some((body, example)) = operation.body {
                assert_eq!((body.check)(example), Ok(()), "{}", operation.id);
            }
        }
    }

    #[test]
    fn a_name_means_the_same_in_requests_and_answers() {
        let mut schemas = Schemas::new();
        for (route, operation) in parts() {
            of_route(route, operation, &mut schemas);
        }
        let answers = schemas.answers.take_definitions(true);
        for (name, schema) in schemas.requests.take_definitions(true) {
            assert!(answers.get(&name).is_none_or(|other| *other == schema), "{name}");
        }
    }

    #[test]
    fn an_operation_is_public_for_a_reason_or_says_what_it_needs() {
        let document = document();
        for path in document["paths"].as_object().unwrap().values() {
            for operation in path.as_object().unwrap().values() {
                let public = operation["x-public"].is_string();
                let needs = operation["x-required-role"].is_string();
                assert!(public != needs, "{operation}");
                assert_eq!(public, operation["security"] == json!([]));
            }
        }
    }

    #[test]
    fn descriptions_are_for_readers_who_do_not_see_the_code() {
        let text = document().to_string();
        for rust in ["[`", "::", "`Self"] {
            assert!(!text.contains(rust), "{rust}");
        }
    }

    #[test]
    fn the_generated_files_are_those_that_are_checked_in() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (path, text) in crate::openapi::files() {
            let kept = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            assert!(kept == text, "{path} is out of date: run `cargo xtask openapi`");
        }
    }
}
