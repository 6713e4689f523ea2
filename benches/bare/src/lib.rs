//! The list of domains for nobody in particular: what `cargo xtask bench auth` compares the api with,
//! and never part of the product. Ports, parameters, statement, `ETag`, headers and answer are the
//! api's own; credential, rights and count are left out.

#[path = "../../../crates/api/src/params.rs"]
pub mod params;
#[path = "../../../crates/api/src/reply.rs"]
pub mod reply;

use std::sync::OnceLock;

use dcvaas_core::config::Need;
use dcvaas_core::model::id::{DomainId, RequestId};
use dcvaas_core::model::problem::Problem;
use dcvaas_core::ports::App;
use dcvaas_core::store::{Bound, Statement, Value, domains};
use worker::{Context, Env, event, web_sys};

use params::Params;
use reply::Reply;

/// As the api's.
const NEEDS: &[Need] = &[Need::Cloudflare, Need::Encryption, Need::App];

/// Answers one request, in the order in which the api does it.
#[event(fetch)]
async fn fetch(
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> worker::Result<web_sys::Response> {
    static ORGANIZATION: OnceLock<String> = OnceLock::new();
    let Ok(app) = dcvaas_platform::app(&env, move |task| context.wait_until(task), NEEDS) else {
        return Err("the configuration is not whole".into());
    };
    let organization = match ORGANIZATION.get() {
        Some(organization) => organization,
        None => ORGANIZATION.get_or_init(|| {
            env.var("BENCH_ORG_ID").map(|value| value.to_string()).unwrap_or_default()
        }),
    };
    let (method, url, headers) = (request.method(), request.url(), request.headers());
    let header = |name: &str| headers.get(name).ok().flatten();
    let request_id = RequestId::new(app.clock.now(), app.entropy.bytes());
    let origin = header("origin");
    let reply = answer(&app, &method, &url, &header, organization)
        .await
        .unwrap_or_else(|problem| Reply::problem(&problem, Some(request_id.as_str())));
    let mut reply = reply
        .with_header("ratelimit-policy", "\"default\";q=1000000000;w=60")
        .with_header("ratelimit", "\"default\";r=999999999;t=60")
        .with_header("x-request-id", request_id.as_str())
        .with_header("x-content-type-options", "nosniff")
        .with_header("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        .with_header("strict-transport-security", "max-age=63072000; includeSubDomains")
        .with_header("referrer-policy", "no-referrer");
    if origin.is_some() {
        reply = reply.with_header("vary", "Origin");
    }
    Ok(dcvaas_platform::respond(reply.status, &reply.headers, &reply.body))
}

async fn answer(
    app: &App,
    method: &str,
    url: &str,
    header: &dyn Fn(&str) -> Option<String>,
    organization: &str,
) -> Result<Reply, Problem> {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
    let target = url.get(path..).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let found = routes().at(path).map_err(|_| Problem::not_found())?;
    if *found.value != method {
        return Err(Problem::method_not_allowed(&[found.value]));
    }
    let params = Params::decode(&found.params, query, app.clock.now())?;
    let find = app.db.batch("bare.list", vec![list(&params, organization)?]);
    let rows = find.await.map_err(|_| Problem::not_found())?;
    let body = rows.into_iter().next().and_then(|rows| rows.body).ok_or_else(Problem::not_found)?;
    Ok(Reply::read(body, header("if-none-match").as_deref()))
}

fn routes() -> &'static matchit::Router<&'static str> {
    static ROUTES: OnceLock<matchit::Router<&str>> = OnceLock::new();
    ROUTES.get_or_init(|| {
        let mut routes = matchit::Router::new();
        let inserted = routes.insert("/api/domains", "GET");
        debug_assert!(inserted.is_ok(), "one route clashes with no other");
        routes
    })
}

/// The api's statement, in which the caller is given and not looked for.
fn list(params: &Params, organization: &str) -> Result<Bound, Problem> {
    static STATEMENT: OnceLock<Statement> = OnceLock::new();
    params.only(&["limit", "cursor"])?;
    let after = params.cursor(DomainId::parse)?;
    let statement = STATEMENT.get_or_init(|| {
        let body = domains::LIST.sql.split_once("SELECT caller.*, ").map_or("", |(_, body)| body);
        let sql = [
            "WITH caller AS (SELECT ?1 AS org_id, ?2 AS organization, NULL AS domain_tags) SELECT ",
            body,
        ];
        Statement { name: "bare.LIST", sql: sql.concat().leak(), scan: None, answers: true }
    });
    Ok(statement.bind([
        organization.into(),
        Value::Null,
        after.as_ref().into(),
        params.limit()?.into(),
    ]))
}
