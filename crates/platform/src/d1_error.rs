//! Reads D1's error texts: the only place that knows them.

use dcvaas_core::ports::DbError;

/// Texts of faults that passed before anything was written.
const BUSY: [&str; 4] =
    ["database is locked", "SQLITE_BUSY", "overloaded", "Too many requests queued"];
/// Texts of faults after which a write may or may not have happened.
const LOST: [&str; 6] = [
    "Network connection lost",
    "storage caused object to be reset",
    "object to be reset",
    "timed out",
    "exceeded its CPU time limit",
    "reset because its code was updated",
];

/// Tells the kinds of failure apart by D1's text, such as
/// `D1_ERROR: UNIQUE constraint failed: domains.hostname: SQLITE_CONSTRAINT`.
pub(crate) fn classify(text: &str) -> DbError {
    if let Some((_, rest)) = text.split_once("constraint failed") {
        let name = rest.trim_start_matches(':').trim();
        let name = name.split([':', ',', ' ']).next().unwrap_or_default();
        return DbError::Constraint(name.to_owned());
    }
    if BUSY.iter().any(|word| text.contains(word)) {
        return DbError::Busy;
    }
    if LOST.iter().any(|word| text.contains(word)) {
        return DbError::Lost;
    }
    DbError::Fault(text.chars().take(500).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_of_d1_is_told_apart() {
        let unique = "D1_ERROR: UNIQUE constraint failed: domains.hostname: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)";
        assert_eq!(classify(unique), DbError::Constraint("domains.hostname".to_owned()));
        assert_eq!(
            classify("D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT"),
            DbError::Constraint("SQLITE_CONSTRAINT".to_owned())
        );
        assert_eq!(classify("D1_ERROR: database is locked: SQLITE_BUSY"), DbError::Busy);
        assert_eq!(
            classify("D1_ERROR: D1 DB is overloaded. Too many requests queued."),
            DbError::Busy
        );
        assert_eq!(classify("D1_ERROR: Network connection lost."), DbError::Lost);
        assert!(matches!(classify("D1_ERROR: no such column: x"), DbError::Fault(_)));
    }
}
