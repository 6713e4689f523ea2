//! D1 in memory: `SQLite` with the real migrations and the limits of D1.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use async_trait::async_trait;
use dcvaas_core::model::event::EventType;
use dcvaas_core::ports::{Db, DbError, Entropy};
use dcvaas_core::store::{Bound, Rows, Statement, Value};
use rusqlite::functions::FunctionFlags;
use rusqlite::limits::Limit;
use rusqlite::types::{Value as Parameter, ValueRef};
use rusqlite::{Connection, ErrorCode, ffi, params_from_iter};
use serde_json::{Map, Number, Value as Json};

use crate::described::{assert_described, assert_fits};
use crate::entropy::SeededEntropy;
use crate::executor::turn;
use crate::faults::{Faults, When};

/// Limits of D1 (<https://developers.cloudflare.com/d1/platform/limits/>).
const PARAMETERS: usize = 100;
const SQL_BYTES: usize = 100_000;
const TEXT_BYTES: usize = 2_000_000;
const STATEMENTS: usize = 1_000;
const SQLITE_LIMITS: [(Limit, i32); 7] = [
    (Limit::SQLITE_LIMIT_LENGTH, 2_000_000),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (Limit::SQLITE_LIMIT_COLUMN, 100),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 32),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100),
];

/// Beyond this JavaScript, and so D1, rounds integers.
const LARGEST_INTEGER: i64 = (1 << 53) - 1;

/// The migrations, in order: file name and text. Read from the folder, so none can be forgotten.
pub fn migrations() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let entries = std::fs::read_dir(&folder).expect("the repository has a folder migrations");
    let mut files: Vec<(String, String)> = entries
        .map(|entry| entry.expect("the folder migrations can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a migration is readable text"))
        })
        .collect();
    files.sort();
    files
}

/// The database of a test.
pub struct SqliteDb {
    connection: Connection,
    faults: Rc<Faults>,
    batches: RefCell<Vec<&'static str>>,
    statements: Cell<usize>,
}

impl SqliteDb {
    /// A database with all migrations and no rows. It breaks by `faults`, under the labels
    /// `db:<batch name>`; chance inside SQL comes from `seed`.
    pub fn new(faults: Rc<Faults>, seed: u64) -> Self {
        let db = Self::without_schema(faults, seed);
        for (name, sql) in migrations() {
            db.apply(&name, &sql);
        }
        db
    }

    /// A database without any table.
    pub fn without_schema(faults: Rc<Faults>, seed: u64) -> Self {
        let connection = Connection::open_in_memory().expect("SQLite opens in memory");
        connection.execute_batch("PRAGMA foreign_keys = ON").expect("SQLite knows foreign keys");
        for (limit, most) in SQLITE_LIMITS {
            connection.set_limit(limit, most).expect("the limit is in range");
        }
        seed_chance(&connection, seed).expect("SQLite takes functions of the application");
        Self { connection, faults, batches: RefCell::default(), statements: Cell::new(0) }
    }

    /// Applies one migration, in one transaction.
    pub fn apply(&self, name: &str, sql: &str) {
        let applied = self.connection.unchecked_transaction().and_then(|transaction| {
            transaction.execute_batch(sql)?;
            transaction.commit()
        });
        applied.unwrap_or_else(|error| panic!("migration {name}: {error}"));
    }

