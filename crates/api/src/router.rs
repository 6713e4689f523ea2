//! The table of routes: each line says path, method, what it needs of its caller, and what it does.

use std::sync::OnceLock;

use dcvaas_core::flow::FlowError;
use dcvaas_core::model::caller::Access;
use dcvaas_core::model::plan::Feature;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::store::Bound;
use dcvaas_core::store::callers::Credential;
use futures_util::future::LocalBoxFuture;

use crate::edge::{Call, OpenCall};
use crate::params::Params;
use crate::reply::Reply;
use crate::routes::{
    audit, deliveries, domains, events, health, leaks, members, operator, organization, providers,
    rotation, session, tokens, webhooks,
};

/// Makes the one statement that reads for the caller.
pub type Bind = fn(&Params, &Credential) -> Result<Bound, Problem>;
/// A handler that changes something.
pub type Run = for<'a> fn(Call<'a>) -> LocalBoxFuture<'a, Result<Reply, FlowError>>;
/// A handler that needs no caller.
pub type RunOpen = for<'a> fn(OpenCall<'a>) -> LocalBoxFuture<'a, Result<Reply, FlowError>>;

/// What a route does.
#[derive(Clone, Copy)]
pub enum Action {
    /// Answers with one statement, which finds the caller too: one round trip.
    Read(Bind),
    /// Finds the caller, and what `load` finds for them, in one round trip; then runs.
    Write {
        /// A row that the handler needs, by the path.
        load: Option<Bind>,
        /// The handler.
        run: Run,
    },
    /// Runs without a caller.
    Open(RunOpen),
}

/// What a route needs of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing, for the reason given.
    Nobody(&'static str),
    /// A credential with this access.
    Caller(Access),
}

/// One route.
#[derive(Clone, Copy)]
pub struct Route {
    /// Names the operation, in logs and documents.
    pub id: &'static str,
    /// The method.
    pub method: &'static str,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// What it does.
    pub action: Action,
}

const fn needs(scope: Scope, role: Role) -> Needs {
    Needs::Caller(Access { scope: Some(scope), own: false, role, feature: None })
}

const fn with(scope: Scope, role: Role, feature: Feature) -> Needs {
    Needs::Caller(Access { scope: Some(scope), own: false, role, feature: Some(feature) })
}

const fn person(role: Role) -> Needs {
    Needs::Caller(Access { scope: None, own: false, role, feature: None })
}

/// What concerns just the token that asks.
const fn own(role: Role) -> Needs {
    Needs::Caller(Access { scope: None, own: true, role, feature: None })
}

const fn person_with(role: Role, feature: Feature) -> Needs {
    Needs::Caller(Access { scope: None, role, feature: Some(feature), own: false })
}

const fn route(
    method: &'static str,
    path: &'static str,
    id: &'static str,
    needs: Needs,
    action: Action,
) -> Route {
    Route { id, method, path, needs, action }
}

/// A handler as the table holds it.
macro_rules! run {
    ($handler:path) => {
        |call| Box::pin($handler(call))
    };
}
/// A write without a row to load.
macro_rules! write {
    ($handler:path) => {
        Action::Write { load: None, run: run!($handler) }
    };
    ($load:path => $handler:path) => {
        Action::Write { load: Some($load), run: run!($handler) }
    };
}

