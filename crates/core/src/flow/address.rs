//! Where the host of an address leads that a customer chose: asked of DNS when the address is stored,
//! and before it is called.
//!
//! DNS may answer differently a moment later, so this is no wall: it is the clear word in front of
//! one. The wall is the runtime, which connects a Worker with public addresses only
//! (`global_fetch_strictly_public` in the wrangler files; `network.allow` of workerd). Where DNS gives
//! no usable answer, the wall alone decides, so that a resolver that fails stops no delivery.

use crate::model::outgoing::{Leads, OutgoingUrl, UrlFault, judge};
use crate::model::problem::Problem;
use crate::model::upstream::doh::{address_query, read_addresses};
use crate::ports::App;

/// Asks where `url` leads.
pub(super) async fn look(app: &App, url: &OutgoingUrl) -> Leads {
    let Some(name) = url.name_to_resolve() else { return Leads::Public };
    let mut answers = [None, None];
    // One after the other: a Worker has six connections, and deliveries use five of them.
    for (v6, answer) in [false, true].into_iter().zip(&mut answers) {
        let Some(query) = address_query(&app.config.doh_url, name, v6) else {
            return Leads::Nowhere;
        };
        let said = app.http.send(query).await;
        *answer = said.ok().and_then(|said| read_addresses(&said, name, v6).ok());
    }
    judge(&answers)
}

/// Refuses an address that is to be stored and that leads to one which is not public. A name that
/// is not in DNS yet may be stored.
pub(super) async fn refuse_private(app: &App, url: &OutgoingUrl) -> Result<(), Problem> {
    match look(app, url).await {
        Leads::NotPublic => {
            let text = "This host name leads to an address that is not public.";
            Err(Problem::bad_field("url", UrlFault::NotPublic.code(), text))
        }
        Leads::Public | Leads::Nowhere | Leads::Unknown => Ok(()),
    }
}
