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

fn answer(statements: Vec<Bound>, made: &Json) -> Json {
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
fn organization(now: Timestamp) -> Option<Json> {
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
        ]),
    ];
    let made = json!({
        "ownerEmail": OWNER, "orgId": org.as_str(), "userId": user.as_str(), "token": token.reveal()});
    Some(answer(statements, &made))
}

/// A link for an existing person.
fn sign_in(now: Timestamp, user: &str) -> Option<Json> {
    let (id, token) = (SignInId::new(now, random()?), SignInToken::generate(random()?));
    let statement = sign_in_links::INSERT.bind([
        id.as_str().into(),
        user.into(),
        token.hash().as_str().into(),
        now.into(),
        now.plus(LINK_LIFE).into(),
    ]);
    Some(answer(vec![statement], &json!({"token": token.reveal()})))
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let answer = match (now(), words.as_slice()) {
        (Some(now), ["organization"]) => organization(now),
        (Some(now), ["sign-in", user]) => sign_in(now, user),
        _ => {
            eprintln!("usage: dcvaas-seed organization | sign-in <user id>");
            return ExitCode::FAILURE;
        }
    };
    let Some(answer) = answer else {
        eprintln!("error: the system gives no random bytes");
        return ExitCode::FAILURE;
    };
    println!("{answer}");
    ExitCode::SUCCESS
}
