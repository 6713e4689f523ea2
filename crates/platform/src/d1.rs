//! The database port on D1.

use async_trait::async_trait;
use dcvaas_core::ports::{Db, DbError};
use dcvaas_core::store::{Bound, Rows, Value};
use js_sys::{Array, Function, JSON, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{D1Database, D1PreparedStatement};

use crate::d1_error::classify;

/// Integers are passed to D1 as JavaScript numbers, exact below this.
const EXACT: i64 = 1 << 53;

/// One D1 binding. Results are taken as JSON text, which crosses from JavaScript in one piece;
/// the typed results of `worker` cross once for each value.
pub(crate) struct D1(pub(crate) D1Database);

#[async_trait(?Send)]
impl Db for D1 {
    async fn batch(
        &self,
        _name: &'static str,
        statements: Vec<Bound>,
    ) -> Result<Vec<Rows>, DbError> {
        let prepared = Array::new();
        for bound in &statements {
            prepared.push(self.prepare(bound)?.inner().as_ref());
        }
        let results = self.run(&prepared).await.map_err(|error| classify(&text_of(&error)))?;
        let results: Array =
            results.dyn_into().map_err(|_| shape("the batch's answer is no array"))?;
        statements.iter().zip(results.iter()).map(|(bound, result)| read(bound, &result)).collect()
    }
}

impl D1 {
    fn prepare(&self, bound: &Bound) -> Result<D1PreparedStatement, DbError> {
        let values = bound.values.iter().map(to_js).collect::<Result<Vec<_>, _>>()?;
        self.0
            .prepare(bound.statement.sql)
            .bind(&values)
            .map_err(|error| classify(&error.to_string()))
    }

    async fn run(&self, prepared: &Array) -> Result<JsValue, JsValue> {
        let database: &JsValue = self.0.as_ref();
        let batch: Function = Reflect::get(database, &"batch".into())?.dyn_into()?;
        let promise: Promise = batch.call1(database, prepared)?.dyn_into()?;
        JsFuture::from(promise).await
    }
}

fn to_js(value: &Value) -> Result<JsValue, DbError> {
    Ok(match value {
        Value::Null => JsValue::NULL,
        Value::Text(text) => JsValue::from_str(text),
        Value::Integer(number) if number.unsigned_abs() < EXACT.unsigned_abs() =>
        {
            #[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
            JsValue::from_f64(*number as f64)
        }
        Value::Integer(_) => return Err(shape("an integer is too large for D1")),
    })
}

fn read(bound: &Bound, result: &JsValue) -> Result<Rows, DbError> {
    let results = get(result, "results")?;
    let meta = get(result, "meta")?;
    let mut rows = Rows {
        changes: number(&meta, "changes")?,
        rows_read: number(&meta, "rows_read")?,
        ..Rows::default()
    };
    let list: &Array = results.dyn_ref().ok_or_else(|| shape("results are no array"))?;
    if list.length() == 0 {
        return Ok(rows);
    }
    if bound.statement.answers {
        let first = list.get(0);
        rows.body = get(&first, "body")?.as_string();
        Reflect::set(&first, &"body".into(), &JsValue::NULL)
            .map_err(|_| shape("a row cannot be changed"))?;
    }
    rows.json = JSON::stringify(&results)
        .ok()
        .and_then(|text| text.as_string())
        .ok_or_else(|| shape("rows cannot be read as text"))?;
    Ok(rows)
}

fn get(object: &JsValue, key: &str) -> Result<JsValue, DbError> {
    Reflect::get(object, &key.into()).map_err(|_| shape("a part of the result is missing"))
}

fn number(object: &JsValue, key: &str) -> Result<u64, DbError> {
    let value = get(object, key)?.as_f64().unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count, below 2^53"
    )]
    Ok(value as u64)
}

/// The message of a JavaScript error, with that of its cause, which D1 puts the substance in.
fn text_of(error: &JsValue) -> String {
    let message = |value: &JsValue| {
        Reflect::get(value, &"message".into())
            .ok()
            .and_then(|text| text.as_string())
            .unwrap_or_default()
    };
    let cause =
        Reflect::get(error, &"cause".into()).map(|cause| message(&cause)).unwrap_or_default();
    format!("{} {cause}", message(error))
}

fn shape(what: &str) -> DbError {
    DbError::Fault(what.to_owned())
}
