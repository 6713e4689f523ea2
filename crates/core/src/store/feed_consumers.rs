//! Readers of the feed of events whose place is kept.

use serde::Deserialize;

use super::callers::Credential;
use super::{Bound, Value};
use crate::model::feed_consumer::ConsumerName;

/// A reader as it is answered; `c` is the row. The events of an organization are numbered without gaps.
macro_rules! item {
    () => {
        concat!(
            r#"concat('{"name":"', c.name, '","cursor":"', c.position, '","behind":', max(0, "#, newest_position!("c.org_id"),
            r#" - c.position), ',"createdAt":', "#, iso!("c.created_at"),
            r#", ',"updatedAt":', "#, iso!("c.updated_at"), r#", '}')"#
        )
    };
}

impl From<&ConsumerName> for Value {
    fn from(name: &ConsumerName) -> Self {
        name.as_str().into()
    }
}

statements! { "feed_consumers";
    /// The caller's readers, by name. There are few enough for one page.
    #[answers]
    LIST = as_caller!(concat!(
        r#"SELECT concat('{"consumers":[', (SELECT group_concat("#, item!(), r#", ',' ORDER BY c.name)
              FROM feed_consumers c WHERE c.org_id = caller.org_id), '],"nextCursor":null}')"#));
    /// Moves the reader `?2` of organization `?1` to `?3`, or makes it while there are fewer than `?5`, at
    /// `?4`: no further than the newest event, and back only if `?6`.
    COMMIT = concat!("INSERT INTO feed_consumers (org_id, name, position, created_at, updated_at)
        SELECT ?1, ?2, ?3, ?4, ?4 WHERE ?3 <= ", newest_position!("?1"), "
           AND (EXISTS (SELECT 1 FROM feed_consumers WHERE org_id = ?1 AND name = ?2)
             OR (SELECT COUNT(*) FROM feed_consumers WHERE org_id = ?1) < ?5)
        ON CONFLICT (org_id, name) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
         WHERE excluded.position >= position OR ?6");
    /// The reader `?2` of organization `?1` as an answer, after a change.
    #[answers]
    ANSWER = concat!(r#"SELECT concat('{"consumer":', "#, item!(), r#", '}') AS body
        FROM feed_consumers c WHERE c.org_id = ?1 AND c.name = ?2"#);
    /// Why [`COMMIT`] changed nothing.
    WHY_NOT = concat!("SELECT ", newest_position!("?1"), " AS newest, (SELECT COUNT(*) FROM feed_consumers WHERE org_id = ?1) AS count,
        (SELECT position FROM feed_consumers WHERE org_id = ?1 AND name = ?2) AS position");
    /// Forgets the reader `?2` of organization `?1`.
    DELETE = "DELETE FROM feed_consumers WHERE org_id = ?1 AND name = ?2";
}

/// Why a reader was not moved.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct WhyNot {
    /// The number of the newest event.
    pub newest: i64,
    /// How many readers there are.
    pub count: u32,
    /// Where this one stands, if it is there.
    pub position: Option<i64>,
}

/// Binds [`LIST`].
pub fn list(credential: &Credential) -> Bound {
    LIST.bind([credential.hash.as_str().into(), credential.organization.as_ref().into()])
}
