//! What the body of every event begins with that belongs to no domain: here once, for all of them.

/// The struct of such a body: the members of every event, then its own. Serialises, and describes
/// itself for the catalogue.
macro_rules! event_body {
    ($(#[$about:meta])* struct $name:ident<'a> { $($own:tt)* }) => {
        $(#[$about])*
        #[derive(serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub(crate) struct $name<'a> {
            /// The event's id; also in the header `webhook-id`. A repeat has the same one.
            id: &'a $crate::model::id::EventId,
            /// The event's type.
            r#type: $crate::model::event::EventType,
            /// When it happened.
            #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
            timestamp: String,
            /// Only events of domains are numbered.
            seq: (),
            /// The organization that it concerns.
            org_id: &'a $crate::model::id::OrgId,
            $($own)*
        }
    };
}

pub(super) use event_body;
