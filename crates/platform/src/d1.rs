//! The database port on D1.

use async_trait::async_trait;
use dcvaas_core::ports::{Db, DbError};
use dcvaas_core::store::{Bound, Rows, Value};
use js_sys::{Array, Function, JSON, Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
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
    let result: &RawResult = result.unchecked_ref();
    let (results, meta) = (result.results(), result.meta());
    let mut rows = Rows {
        changes: count(meta.changes()),
        rows_read: count(meta.rows_read()),
        ..Rows::default()
    };
    if results.length() == 0 {
        return Ok(rows);
    }
    if bound.statement.answers {
        let first: RawRow = results.get(0).unchecked_into();
        let body = first.body();
        if let Ok(text) = body.dyn_into::<js_sys::JsString>() {
            // Long texts come over several times faster as bytes than as a string.
            let bytes = ENCODER.with(|encoder| encoder.encode(&text)).to_vec();
            rows.body = Some(String::from_utf8(bytes).map_err(|_| shape("text is no UTF-8"))?);
            first.set_body(&JsValue::NULL);
        }
    }
    rows.json = JSON::stringify(&results)
        .ok()
        .and_then(|text| text.as_string())
        .ok_or_else(|| shape("rows cannot be read as text"))?;
    Ok(rows)
}

thread_local! {
    /// Without state of its own, so all requests of the isolate may share it.
    static ENCODER: TextEncoder = TextEncoder::new();
}

// Typed getters cost half of `Reflect::get`, which first makes a JavaScript string of the name.
#[wasm_bindgen]
extern "C" {
    type TextEncoder;
    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;
    #[wasm_bindgen(method)]
    fn encode(this: &TextEncoder, text: &js_sys::JsString) -> js_sys::Uint8Array;
    type RawResult;
    #[wasm_bindgen(method, getter)]
    fn results(this: &RawResult) -> Array;
    #[wasm_bindgen(method, getter)]
    fn meta(this: &RawResult) -> RawMeta;
    type RawMeta;
    #[wasm_bindgen(method, getter)]
    fn changes(this: &RawMeta) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn rows_read(this: &RawMeta) -> Option<f64>;
    type RawRow;
    #[wasm_bindgen(method, getter)]
    fn body(this: &RawRow) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_body(this: &RawRow, value: &JsValue);
}

fn count(value: Option<f64>) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count, below 2^53"
    )]
    {
        value.unwrap_or(0.0) as u64
    }
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
