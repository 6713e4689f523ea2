//! Signing a person in by a link, and out again.

use super::{FlowError, rows};
use crate::crypto::token::OpaqueToken;
use crate::model::id::SessionId;
use crate::model::problem::Problem;
use crate::ports::App;
use crate::store::sessions;
use crate::time::Span;

/// How long a session lasts.
pub const SESSION: Span = Span::days(7);

/// A session that was just started.
pub struct Started {
    /// The cookie's value; nobody else ever sees it.
    pub token: OpaqueToken,
    /// Who is signed in, as JSON text.
    pub body: String,
}

/// Uses a sign-in link, once, and starts a session.
pub async fn start(app: &App, link: &OpaqueToken) -> Result<Started, FlowError> {
    let now = app.clock.now();
    let token = OpaqueToken::generate(app.entropy.bytes());
    let hash = token.hash();
    let answers = app
        .db
        .batch(
            "session.start",
            vec![
                sessions::USE_LINK.bind([link.hash().as_str().into(), now.into()]),
                sessions::START.bind([
                    (&SessionId::new(now, app.entropy.bytes())).into(),
                    link.hash().as_str().into(),
                    hash.as_str().into(),
                    now.into(),
                    now.plus(SESSION).into(),
                ]),
                sessions::DETAIL.bind([hash.as_str().into(), crate::store::Value::Null]),
            ],
        )
        .await?;
    match rows(&answers, 2)?.body.clone() {
        Some(body) => Ok(Started { token, body }),
        None => Err(Problem::link_used().into()),
    }
}

/// Ends the caller's session.
pub async fn end(app: &App, session_id: &str) -> Result<(), FlowError> {
    app.db.batch("session.end", vec![sessions::DELETE.bind([session_id.into()])]).await?;
    Ok(())
}
