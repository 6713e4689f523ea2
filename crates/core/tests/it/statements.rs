//! Every statement of the product, on the real schema.

use std::collections::BTreeSet;
use std::rc::Rc;

use dcvaas_core::store::{Statement, all};
use dcvaas_testkit::SqliteDb;

use crate::fill::{tables, tenant_tables};

/// Statements on tenant tables that are not bound to one organization, and why that is right.
/// All of them are background work or begin with a secret; none takes an id from a request.
const ACROSS_TENANTS: &[(&str, &str)] = &[];

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

#[test]
fn no_statement_scans_a_table_without_a_reason() {
    let db = database();
    let tables = tables(&db);
    for statement in all() {
        // SCAN <table or its alias>; the plan names the alias, so it is looked up in the text.
        let scans: Vec<String> = db
            .plan(statement.sql)
            .into_iter()
            .filter(|line| line.starts_with("SCAN "))
            .filter(|line| {
                let scanned = line.split(' ').nth(1).unwrap_or_default();
                tables
                    .iter()
                    .any(|table| table == scanned || aliased(statement.sql, table, scanned))
            })
            .collect();
        match statement.scan {
            None => assert!(scans.is_empty(), "{}: {scans:?}", statement.name),
            Some(reason) => {
                assert!(!scans.is_empty(), "{} needs no exception: {reason}", statement.name)
            }
        }
    }
}

/// Whether `alias` stands for `table` in the statement: `table alias` or `table AS alias`.
fn aliased(sql: &str, table: &str, alias: &str) -> bool {
    let words = words(sql);
    words.windows(3).any(|three| {
        let [first, second, third] = three else { return false };
        first == table && (second == alias || (second.eq_ignore_ascii_case("as") && third == alias))
    }) || words.ends_with(&[table.to_owned(), alias.to_owned()])
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
