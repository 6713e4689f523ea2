//! The audit log as a chain: each row's hash covers the row and the hash before it, so that a row
//! that is changed, moved, added or taken out is found without asking us.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::crypto::hash::sha256_hex;
use crate::time::Timestamp;

/// What is hashed of a row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct Link {
    pub position: i64,
    pub id: String,
    pub org_id: String,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub action: String,
    pub subject_id: String,
    /// JSON text.
    pub detail: String,
    pub request_id: Option<String>,
    pub address: Option<String>,
    pub created_at: Timestamp,
}

impl Link {
    /// The hash after `before`: SHA-256 over that hash, a line break, and the row as a JSON array, with
    /// the members of `detail` sorted by name.
    pub fn hash(&self, before: &str) -> String {
        let mut detail: Value = serde_json::from_str(&self.detail).unwrap_or_default();
        detail.sort_all_objects();
        let row = json!([
            self.position,
            self.id,
            self.org_id,
            self.actor_kind,
            self.actor_id,
            self.action,
            self.subject_id,
            detail,
            self.request_id,
            self.address,
            self.created_at,
        ]);
        sha256_hex(format!("{before}\n{row}").as_bytes())
    }
}

/// A place in a chain: a row's number and its hash. The beginning is 0 and an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "what they are stands above")]
pub struct Place {
    pub position: i64,
    pub hash: String,
}

/// The hashes of the rows that follow `from` without a gap; rows after a gap wait for what is missing.
pub fn seal(from: &Place, rows: &[Link]) -> Vec<Place> {
    let mut last = from.clone();
    let mut sealed = Vec::new();
    for row in rows {
        if row.position != last.position + 1 {
            break;
        }
        last = Place { position: row.position, hash: row.hash(&last.hash) };
        sealed.push(last.clone());
    }
    sealed
}

/// Where and how a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Numbers do not follow each other.
    #[error("row {wanted} is missing: the next one is row {found}")]
    Gap {
        /// The number that should come.
        wanted: i64,
        /// The number that came.
        found: i64,
    },
    /// The row, or one before it, is not what it was.
    #[error("row {0} is not what it was when it was sealed")]
    Changed(i64),
    /// Rows at the end are missing.
    #[error("the chain ends with row {found}, but it was sealed up to row {wanted}")]
    Short {
        /// The newest sealed row.
        wanted: i64,
        /// The last row that is there.
        found: i64,
    },
    /// The row at the end is another one.
    #[error("the chain does not end with the hash that it was sealed with")]
    OtherEnd,
}

