//! The database port on D1.

use async_trait::async_trait;
use dcvaas_core::ports::{Db, DbError};
use dcvaas_core::store::{Bound, Rows, Value};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

use crate::d1_error::classify;
use crate::runtime::describe;

/// Integers are passed to D1 as JavaScript numbers, exact below this.
const EXACT: u64 = 1 << 53;
/// Bytes of the four numbers that the answer tells of each statement.
const HEAD: usize = 16;

/// The binding `DB`. A batch crosses to JavaScript once and back once: a crossing for each
/// statement, parameter and value is what a request would mostly consist of.
pub(crate) struct D1(pub(crate) Env);

#[async_trait(?Send)]
impl Db for D1 {
    async fn batch(
        &self,
        _name: &'static str,
        statements: Vec<Bound>,
    ) -> Result<Vec<Rows>, DbError> {
        let texts: Vec<&str> = statements.iter().map(|bound| bound.statement.sql).collect();
        let values: Vec<&[Value]> =
            statements.iter().map(|bound| bound.values.as_slice()).collect();
        if values.iter().flat_map(|values| values.iter()).any(is_inexact) {
            return Err(shape("an integer is too large for D1"));
        }
        let values = serde_json::to_string(&values).map_err(|error| shape(&error.to_string()))?;
        let answers: String = statements
            .iter()
            .map(|bound| if bound.statement.answers { 'a' } else { '-' })
            .collect();
        let answer = run(self.0.as_ref(), &texts.join("\0"), &values, &answers)
            .await
            .map_err(|error| classify(&describe(&error)))?;
        read(&Uint8Array::from(answer).to_vec(), statements.len())
            .ok_or_else(|| shape("the batch's answer cannot be read"))
    }
}

fn is_inexact(value: &Value) -> bool {
    matches!(value, Value::Integer(number) if number.unsigned_abs() >= EXACT)
}

/// Takes the answer of [`run`] apart.
fn read(bytes: &[u8], statements: usize) -> Option<Vec<Rows>> {
    let (heads, mut rest) = bytes.split_at_checked(statements * HEAD)?;
    let mut next = |length: u32| {
        let (text, after) = rest.split_at_checked(length.try_into().ok()?)?;
        rest = after;
        String::from_utf8(text.to_vec()).ok()
    };
    let rows = |head: &[u8]| {
        let number = |at: usize| {
            let bytes = head.get(at * 4..)?.first_chunk::<4>()?;
            Some(u32::from_le_bytes(*bytes))
        };
        let json = next(number(2)?)?;
        let body = match number(3)?.checked_sub(1) {
            Some(length) => Some(next(length)?),
            None => None,
        };
        Some(Rows { json, changes: number(0)?.into(), rows_read: number(1)?.into(), body })
    };
    heads.chunks_exact(HEAD).map(rows).collect()
}

// The answer: four numbers of 32 bits for each statement (rows changed, rows read, bytes of its rows
// as JSON, one more than the bytes of its body or 0), then these texts. As bytes, long texts come over
// several times faster than as strings. A body travels apart from its row, so that it need not be
// quoted.
#[wasm_bindgen(inline_js = "
const encoder = new TextEncoder();
export async function run(env, texts, values, answers) {
  const parameters = JSON.parse(values);
  const statements = texts.split('\\0').map((text, at) => env.DB.prepare(text).bind(...parameters[at]));
  const heads = [];
  const parts = [];
  for (const { results, meta } of await env.DB.batch(statements)) {
    let body;
    if (answers[heads.length / 4] === 'a' && typeof results[0]?.body === 'string') {
      body = encoder.encode(results[0].body);
      results[0].body = null;
    }
    const json = encoder.encode(results.length > 0 ? JSON.stringify(results) : '');
    heads.push(meta.changes ?? 0, meta.rows_read ?? 0, json.length, body ? body.length + 1 : 0);
    parts.push(json);
    if (body) parts.push(body);
  }
  parts.unshift(new Uint8Array(Uint32Array.from(heads).buffer));
  const answer = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    answer.set(part, at);
    at += part.length;
  }
  return answer;
}")]
extern "C" {
    /// `texts` are divided by NUL, `values` a JSON array of arrays; `answers` has an `a` for each
    /// statement whose first row's `body` is to travel apart.
    #[wasm_bindgen(catch)]
    async fn run(
        env: &JsValue,
        texts: &str,
        values: &str,
        answers: &str,
    ) -> Result<JsValue, JsValue>;
}

fn shape(what: &str) -> DbError {
    DbError::Fault(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(numbers: &[u32], texts: &str) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).chain(texts.bytes()).collect()
    }

    #[test]
    fn an_answer_is_taken_apart_by_statement() {
        let numbers = [0, 7, 15, 5, 2, 0, 0, 0, 0, 1, 4, 1];
        let rows = read(&answer(&numbers, "[{\"body\":null}]{ö}[{}]"), 3).unwrap();
        let one = |json: &str, changes, rows_read, body: Option<&str>| Rows {
            json: json.to_owned(),
            changes,
            rows_read,
            body: body.map(str::to_owned),
        };
        assert_eq!(rows[0], one("[{\"body\":null}]", 0, 7, Some("{ö}")));
        assert_eq!(rows[1], one("", 2, 0, None));
        assert_eq!(rows[2], one("[{}]", 0, 1, Some("")));
    }

    #[test]
    fn what_is_shorter_than_it_says_is_no_answer() {
        let whole = answer(&[0, 0, 2, 3], "[]{}");
        assert!(read(&whole, 1).is_some());
        for length in 0..whole.len() {
            assert!(read(&whole[..length], 1).is_none());
        }
        assert!(read(&answer(&[0, 0, 1, 0], "\u{fffd}"), 1).is_none());
    }

    #[test]
    fn an_integer_that_javascript_cannot_hold_is_found() {
        assert!(is_inexact(&Value::Integer(1 << 53)) && is_inexact(&Value::Integer(i64::MIN)));
        assert!(!is_inexact(&Value::Integer((1 << 53) - 1)) && !is_inexact(&Value::Null));
    }
}