/// Every route of the API.
pub static ROUTES: &[Route] = &[
    route(
        "GET",
        "/health",
        "health",
        Needs::Nobody("monitors have no credential"),
        Action::Open(run!(health::get)),
    ),
    route(
        "POST",
        "/api/sign-in",
        "sign_in.ask",
        Needs::Nobody("who signs in has no credential yet"),
        Action::Open(run!(session::ask)),
    ),
    route(
        "GET",
        "/api/sign-in/providers",
        "providers.list",
        Needs::Nobody("the sign-in page shows them"),
        Action::Open(run!(providers::list)),
    ),
    route(
        "POST",
        "/api/sign-in/providers/{id}",
        "providers.begin",
        Needs::Nobody("who signs in has no credential yet"),
        Action::Open(run!(providers::begin)),
    ),
    route(
        "GET",
        "/api/sign-in/providers/{id}/callback",
        "providers.finish",
        Needs::Nobody("the provider's answer and the browser's cookie are the credential"),
        Action::Open(run!(providers::finish)),
    ),
    route("GET", "/api/session", "session.get", person(Role::Member), Action::Read(session::get)),
    route(
        "POST",
        "/api/session",
        "session.start",
        Needs::Nobody("the link or the code is the credential"),
        Action::Open(run!(session::start)),
    ),
    route("DELETE", "/api/session", "session.end", person(Role::Member), write!(session::end)),
    route(
        "GET",
        "/api/sessions",
        "sessions.list",
        person(Role::Member),
        Action::Read(session::list),
    ),
    route(
        "DELETE",
        "/api/sessions",
        "sessions.revoke_others",
        person(Role::Member),
        write!(session::revoke_others),
    ),
    route(
        "DELETE",
        "/api/sessions/{id}",
        "sessions.revoke",
        person(Role::Member),
        write!(session::revoke),
    ),
    route(
        "GET",
        "/api/organizations",
        "organization.get",
        needs(Scope::DomainsRead, Role::Member),
        Action::Read(organization::get),
    ),
    route(
        "POST",
        "/api/organizations",
        "organization.create",
        person(Role::Member),
        write!(organization::create),
    ),
    route(
        "PATCH",
        "/api/organizations",
        "organization.update",
        person(Role::Owner),
        write!(organization::load => organization::update),
    ),
    route(
        "DELETE",
        "/api/organizations",
        "organization.delete",
        person(Role::Owner),
        write!(organization::load => organization::delete),
    ),
    // Seeing and removing members needs no plan, so that an organization can shrink to a smaller one.
    route(
        "GET",
        "/api/orgs/{orgId}/members",
        "members.list",
        person(Role::Member),
        Action::Read(members::list),
    ),
    route(
        "POST",
        "/api/orgs/{orgId}/members/invite",
        "members.invite",
        person_with(Role::Admin, Feature::Team),
        write!(members::load_inviter => members::invite),
    ),
    // The plan of the organization that invites counts, not that of the caller's own.
    route(
        "POST",
        "/api/orgs/{orgId}/members/accept",
        "members.accept",
        person(Role::Member),
        write!(members::load_own => members::accept),
    ),
    route(
        "PATCH",
        "/api/orgs/{orgId}/members/{userId}",
        "members.update",
        person_with(Role::Admin, Feature::Team),
        write!(members::load => members::update),
    ),
    route(
        "DELETE",
        "/api/orgs/{orgId}/members/{userId}",
        "members.remove",
        person(Role::Member),
        write!(members::load => members::remove),
    ),
    // Who operates the deployment is configuration, so the handlers look: to others it is a 404.
    route(
        "GET",
        "/api/operator/organizations",
        "operator.list",
        person(Role::Member),
        write!(operator::load => operator::list),
    ),
    route(
        "PATCH",
        "/api/operator/organizations/{id}",
        "operator.update",
        person(Role::Member),
        write!(operator::load => operator::update),
    ),
    route(
        "GET",
        "/api/domains",
        "domains.list",
        needs(Scope::DomainsRead, Role::Member),
        Action::Read(domains::list),
    ),
    route(
        "POST",
        "/api/domains",
        "domains.add",
        needs(Scope::DomainsWrite, Role::Member),
        write!(domains::add),
    ),
    route(
        "GET",
        "/api/domains/{id}",
        "domains.get",
        needs(Scope::DomainsRead, Role::Member),
        Action::Read(domains::get),
    ),
    route(
        "PATCH",
        "/api/domains/{id}",
        "domains.update",
        needs(Scope::DomainsWrite, Role::Member),
        write!(domains::load => domains::update),
    ),
    route(
        "DELETE",
        "/api/domains/{id}",
        "domains.remove",
        needs(Scope::DomainsWrite, Role::Member),
        write!(domains::load => domains::remove),
    ),
    route(
        "POST",
        "/api/domains/{id}/sync",
        "domains.sync",
        needs(Scope::DomainsWrite, Role::Member),
        write!(domains::sync),
    ),
    route(
        "GET",
        "/api/tokens",
        "tokens.list",
        with(Scope::TokensRead, Role::Admin, Feature::ApiTokens),
        Action::Read(tokens::list),
    ),
    route(
        "POST",
        "/api/tokens",
        "tokens.create",
        with(Scope::TokensWrite, Role::Admin, Feature::ApiTokens),
        write!(tokens::create),
    ),
    route("GET", "/api/tokens/self", "tokens.self", own(Role::Member), Action::Read(tokens::own)),
    // Ending what is in force needs no plan.
    route(
        "POST",
        "/api/tokens/revoke-all",
        "tokens.revoke_all",
        person(Role::Admin),
        write!(tokens::revoke_all),
    ),
    route(
        "POST",
        "/api/tokens/{id}/rotate",
        "tokens.rotate",
        with(Scope::TokensWrite, Role::Admin, Feature::ApiTokens),
        write!(tokens::load => tokens::rotate),
    ),
    route(
        "GET",
        "/api/tokens/{id}/usage",
        "tokens.usage",
        with(Scope::TokensRead, Role::Admin, Feature::ApiTokens),
        Action::Read(tokens::usage),
    ),
    route(
        "DELETE",
        "/api/tokens/{id}",
        "tokens.revoke",
        with(Scope::TokensWrite, Role::Admin, Feature::ApiTokens),
        write!(tokens::load => tokens::revoke),
    ),
    route(
        "POST",
        "/api/leaks/github",
        "leaks.github",
        Needs::Nobody("GitHub signs what it sends"),
        Action::Open(run!(leaks::github)),
    ),
    route(
        "GET",
        "/api/audit-logs",
        "audit.list",
        with(Scope::AuditRead, Role::Admin, Feature::Audit),
        Action::Read(audit::list),
    ),
    route(
        "GET",
        "/api/audit-logs/export",
        "audit.export",
        with(Scope::AuditRead, Role::Admin, Feature::Audit),
        Action::Read(audit::export),
    ),
    route(
        "GET",
        "/api/webhooks",
        "webhooks.list",
        with(Scope::WebhooksRead, Role::Member, Feature::Webhooks),
        Action::Read(webhooks::list),
    ),
    route(
        "POST",
        "/api/webhooks",
        "webhooks.create",
        with(Scope::WebhooksWrite, Role::Admin, Feature::Webhooks),
        write!(webhooks::create),
    ),
    route(
        "GET",
        "/api/webhooks/{id}",
        "webhooks.get",
        with(Scope::WebhooksRead, Role::Member, Feature::Webhooks),
        Action::Read(webhooks::get),
    ),
    route(
        "PATCH",
        "/api/webhooks/{id}",
        "webhooks.update",
        with(Scope::WebhooksWrite, Role::Admin, Feature::Webhooks),
        write!(webhooks::load => webhooks::update),
    ),
    route(
        "DELETE",
        "/api/webhooks/{id}",
        "webhooks.delete",
        with(Scope::WebhooksWrite, Role::Admin, Feature::Webhooks),
        write!(webhooks::load => webhooks::delete),
    ),
    route(
        "GET",
        "/api/webhooks/{id}/deliveries",
        "deliveries.list",
        with(Scope::WebhooksRead, Role::Member, Feature::Webhooks),
        Action::Read(deliveries::list),
    ),
    route(
        "POST",
        "/api/webhooks/{id}/replay",
        "webhooks.replay",
        with(Scope::WebhooksWrite, Role::Admin, Feature::Webhooks),
        write!(webhooks::load => deliveries::replay),
    ),
    route(
        "POST",
        "/api/webhooks/{id}/test",
        "webhooks.test",
        with(Scope::WebhooksWrite, Role::Admin, Feature::Webhooks),
        write!(webhooks::load => deliveries::test),
    ),
    route(
        "POST",
        "/api/webhooks/{id}/rotate",
        "webhooks.rotate",
        with(Scope::WebhooksWrite, Role::Admin, Feature::Webhooks),
        write!(webhooks::load => rotation::rotate),
    ),
    route(
        "DELETE",
        "/api/webhooks/{id}/previous-secret",
        "webhooks.end_rotation",
        with(Scope::WebhooksWrite, Role::Admin, Feature::Webhooks),
        write!(webhooks::load => rotation::end),
    ),
    route(
        "GET",
        "/api/deliveries/{id}",
        "deliveries.get",
        with(Scope::WebhooksRead, Role::Member, Feature::Webhooks),
        Action::Read(deliveries::get),
    ),
    route(
        "POST",
        "/api/deliveries/{id}/resend",
        "deliveries.resend",
        with(Scope::WebhooksWrite, Role::Admin, Feature::Webhooks),
        write!(deliveries::load => deliveries::resend),
    ),
    route(
        "GET",
        "/api/events",
        "events.feed",
        with(Scope::EventsRead, Role::Member, Feature::Webhooks),
        Action::Read(events::feed),
    ),
    // Where a reader stands is the reader's own, and changes nothing for anybody else: who may read the feed may say it.
    route(
        "GET",
        "/api/events/consumers",
        "feed_consumers.list",
        with(Scope::EventsRead, Role::Member, Feature::Webhooks),
        Action::Read(events::consumers),
    ),
    route(
        "POST",
        "/api/events/consumers",
        "feed_consumers.commit",
        with(Scope::EventsRead, Role::Member, Feature::Webhooks),
        write!(events::commit),
    ),
    route(
        "DELETE",
        "/api/events/consumers/{name}",
        "feed_consumers.delete",
        with(Scope::EventsRead, Role::Member, Feature::Webhooks),
        write!(events::forget),
    ),
];

