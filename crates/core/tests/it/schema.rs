//! The rules that the schema keeps (docs of each rule: the name of its test).

use std::rc::Rc;

use dcvaas_core::model::certificate::KeyType;
use dcvaas_core::model::delivery::{DeliveryState, DisabledReason, ErrorClass};
use dcvaas_core::model::domain_state::DomainStatus;
use dcvaas_core::model::event::EventType;
use dcvaas_core::model::mail::{MailFault, MailState};
use dcvaas_core::model::member::MemberStatus;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_testkit::{SqliteDb, migrations};

use crate::fill::{count, fill, rows_where, tables, tenant_tables};

/// Tenant data without a foreign key to its organization, and why.
const OUTLIVES_ITS_ORGANIZATION: &[(&str, &str)] =
    &[("hostname_removals", "what an organization had at Cloudflare must still be removed there")];

fn database() -> SqliteDb {
    SqliteDb::new(Rc::default(), 1)
}

fn text<'a>(row: &'a serde_json::Value, column: &str) -> &'a str {
    row[column].as_str().unwrap()
}

/// The words that a `CHECK (column IN (...))` allows, or the trigger `table_column` in its place.
fn checked_words(db: &SqliteDb, table: &str, column: &str) -> Option<Vec<String>> {
    let named = |kind: &str, name: &str| {
        rows_where(db, "sqlite_schema", &format!("type = '{kind}' AND name = '{name}'"))
    };
    let schema = [named("table", table), named("trigger", &format!("{table}_{column}"))].concat();
    let list = schema.iter().find_map(|row| {
        let [check, trigger] = [format!("CHECK ({column} IN ("), format!("NEW.{column} NOT IN (")];
        let sql = text(row, "sql");
        sql.split_once(&check).or_else(|| sql.split_once(&trigger))
    });
    let (_, list) = list?;
    let (list, _) = list.split_once(')')?;
    let mut words: Vec<String> =
        list.split(',').map(|word| word.trim().trim_matches('\'').to_owned()).collect();
    words.sort();
    Some(words)
}

#[test]
fn migrations_have_numbers_of_their_own() {
    let numbers: Vec<u32> = migrations()
        .iter()
        .map(|(name, _)| name.split_once('_').unwrap().0.parse().unwrap())
        .collect();
    assert_eq!(numbers.first(), Some(&1));
    // Each is applied once, by name: a number that is left out does no harm, one given twice would.
    assert!(numbers.is_sorted_by(|left, right| left < right), "{numbers:?}");
}

