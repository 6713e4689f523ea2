//! The thin form of an event's body: who and what, when and in which order, and nothing that may have
//! changed since. A receiver asks the API for the rest.

use serde_json::{Map, Value};

/// Whether a thin body has the member. Ids of further subjects follow from their names.
pub fn is_kept(member: &str) -> bool {
    matches!(member, "id" | "type" | "timestamp" | "seq") || member.ends_with("Id")
}

/// The thin form of a body. A body that is no object, which none of ours is, becomes empty.
pub fn thin(body: &str) -> String {
    let members: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
    let kept = members.into_iter().filter(|(name, _)| is_kept(name));
    Value::Object(kept.collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_type_time_and_number_are_left() {
        let body = r#"{"id":"evt_1","type":"domain.active","timestamp":"t","seq":3,"orgId":"org_1",
            "domainId":"dom_1","domainName":"a.example","errors":[{"message":"x"}],"identity":"no"}"#;
        let left: Value = serde_json::from_str(&thin(body)).unwrap();
        let names: Vec<_> = left.as_object().unwrap().keys().map(String::as_str).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, ["domainId", "id", "orgId", "seq", "timestamp", "type"]);
        assert_eq!(left["seq"], 3);
        assert_eq!(thin("[1]"), "{}");
    }
}