/// A route with the raw parameters of its path.
pub struct Matched<'u> {
    /// The route.
    pub route: &'static Route,
    /// Its parameters, undecoded.
    pub params: matchit::Params<'static, 'u>,
}

type ByPath = matchit::Router<Vec<&'static Route>>;

/// Finds the route; a path without that method is `405`, with the methods it has.
pub fn find<'u>(method: &str, path: &'u str) -> Result<Matched<'u>, Problem> {
    static BY_PATH: OnceLock<ByPath> = OnceLock::new();
    let found = BY_PATH.get_or_init(by_path).at(path).map_err(|_| Problem::not_found())?;
    if let Some(route) = found.value.iter().find(|route| route.method == method) {
        return Ok(Matched { route, params: found.params });
    }
    let methods: Vec<&str> = found.value.iter().map(|route| route.method).collect();
    Err(Problem::method_not_allowed(&methods))
}

fn by_path() -> ByPath {
    let mut paths: Vec<(&'static str, Vec<&'static Route>)> = Vec::new();
    for route in ROUTES {
        match paths.iter_mut().find(|(path, _)| *path == route.path) {
            Some((_, routes)) => routes.push(route),
            None => paths.push((route.path, vec![route])),
        }
    }
    let mut router = ByPath::new();
    for (path, routes) in paths {
        // The table is constant: a clash would fail every test that finds a route.
        let inserted = router.insert(path, routes);
        debug_assert!(inserted.is_ok(), "{path} clashes");
    }
    router
}

