//! Every statement of the product, on the real schema.

use std::collections::BTreeSet;
use std::rc::Rc;

use dcvaas_core::store::{Statement, all};
use dcvaas_testkit::SqliteDb;

use crate::fill::tenant_tables;

/// Statements on tenant tables that are not bound to one organization, and why that is right.
/// All of them are background work or begin with a secret; none takes an id from a request.
const ACROSS_TENANTS: &[(&str, &str)] = &[
    ("api_tokens.NOTE_REMINDED", "the scheduler looks at all organizations"),
    ("api_tokens.TOUCH", "the id comes from the credential that was just verified"),
    ("deliveries.CLAIM", "ids of our own queue messages"),
    ("deliveries.CLEAR", "the scheduler clears the log of all organizations"),
    ("deliveries.CLEAR_ATTEMPTS", "the scheduler clears the log of all organizations"),
    ("deliveries.CLEAR_PREVIOUS_SECRETS", "the scheduler looks at all organizations"),
    ("deliveries.CLAIM_WAITING", "endpoints of deliveries that the same batch settled"),
    ("deliveries.DISABLE_ENDPOINT", "the id comes from the delivery's own row"),
    ("deliveries.GIVE_BACK", "guarded by the claim, which is random and ours"),
    ("deliveries.HOLD_BACK", "ids of our own queue messages"),
    ("deliveries.NOTE_HEALTH", "the ids come from the deliveries' own rows"),
    ("deliveries.SETTLE", "guarded by the claim, which is random and ours"),
    ("deliveries.TELL_FAILING", "the id comes from a row that background work read"),
    ("deliveries.USED", "guarded by the claim, which is random and ours"),
    ("deliveries.USED_WAITING", "guarded by the claim, which is random and ours"),
    ("deliveries.WAKE_DUE", "the scheduler looks at all organizations"),
    ("deliveries.WAKE_WAITING", "endpoints of deliveries that the same batch settled"),
    ("domains.COUNT_DUE", "the scheduler looks at all organizations"),
    ("domains.NOTE_SET_ASIDE", "ids of our own queue messages"),
    ("domains.POSTPONE", "the id comes from a row that background work read"),
    ("domains.RESCHEDULE", "ids of rows that background work read"),
    (
        "domains.SETTLE",
        "id and version come from a row that was read inside its tenant or by background work",
    ),
    ("domains.WAKE_DUE", "the scheduler looks at all organizations"),
    ("domains.WAKE_PASSED_OVER", "a sweep looks at all organizations"),
    ("events.DELIVERIES", "ids of events that the same batch wrote"),
    (
        "identities.LOOK",
        "asks only whether a person belongs anywhere; the provider's signature is the credential",
    ),
    ("mails.CLAIM", "ids of our own queue messages"),
    ("mails.CLEAR", "the scheduler clears the log of all organizations"),
    ("mails.NOTE_SET_ASIDE", "ids of our own queue messages"),
    ("mails.SETTLE", "guarded by the claim, which is random and ours"),
    ("mails.WAKE_DUE", "the scheduler looks at all organizations"),
    (
        "hostname_removals.FIND",
        "counts who holds a hostname, unique across organizations; gives no tenant's data",
    ),
    (
        "revoked_tokens.CLEAR",
        "the scheduler clears what is left of the tokens of all organizations",
    ),
    ("token_addresses.CLEAR", "the scheduler clears the addresses of all organizations"),
    ("token_addresses.TRIM", "the ids come from what the meter counted"),
    ("token_usage.CLEAR", "the scheduler clears the usage of all organizations"),
    ("idempotency_keys.CLEAR", "the scheduler clears the keys of all organizations"),
    ("leaks.KNOWN", "begins with the hashes of tokens; gives no tenant's data"),
    ("leaks.REVOKE", "begins with the hashes of tokens, which somebody has published"),
    ("hostname_quotas.MAILS", "mails to the operator, of no organization"),
    ("hostname_removals.INSERT_BESIDE", "hangs on an event that the same batch wrote"),
    (
        "hostname_removals.INSERT_IF_GONE",
        "asks only whether a domain exists; gives no tenant's data",
    ),
    (
        "hostname_removals.OF_DOMAIN",
        "removals outlive organizations; the domain was read by background work",
    ),
    ("organizations.CREATE", "counts what the caller owns"),
    (
        "organizations.FIRST",
        "asks only whether a person belongs anywhere; the person has just signed in",
    ),
    (
        "sign_in_links.LOOK",
        "asks only whether a person belongs anywhere; the link is the credential",
    ),
    (
        "sign_in_links.LOOK_CODE",
        "asks only whether a person belongs anywhere; the code is the credential",
    ),
];

