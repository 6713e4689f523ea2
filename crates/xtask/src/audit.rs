//! Verifies exports of the audit log, offline: `cargo xtask audit-verify <part.json>…`.
#![expect(clippy::indexing_slicing, reason = "a member of JSON that is not there reads as null")]

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use dcvaas_core::model::audit_chain::{Link, Place, verify};
use dcvaas_core::time::Timestamp;
use serde_json::Value;

/// One part of an export: where it begins and ends, and its rows with their hashes.
struct Part {
    org_id: String,
    start: Place,
    head: Place,
    rows: Vec<(Link, String)>,
}

fn text(value: &Value, name: &str) -> Result<String> {
    value[name].as_str().map(str::to_owned).with_context(|| format!("{name} is not text"))
}

fn place(value: &Value) -> Result<Place> {
    let position = value["position"].as_i64().context("position is not a number")?;
    Ok(Place { position, hash: text(value, "hash")? })
}

fn row(value: &Value, org_id: &str) -> Result<(Link, String)> {
    let optional = |name: &str| value[name].as_str().map(str::to_owned);
    let created_at = text(value, "createdAt")?;
    let link = Link {
        position: value["position"].as_i64().context("position is not a number")?,
        id: text(value, "id")?,
        org_id: org_id.to_owned(),
        actor_kind: text(value, "actorKind")?,
        actor_id: optional("actorId"),
        action: text(value, "action")?,
        subject_id: text(value, "subjectId")?,
        detail: value["detail"].to_string(),
        request_id: optional("requestId"),
        address: optional("address"),
        created_at: Timestamp::parse_iso(&created_at).context("createdAt is not a time")?,
    };
    Ok((link, text(value, "hash")?))
}

fn part(json: &str) -> Result<Part> {
    let value: Value = serde_json::from_str(json)?;
    let org_id = text(&value, "orgId")?;
    let rows = value["auditLogs"].as_array().context("auditLogs is not a list")?;
    let rows = rows.iter().map(|value| row(value, &org_id)).collect::<Result<_>>()?;
    Ok(Part { start: place(&value["start"])?, head: place(&value["head"])?, org_id, rows })
}

/// Verifies the parts of one organization, in their order; says what was verified.
fn check(parts: &[String]) -> Result<String> {
    let parts = parts.iter().map(|json| part(json)).collect::<Result<Vec<_>>>()?;
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        anyhow::bail!("give the parts of an export, in their order")
    };
    ensure!(
        parts.iter().all(|part| part.org_id == first.org_id),
        "the parts are of different organizations"
    );
    let rows: Vec<(Link, String)> = parts.iter().flat_map(|part| part.rows.clone()).collect();
    verify(&first.start, &rows, &last.head)?;
    Ok(format!(
        "{}: {} rows, from {} to {}, are as they were sealed: {}",
        first.org_id,
        rows.len(),
        first.start.position + 1,
        last.head.position,
        last.head.hash
    ))
}

fn run() -> Result<String> {
    let files = std::env::args().skip(1);
    let read = |file: String| std::fs::read_to_string(&file).with_context(|| file);
    check(&files.map(read).collect::<Result<Vec<_>>>()?)
}

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use dcvaas_core::model::audit_chain::seal;
    use serde_json::json;

    use super::*;

    /// An export of rows 1 to `count`, in parts of `size`.
    fn export(count: usize, size: usize) -> Vec<String> {
        let mut values: Vec<Value> = (1..=count)
            .map(|number| {
                json!({
                    "position": number, "id": format!("aud_{number}"), "createdAt": "2026-01-05T00:00:00.000Z",
                    "actorKind": "system", "actorId": null, "action": "domain.status", "subjectId": "dom_1",
                    "detail": { "b": number, "a": "x" }, "requestId": null, "address": null, "hash": "",
                })
            })
            .collect();
        let links: Vec<Link> = values.iter().map(|value| row(value, "org_1").unwrap().0).collect();
        let places = seal(&Place::default(), &links);
        for (value, place) in values.iter_mut().zip(&places) {
            value["hash"] = json!(place.hash);
        }
        let head = places.last().cloned().unwrap_or_default();
        let head = json!({ "position": head.position, "hash": head.hash });
        let parts = values.chunks(size);
        parts
            .map(|rows| {
                json!({ "orgId": "org_1", "start": { "position": 0, "hash": "" }, "head": head, "auditLogs": rows })
                    .to_string()
            })
            .collect()
    }

    #[test]
    fn a_whole_export_holds_in_one_part_and_in_several() {
        for size in [1, 2, 10] {
            let said = check(&export(5, size)).unwrap();
            assert!(
                said.starts_with("org_1: 5 rows, from 1 to 5, are as they were sealed: "),
                "{said}"
            );
        }
    }

    #[test]
    fn a_part_that_is_missing_moved_changed_or_cut_is_found() {
        let whole = export(6, 2);
        let changed = |from: &str, to: &str| {
            let mut parts = whole.clone();
            parts[1] = parts[1].replacen(from, to, 1);
            check(&parts).unwrap_err().to_string()
        };
        assert!(changed("dom_1", "dom_2").contains("row 3 is not what it was"));
        assert!(changed("system", "user").contains("row 3 is not what it was"));
        assert!(check(&whole[..2]).unwrap_err().to_string().contains("ends with row 4"));
        assert!(
            check(&[whole[0].clone(), whole[2].clone()])
                .unwrap_err()
                .to_string()
                .contains("row 3 is missing")
        );
        let moved = [whole[1].clone(), whole[0].clone(), whole[2].clone()];
        assert!(check(&moved).unwrap_err().to_string().contains("row 1 is missing"));
        assert!(check(&[]).is_err() && check(&["{}".to_owned()]).is_err());
    }
}