/// Verifies that `rows`, each with its hash, lead from `start` to `head` without a change.
pub fn verify(start: &Place, rows: &[(Link, String)], head: &Place) -> Result<(), Broken> {
    let mut last = start.clone();
    for (row, hash) in rows {
        let wanted = last.position + 1;
        if row.position != wanted {
            return Err(Broken::Gap { wanted, found: row.position });
        }
        last = Place { position: row.position, hash: row.hash(&last.hash) };
        if last.hash != *hash {
            return Err(Broken::Changed(row.position));
        }
    }
    if last.position < head.position {
        return Err(Broken::Short { wanted: head.position, found: last.position });
    }
    if last.position == head.position && last.hash != head.hash {
        return Err(Broken::OtherEnd);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(position: i64) -> Link {
        Link {
            position,
            id: format!("aud_{position:032x}"),
            org_id: "org_1".to_owned(),
            actor_kind: "token".to_owned(),
            actor_id: Some("tok_1".to_owned()),
            action: "domain.add".to_owned(),
            subject_id: "dom_1".to_owned(),
            detail: r#"{"b":1,"a":{"d":2,"c":3}}"#.to_owned(),
            request_id: None,
            address: Some("192.0.2.1".to_owned()),
            created_at: Timestamp::from_millis(1_800_000_000_000),
        }
    }

    fn chain(length: i64) -> (Vec<(Link, String)>, Place) {
        let links: Vec<Link> = (1..=length).map(link).collect();
        let places = seal(&Place::default(), &links);
        let head = places.last().cloned().unwrap_or_default();
        (links.into_iter().zip(places.into_iter().map(|place| place.hash)).collect(), head)
    }

    fn broken(rows: &[(Link, String)], head: &Place) -> Option<Broken> {
        verify(&Place::default(), rows, head).err()
    }

    #[test]
    fn the_hash_is_over_exactly_this_text() {
        let text = "\n[1,\"aud_00000000000000000000000000000001\",\"org_1\",\"token\",\"tok_1\",\"domain.add\",\"dom_1\",\
                    {\"a\":{\"c\":3,\"d\":2},\"b\":1},null,\"192.0.2.1\",1800000000000]";
        assert_eq!(link(1).hash(""), sha256_hex(text.as_bytes()));
    }

    #[test]
    fn a_whole_chain_holds_from_its_beginning_and_from_any_place() {
        let (rows, head) = chain(5);
        assert_eq!(broken(&rows, &head), None);
        let start = Place { position: 2, hash: rows[1].1.clone() };
        assert_eq!(verify(&start, &rows[2..], &head), Ok(()));
        assert_eq!(broken(&[], &Place::default()), None);
        // Rows that are newer than the seal follow it.
        let earlier = Place { position: 3, hash: rows[2].1.clone() };
        assert_eq!(broken(&rows, &earlier), None);
    }

    #[test]
    fn every_change_of_a_row_is_found() {
        let (rows, head) = chain(3);
        let changes: [fn(&mut Link); 10] = [
            |row| row.id.push('x'),
            |row| row.org_id.push('x'),
            |row| row.actor_kind.push('x'),
            |row| row.actor_id = None,
            |row| row.action.push('x'),
            |row| row.subject_id.push('x'),
            |row| row.detail = "{}".to_owned(),
            |row| row.request_id = Some("req_1".to_owned()),
            |row| row.address = None,
            |row| row.created_at = Timestamp::from_millis(1),
        ];
        for change in changes {
            let mut rows = rows.clone();
            change(&mut rows[1].0);
            assert_eq!(broken(&rows, &head), Some(Broken::Changed(2)));
            // With a new hash of its own, the row after it gives it away.
            rows[1].1 = rows[1].0.hash(&rows[0].1);
            assert_eq!(broken(&rows, &head), Some(Broken::Changed(3)));
        }
    }

    #[test]
    fn rows_that_are_dropped_moved_or_added_are_found() {
        let (rows, head) = chain(4);
        assert_eq!(broken(&rows[..3], &head), Some(Broken::Short { wanted: 4, found: 3 }));
        assert_eq!(broken(&[], &head), Some(Broken::Short { wanted: 4, found: 0 }));
        assert_eq!(broken(&rows[1..], &head), Some(Broken::Gap { wanted: 1, found: 2 }));
        let mut without = rows.clone();
        without.remove(1);
        assert_eq!(broken(&without, &head), Some(Broken::Gap { wanted: 2, found: 3 }));
        let mut moved = rows.clone();
        moved.swap(1, 2);
        assert_eq!(broken(&moved, &head), Some(Broken::Gap { wanted: 2, found: 3 }));
        // Swapped with their numbers.
        (moved[1].0.position, moved[2].0.position) = (2, 3);
        assert_eq!(broken(&moved, &head), Some(Broken::Changed(2)));
        let mut added = rows.clone();
        added.insert(2, (link(3), "0".repeat(64)));
        assert_eq!(broken(&added, &head), Some(Broken::Changed(3)));
        // A chain that was made anew from its beginning does not end with the same hash.
        let mut other: Vec<Link> = (1..=4).map(link).collect();
        other[0].subject_id = "dom_2".to_owned();
        let places = seal(&Place::default(), &other);
        let forged: Vec<_> =
            other.into_iter().zip(places.into_iter().map(|place| place.hash)).collect();
        assert_eq!(broken(&forged, &head), Some(Broken::OtherEnd));
    }

    #[test]
    fn rows_after_a_gap_wait() {
        let links = [link(1), link(2), link(4)];
        assert_eq!(seal(&Place::default(), &links).len(), 2);
        assert!(seal(&Place::default(), &links[1..]).is_empty());
    }
}