fn database() -> SqliteDb {
    SqliteDb::new(Rc::default(), 1)
}

/// The words of a statement: identifiers, key words and numbers, without literals in quotes.
fn words(sql: &str) -> Vec<String> {
    let outside: String = sql.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    outside.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The highest `?n`, after a check that none below it is left out.
fn parameters(statement: &Statement) -> usize {
    let pieces = statement.sql.split('?').skip(1);
    let digits = |piece: &str| piece.chars().take_while(char::is_ascii_digit).collect::<String>();
    let used: BTreeSet<usize> = pieces
        .map(|piece| {
            digits(piece)
                .parse()
                .unwrap_or_else(|_| panic!("{}: a `?` without a number", statement.name))
        })
        .collect();
    let highest = used.last().copied().unwrap_or(0);
    assert!(
        used.iter().copied().eq(1..=highest),
        "{}: parameters {used:?} have a gap",
        statement.name
    );
    highest
}

#[test]
fn every_statement_compiles_with_the_parameters_it_names() {
    let db = database();
    assert!(all().len() > 30);
    for statement in all() {
        let (_, count) =
            db.prepare(statement.sql).unwrap_or_else(|error| panic!("{}: {error}", statement.name));
        assert_eq!(count, parameters(statement), "{}", statement.name);
    }
}

#[test]
fn every_name_is_used_once() {
    let names: BTreeSet<&str> = all().iter().map(|statement| statement.name).collect();
    assert_eq!(names.len(), all().len());
}

#[test]
fn statements_that_answer_and_only_they_have_a_column_body() {
    let db = database();
    for statement in all() {
        let (columns, _) = db.prepare(statement.sql).unwrap();
        let has_body = columns.iter().any(|column| column == "body");
        assert_eq!(has_body, statement.answers, "{}", statement.name);
    }
}

/// The tables that a plan scans from end to end, under the names the statement gives them.
/// Reading `json_each`, or a subquery that the plan itself announces, scans no table.
fn scanned(plan: &[String]) -> BTreeSet<&str> {
    let announced = |name: &str| {
        let lines = [format!("CO-ROUTINE {name}"), format!("MATERIALIZE {name}")];
        plan.iter().filter(|line| lines.contains(line)).count()
    };
    let scans: Vec<&str> = plan
        .iter()
        .filter(|line| !line.contains("VIRTUAL TABLE") && *line != "SCAN CONSTANT ROW")
        .filter_map(|line| line.strip_prefix("SCAN ")?.split(' ').next())
        .collect();
    let times = |name: &str| scans.iter().filter(|scan| **scan == name).count();
    scans
        .iter()
        .copied()
        .filter(|name| !name.starts_with('(') && times(name) > announced(name))
        .collect()
}

#[test]
fn no_statement_scans_a_table_without_a_reason() {
    let db = database();
    for statement in all() {
        let plan = db.plan(statement.sql);
        let scanned = scanned(&plan);
        match statement.scan {
            None => assert!(scanned.is_empty(), "{} scans {scanned:?}: {plan:#?}", statement.name),
            Some(reason) => {
                assert!(!scanned.is_empty(), "{} needs no exception: {reason}", statement.name);
            }
        }
    }
}

#[test]
fn a_scan_is_found_under_an_alias_and_through_a_view() {
    let db = database();
    let plan = db.plan("SELECT d.id FROM domains d WHERE d.cf_status = 'x'");
    assert_eq!(scanned(&plan).into_iter().collect::<Vec<_>>(), ["d"]);
    assert!(!scanned(&db.plan("SELECT * FROM callers WHERE credential_id || '' = 'x'")).is_empty());
    assert!(scanned(&db.plan("SELECT value FROM json_each(?1)")).is_empty());
    assert!(scanned(&db.plan("SELECT * FROM callers WHERE credential_hash = ?1")).is_empty());
}

#[test]
fn every_statement_on_tenant_data_is_bound_to_the_organization() {
    let tenant = tenant_tables(&database());
    let mut across: BTreeSet<&str> = BTreeSet::new();
    for statement in all() {
        let words = words(statement.sql);
        let touches = words.iter().any(|word| tenant.contains(word));
        if touches && !words.iter().any(|word| word == "org_id") {
            across.insert(statement.name);
        }
    }
    let explained: BTreeSet<&str> = ACROSS_TENANTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(across, explained, "statements without org_id, against the list with reasons");
}