    /// The names of all batches so far, in order.
    pub fn batches(&self) -> Vec<&'static str> {
        self.batches.borrow().clone()
    }

    /// How many statements ran in batches so far.
    pub fn statements(&self) -> usize {
        self.statements.get()
    }

    /// Forgets what [`batches`](Self::batches) and [`statements`](Self::statements) count.
    pub fn forget(&self) {
        self.batches.borrow_mut().clear();
        self.statements.set(0);
    }

    /// Reads rows for an assertion, beside the port: an array of objects.
    pub fn query(&self, sql: &str, values: &[Value]) -> Json {
        let read = self.rows(sql, values).unwrap_or_else(|error| panic!("{error} in: {sql}"));
        Json::Array(read.into_iter().map(Json::Object).collect())
    }

    /// Writes beside the port, for what a test sets up. Gives the number of rows changed.
    pub fn execute(&self, sql: &str, values: &[Value]) -> u64 {
        let before = self.connection.total_changes();
        self.query(sql, values);
        self.connection.total_changes() - before
    }

    /// The names of a statement's columns and the number of its parameters, or why it does not compile.
    pub fn prepare(&self, sql: &str) -> Result<(Vec<String>, usize), String> {
        let prepared = self.connection.prepare(sql).map_err(|error| error.to_string())?;
        let columns = prepared.column_names().map(str::to_owned).collect();
        Ok((columns, prepared.parameter_count()))
    }

    /// The lines of `EXPLAIN QUERY PLAN`, without running the statement.
    pub fn plan(&self, sql: &str) -> Vec<String> {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let mut prepared = self.connection.prepare(&explain).expect("the statement compiles");
        let unbound = vec![Parameter::Null; prepared.parameter_count()];
        let lines = prepared.query_map(params_from_iter(unbound), |row| row.get("detail"));
        lines.and_then(Iterator::collect).expect("a plan is text")
    }

    fn transact(&self, name: &str, statements: &[Bound]) -> Result<Vec<Rows>, DbError> {
        let transaction =
            self.connection.unchecked_transaction().map_err(|error| read_error(&error))?;
        let mut answers = Vec::with_capacity(statements.len());
        let newest = self.newest_event();
        for bound in statements {
            assert_limits(name, bound);
            assert_described(bound);
            // As D1 counts: rows that a cascade or a trigger changed are counted too.
            let before = self.connection.total_changes();
            let rows = self
                .rows(bound.statement.sql, &bound.values)
                .map_err(|error| read_error(&error))?;
            answers.push(answer(bound.statement, rows, self.connection.total_changes() - before));
        }
        self.assert_events_after(newest);
        transaction.commit().map_err(|error| read_error(&error))?;
        Ok(answers)
    }

    fn newest_event(&self) -> i64 {
        let newest = self.query("SELECT coalesce(MAX(rowid), 0) AS it FROM events", &[]);
        newest.pointer("/0/it").and_then(Json::as_i64).unwrap_or_default()
    }

    /// Fails the test if a batch wrote an event whose body is not exactly what the catalogue describes.
    fn assert_events_after(&self, newest: i64) {
        let sql = "SELECT type, payload FROM events WHERE rowid > ?1";
        for row in self.query(sql, &[newest.into()]).as_array().into_iter().flatten() {
            let event =
                row["type"].as_str().and_then(EventType::parse).expect("an event has a type");
            assert_fits(event, row["payload"].as_str().expect("an event has a body"));
        }
    }

    fn rows(&self, sql: &str, values: &[Value]) -> rusqlite::Result<Vec<Map<String, Json>>> {
        let mut prepared = self.connection.prepare_cached(sql)?;
        let columns: Vec<String> = prepared.column_names().map(str::to_owned).collect();
        let bound = values.iter().map(|value| match value {
            Value::Null => Parameter::Null,
            // A number reaches D1 as one of JavaScript's, so that it divides with a remainder.
            #[expect(clippy::cast_precision_loss, reason = "what JavaScript rounds is refused")]
            Value::Integer(number) => Parameter::Real(*number as f64),
            Value::Text(text) => Parameter::Text(text.clone()),
        });
        let mut cursor = prepared.query(params_from_iter(bound))?;
        let mut rows = Vec::new();
        while let Some(row) = cursor.next()? {
            let mut object = Map::new();
            for (index, column) in columns.iter().enumerate() {
                let twice = object.insert(column.clone(), json(column, row.get_ref(index)?));
                assert!(twice.is_none(), "two columns {column}: D1 would drop one, in: {sql}");
            }
            rows.push(object);
        }
        Ok(rows)
    }
}

#[async_trait(?Send)]
impl Db for SqliteDb {
    async fn batch(
        &self,
        name: &'static str,
        statements: Vec<Bound>,
    ) -> Result<Vec<Rows>, DbError> {
        turn().await;
        self.batches.borrow_mut().push(name);
        assert!(!statements.is_empty(), "batch {name} is empty, which D1 refuses");
        assert!(
            statements.len() <= STATEMENTS,
            "batch {name} has more than {STATEMENTS} statements"
        );
        self.statements.set(self.statements.get() + statements.len());
        match self.faults.on(&format!("db:{name}")) {
            None => self.transact(name, &statements),
            Some(When::Refused) => Err(DbError::Busy),
            Some(When::Before) => Err(DbError::Lost),
            // A refusal is an answer, and it is lost like any other.
            Some(When::After) => {
                self.transact(name, &statements).and(Err(DbError::Lost)).or(Err(DbError::Lost))
            }
        }
    }
}

