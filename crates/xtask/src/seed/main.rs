//! Prints, as JSON, the statements that put a demo organization or a sign-in link into a local D1, and what they
//! make. The stack runs them; what a row looks like stays the product's own knowledge.

use std::process::ExitCode;
use std::time::SystemTime;

use dcvaas_core::crypto::token::{ApiToken, SignInToken};
use dcvaas_core::model::id::{OrgId, SignInId, TokenId, UserId};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::store::{Bound, Value, api_tokens, organizations, sign_in_links};
use dcvaas_core::time::{Span, Timestamp};
use serde_json::{Value as Json, json};

const OWNER: &str = "owner@example.test";
/// Of a sign-in link on the local stack: printed at the start, and used whenever the person gets to it.
const LINK_LIFE: Span = Span::days(1);

#[expect(clippy::disallowed_methods, reason = "a native tool reads the machine's clock")]
fn now() -> Option<Timestamp> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(i64::try_from(since.as_millis()).ok()?))
}

fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

fn parameter(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
    }
}

/// Statements, and what they make.
type Seed = (Vec<Bound>, Json);

fn text((statements, made): Seed) -> Json {
    let statements: Vec<Json> = statements
        .into_iter()
        .map(|bound| {
            let params: Vec<Json> = bound.values.into_iter().map(parameter).collect();
            json!({"sql": bound.statement.sql, "params": params})
        })
        .collect();
    json!({"statements": statements, "made": made})
}

/// An organization on the largest plan, its owner, and a token with every scope.
fn organization(now: Timestamp) -> Option<Seed> {
    let (org, user, token_id) =
        (OrgId::new(now, random()?), UserId::new(now, random()?), TokenId::new(now, random()?));
    let token = ApiToken::generate(random()?);
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let statements = vec![
        organizations::INSERT.bind([
            org.as_str().into(),
            "Demo".into(),
            Plan::Agency.as_str().into(),
            now.into(),
        ]),
        organizations::INSERT_USER.bind([user.as_str().into(), OWNER.into(), now.into()]),
        organizations::INSERT_MEMBER.bind([
            org.as_str().into(),
            user.as_str().into(),
            Role::Owner.as_str().into(),
            now.into(),
        ]),
        api_tokens::INSERT.bind([
            token_id.as_str().into(),
            org.as_str().into(),
            "Local stack".into(),
            token.hash().as_str().into(),
            token.prefix().into(),
            token.last_four().into(),
            Value::json(&scopes),
            user.as_str().into(),
            now.into(),
            Value::Null,
            1_i64.into(),
            Value::Null,
            user.as_str().into(),
            Value::Null,
        ]),
    ];
    let made = json!({
        "ownerEmail": OWNER, "orgId": org.as_str(), "userId": user.as_str(), "token": token.reveal()});
    Some((statements, made))
}

/// A link for an existing person.
fn sign_in(now: Timestamp, user: &str) -> Option<Seed> {
    let (id, token) = (SignInId::new(now, random()?), SignInToken::generate(random()?));
    let statement = sign_in_links::INSERT.bind([
        id.as_str().into(),
        user.into(),
        token.hash().as_str().into(),
        now.into(),
        now.plus(LINK_LIFE).into(),
    ]);
    Some((vec![statement], json!({"token": token.reveal()})))
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let seed = match (now(), words.as_slice()) {
        (Some(now), ["organization"]) => organization(now),
        (Some(now), ["sign-in", user]) => sign_in(now, user),
        _ => {
            eprintln!("usage: dcvaas-seed organization | sign-in <user id>");
            return ExitCode::FAILURE;
        }
    };
    let Some(seed) = seed else {
        eprintln!("error: the system gives no random bytes");
        return ExitCode::FAILURE;
    };
    println!("{}", text(seed));
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use dcvaas_core::ports::Db;
    use dcvaas_testkit::{World, run};

    use super::*;

    #[test]
    fn what_is_put_into_a_new_database_fits_its_schema() {
        run(async {
            let (world, now) = (World::new(), now().unwrap());
            let (statements, made) = organization(now).unwrap();
            world.db.batch("organization", statements).await.unwrap();
            let token =
                "SELECT COUNT(*) FROM api_tokens WHERE domain_tags IS NULL AND allowed_ips IS NULL";
            assert_eq!(world.count(token), 1);
            let (statements, _) = sign_in(now, made["userId"].as_str().unwrap()).unwrap();
            world.db.batch("sign_in", statements).await.unwrap();
            assert_eq!(world.count("SELECT COUNT(*) FROM sign_in_links"), 1);
        });
    }
}