#[cfg(test)]
mod tests {
    use dcvaas_core::model::problem::ProblemCode;

    use super::*;

    #[test]
    fn every_route_is_found_by_its_own_path_and_method() {
        for route in ROUTES {
            let path = route.path.replace("{id}", "dom_1");
            let found = find(route.method, &path).ok().map(|found| found.route.id);
            assert_eq!(found, Some(route.id));
        }
    }

    #[test]
    fn route_names_are_unique_and_open_routes_say_why() {
        let mut ids: Vec<_> = ROUTES.iter().map(|route| route.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ROUTES.len());
        for route in ROUTES {
            match (route.needs, route.action) {
                (Needs::Nobody(reason), Action::Open(_)) => assert!(!reason.is_empty()),
                (Needs::Caller(_), Action::Read(_) | Action::Write { .. }) => {}
                _ => panic!("{} needs and does what does not fit", route.id),
            }
        }
    }

    #[test]
    fn an_unknown_path_is_404_and_an_unknown_method_405() {
        assert_eq!(
            find("GET", "/api/nothing").err().map(|problem| problem.code),
            Some(ProblemCode::NotFound)
        );
        assert_eq!(
            find("PUT", "/api/domains").err().map(|problem| problem.code),
            Some(ProblemCode::MethodNotAllowed)
        );
    }
}