/// Replaces `random()` and `randomblob(n)` by ones that repeat themselves.
fn seed_chance(connection: &Connection, seed: u64) -> rusqlite::Result<()> {
    let (integers, blobs) = (SeededEntropy::new(seed), SeededEntropy::new(!seed));
    connection.create_scalar_function("random", 0, FunctionFlags::SQLITE_UTF8, move |_| {
        Ok(integers.next_u64().cast_signed())
    })?;
    connection.create_scalar_function("randomblob", 1, FunctionFlags::SQLITE_UTF8, move |context| {
        let mut blob = vec![0; usize::from(context.get::<u16>(0)?)];
        blobs.fill(&mut blob);
        Ok(blob)
    })
}

fn assert_limits(batch: &str, bound: &Bound) {
    let Statement { name, sql, .. } = bound.statement;
    assert!(sql.len() <= SQL_BYTES, "{batch}: {name} is longer than {SQL_BYTES} bytes");
    let count = bound.values.len();
    assert!(count <= PARAMETERS, "{batch}: {name} binds {count} parameters; D1 takes {PARAMETERS}");
    for (index, value) in bound.values.iter().enumerate() {
        let number = index + 1;
        match value {
            Value::Integer(integer) => assert!(
                integer.unsigned_abs() <= LARGEST_INTEGER.unsigned_abs(),
                "{batch}: {name} binds ?{number} = {integer}, which JavaScript rounds"
            ),
            Value::Text(text) => assert!(
                text.len() <= TEXT_BYTES,
                "{batch}: {name} binds {} bytes as ?{number}; D1 takes {TEXT_BYTES}",
                text.len()
            ),
            Value::Null => {}
        }
    }
}

/// One cell as D1 gives it.
fn json(column: &str, cell: ValueRef<'_>) -> Json {
    match cell {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) => {
            let exact = number.unsigned_abs() <= LARGEST_INTEGER.unsigned_abs();
            assert!(exact, "column {column} = {number}, which JavaScript rounds");
            number.into()
        }
        ValueRef::Real(number) => Number::from_f64(number).map_or(Json::Null, Json::Number),
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).expect("text is UTF-8").into(),
        ValueRef::Blob(_) => panic!("column {column} is a BLOB, which does not travel as JSON"),
    }
}

fn answer(statement: &Statement, mut rows: Vec<Map<String, Json>>, changes: u64) -> Rows {
    let mut body = None;
    if statement.answers {
        assert!(rows.len() <= 1, "{} answers with more than one row", statement.name);
        // The cell is emptied, as the adapter of the platform does.
        body = rows.first_mut().and_then(|row| match row.insert("body".to_owned(), Json::Null) {
            Some(Json::String(text)) => Some(text),
            Some(Json::Null) => None,
            other => panic!("{}: column body is {other:?}, not text", statement.name),
        });
        if let Some(text) = &body {
            // The members of an object, for a change's answer, are text too.
            let whole = if text.starts_with('"') { format!("{{{text}}}") } else { text.clone() };
            let parsed = serde_json::from_str::<Json>(&whole);
            let csv = text.starts_with("position,");
            assert!(parsed.is_ok() || csv, "{}: the body is not JSON: {text}", statement.name);
        }
    }
    let json = if rows.is_empty() { String::new() } else { Json::from_iter(rows).to_string() };
    Rows { json, changes, rows_read: 0, body }
}

fn read_error(error: &rusqlite::Error) -> DbError {
    if let rusqlite::Error::InvalidParameterCount(given, wanted) = error {
        panic!("{given} parameters are bound, the statement has {wanted}");
    }
    let rusqlite::Error::SqliteFailure(failure, Some(text)) = error else {
        return DbError::Fault(error.to_string());
    };
    // A wrong type in a STRICT table is our own fault, not a rule of the product.
    if failure.code != ErrorCode::ConstraintViolation
        || failure.extended_code == ffi::SQLITE_CONSTRAINT_DATATYPE
    {
        return DbError::Fault(error.to_string());
    }
    // "UNIQUE constraint failed: events.domain_id, events.seq", "FOREIGN KEY constraint failed", or a
    // trigger's own text. The first column stands for all.
    let what = match text.split_once(" constraint failed") {
        Some((kind, "")) => kind,
        Some((_, rest)) => {
            rest.trim_start_matches(": ").split([',', ' ']).next().unwrap_or_default()
        }
        None => text,
    };
    DbError::Constraint(what.to_owned())
}