#[test]
fn every_table_is_strict() {
    let db = database();
    let listed = rows_where(
        &db,
        "pragma_table_list",
        "schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    assert!(listed.len() >= 10);
    for table in listed {
        assert_eq!(table["strict"], 1, "{} is not STRICT", table["name"]);
    }
}

#[test]
fn every_tenant_table_goes_with_its_organization() {
    let db = database();
    let tenant = tenant_tables(&db);
    assert!(tenant.len() >= 8, "{tenant:?}");
    for table in &tenant {
        let keys =
            rows_where(&db, &format!("pragma_foreign_key_list('{table}')"), "\"from\" = 'org_id'");
        assert_eq!(keys.len(), 1, "{table}.org_id has no foreign key");
        assert_eq!(
            (text(&keys[0], "table"), text(&keys[0], "on_delete")),
            ("organizations", "CASCADE"),
            "{table}"
        );
    }
    for (table, reason) in OUTLIVES_ITS_ORGANIZATION {
        assert!(
            tables(&db).iter().any(|name| name == table),
            "{table} is gone, and with it: {reason}"
        );
        assert!(
            !tenant.iter().any(|name| name == table),
            "{table} has an org_id although {reason}"
        );
    }
}

#[test]
fn every_foreign_key_is_the_prefix_of_an_index() {
    let db = database();
    for table in tables(&db) {
        for key in rows_where(&db, &format!("pragma_foreign_key_list('{table}')"), "1") {
            let column = text(&key, "from");
            let led = rows_where(&db, &format!("pragma_index_list('{table}')"), "partial = 0")
                .iter()
                .any(|index| {
                    let first = format!("pragma_index_info('{}')", text(index, "name"));
                    rows_where(&db, &first, "seqno = 0").iter().any(|first| first["name"] == column)
                });
            assert!(
                led,
                "no index begins with {table}.{column}: deleting its parent scans the table"
            );
        }
    }
}

#[test]
fn no_column_holds_floating_point_numbers() {
    let db = database();
    for table in tables(&db) {
        for column in rows_where(&db, &format!("pragma_table_info('{table}')"), "1") {
            let kind = text(&column, "type");
            assert!(["TEXT", "INTEGER"].contains(&kind), "{table}.{} is {kind}", column["name"]);
        }
    }
}

#[test]
fn every_check_lists_the_words_of_its_closed_set() {
    fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().map(|&value| word(value)).collect()
    }
    let sets = [
        ("organizations", "plan", words(Plan::ALL, Plan::as_str)),
        ("members", "role", words(Role::ALL, Role::as_str)),
        ("members", "status", words(MemberStatus::ALL, MemberStatus::as_str)),
        ("domains", "status", words(DomainStatus::ALL, DomainStatus::as_str)),
        ("certificates", "key_type", words(KeyType::ALL, KeyType::as_str)),
        ("events", "type", words(EventType::ALL, EventType::as_str)),
        ("deliveries", "state", words(DeliveryState::ALL, DeliveryState::as_str)),
        (
            "webhook_endpoints",
            "disabled_reason",
            words(DisabledReason::ALL, DisabledReason::as_str),
        ),
        ("delivery_attempts", "error_class", words(ErrorClass::ALL, ErrorClass::as_str)),
        ("mails", "state", words(MailState::ALL, MailState::as_str)),
        ("mails", "last_error", words(MailFault::ALL, MailFault::as_str)),
    ];
    let db = database();
    for (table, column, mut expected) in sets {
        expected.sort_unstable();
        let allowed = checked_words(&db, table, column);
        assert_eq!(
            allowed.unwrap_or_default(),
            expected,
            "CHECK of {table}.{column} against the closed set"
        );
    }
}

#[test]
fn migrations_apply_to_a_filled_database_from_every_earlier_number() {
    let all = migrations();
    for from in 0..=all.len() {
        let db = SqliteDb::without_schema(Rc::default(), 1);
        let (before, after) = all.split_at(from);
        for (name, sql) in before {
            db.apply(name, sql);
        }
        fill(&db, "a");
        let counted: Vec<(String, usize)> =
            tables(&db).into_iter().map(|table| (table.clone(), count(&db, &table))).collect();
        for (name, sql) in after {
            db.apply(name, sql);
        }
        for (table, rows) in counted {
            assert_eq!(
                count(&db, &table),
                rows,
                "rows of {table}, upgraded from {from} migrations"
            );
        }
        assert_eq!(
            rows_where(&db, "pragma_foreign_key_check", "1").len(),
            0,
            "from {from} migrations"
        );
    }
}

#[test]
fn deleting_an_organization_leaves_nothing_of_it_but_its_removals() {
    let db = database();
    fill(&db, "a");
    fill(&db, "b");
    db.execute("DELETE FROM organizations WHERE id = 'org_a'", &[]);
    for table in tenant_tables(&db) {
        assert_eq!(
            rows_where(&db, &table, "org_id = 'org_a'").len(),
            0,
            "rows of the organization in {table}"
        );
        assert_eq!(
            rows_where(&db, &table, "org_id = 'org_b'").len(),
            1,
            "rows of the other in {table}"
        );
    }
    let removals = rows_where(&db, "hostname_removals", "hostname = 'a.example.com'");
    assert_eq!(removals.len(), 1);
    assert_eq!((text(&removals[0], "id"), text(&removals[0], "cf_id")), ("rmv_a", "cf_a"));
    assert_eq!(rows_where(&db, "hostname_removals", "hostname = 'b.example.com'").len(), 0);
}
