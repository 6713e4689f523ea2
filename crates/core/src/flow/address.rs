//! Where the host of an address leads that a customer chose: asked of DNS when the address is stored,
//! and before it is called.
//!
//! DNS may answer differently a moment later, so this is no wall: it is the clear word in front of
//! one. The wall is the runtime, which connects a Worker with public addresses only
//! (`global_fetch_strictly_public` in the wrangler files; `network.allow` of workerd). Where DNS gives
//! no usable answer, the wall alone decides, so that a resolver that fails stops no delivery.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures_util::future::{FutureExt, LocalBoxFuture, Shared};

use crate::model::outgoing::{Leads, OutgoingUrl, UrlFault, judge};
use crate::model::problem::Problem;
use crate::model::upstream::doh::{address_query, read_addresses};
use crate::ports::App;

/// What was asked of DNS in one run, by host name: each name is asked for once, also by requests that
/// begin together.
#[derive(Clone, Default)]
pub(super) struct Looks(Rc<RefCell<HashMap<String, Shared<LocalBoxFuture<'static, Leads>>>>>);

impl Looks {
    /// Asks where `url` leads, unless this run has asked for its host already.
    pub(super) async fn look(&self, app: &App, url: &OutgoingUrl) -> Leads {
        let Some(name) = url.name_to_resolve() else { return Leads::Public };
        let begin = || {
            let (app, name) = (app.clone(), name.to_owned());
            async move { resolve(&app, &name).await }.boxed_local().shared()
        };
        let known = self.0.borrow_mut().entry(name.to_owned()).or_insert_with(begin).clone();
        known.await
    }
}

async fn resolve(app: &App, name: &str) -> Leads {
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
    match Looks::default().look(app, url).await {
        Leads::NotPublic => {
            let text = "This host name leads to an address that is not public.";
            Err(Problem::bad_field("url", UrlFault::NotPublic.code(), text))
        }
        Leads::Public | Leads::Nowhere | Leads::Unknown => Ok(()),
    }
}
