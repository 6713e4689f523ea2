//! Tries webhook deliveries: claims them, sends several at once, settles together what is done.
//!
//! No endpoint may keep another one waiting:
//! - A claim takes only as many deliveries of one endpoint as may be in flight to it. What it leaves
//!   is taken up by whoever settles the next delivery of that endpoint.
//! - An endpoint that was slow the last time begins last and is waited for by nobody.
//! - When no answer came for twice as long as all before took, what is done is settled, the queue gets its
//!   batch back, and what is open goes on in the background.
//!
//! What can still go wrong: the Worker dies after a receiver got the request and before D1 knows.
//! The claim runs out, the delivery is tried again with the same `webhook-id`, and the receiver
//! can tell. Nothing less is possible over HTTP.
//!
//! Running it twice is harmless:
//!  1. Claiming. Only what is due and unclaimed; a repeat claims nothing.
//!  2. Sending what was claimed by this run.
//!  3. Settling, guarded by the claim; what is claimed in the same batch is as in 1.

use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::json;

use super::address::Looks;
use super::attempt::{Tried, attempt};
use super::delivered::{Outcome, write_down};
use super::rows;
use crate::model::id::{DeliveryId, WebhookId};
use crate::ports::{App, DbError, Level, Timer};
use crate::store::Value;
use crate::store::deliveries::{self, ClaimedRow};
use crate::time::{Span, Timestamp};

/// How many requests run at once. A Worker has six connections, and the time of a request that
/// waits for one runs already: a silent receiver must not use up the time of another
/// (<https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>).
const TOGETHER: usize = 5;

/// How long the next answer is waited for before the queue gets its batch back: twice as long as all
/// answers before it took, but at least and at most this.
const SHORTEST_PAUSE: Span = Span::millis(50);
const LONGEST_PAUSE: Span = Span::seconds(1);

/// How long one that is done waits in the background for others, so that they share a round trip.
const GATHERING: Span = Span::millis(250);

/// For how long one run takes up further deliveries. Work may go on for 30 s after the batch was
/// handed back, and a try can take 15
/// (<https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil>).
const TAKING_UP: Span = Span::seconds(10);

/// After which pauses settling is tried again: what is not settled will be sent again.
const SETTLING: [Span; 3] = [Span::millis(200), Span::seconds(1), Span::seconds(3)];

/// Tries those of `ids` that are due and whose turn it is. Comes back as soon as the quick ones are
/// settled.
pub async fn deliver(app: &App, timer: &Rc<dyn Timer>, ids: &[DeliveryId]) -> Result<(), DbError> {
    let now = app.clock.now();
    let claim = DeliveryId::new(now, app.entropy.bytes());
    let wanted: Vec<&str> = ids.iter().map(DeliveryId::as_str).collect();
    let wanted = Value::json(&wanted);
    // 1.
    let claimed = app
        .db
        .batch(
            "deliver.claim",
            vec![
                deliveries::claim(wanted.clone(), now, &claim),
                deliveries::HOLD_BACK.bind([wanted.clone(), now.into()]),
                deliveries::USED.bind([(&claim).into(), wanted.clone(), now.into()]),
                deliveries::CLAIMED.bind([(&claim).into(), wanted]),
            ],
        )
        .await?;
    let claimed: Vec<ClaimedRow> = rows(&claimed, 3)?.all()?;
    if claimed.is_empty() {
        return Ok(());
    }
    let mut round = Round::new(app.clone(), Rc::clone(timer), claimed);
    // 2.
    round.until_quiet().await;
    // 3.
    let left: Vec<ClaimedRow> = round.waiting.drain(..).collect();
    round.settle(&left).await?;
    if round.is_busy() {
        app.background.spawn(Box::pin(round.finish()));
    }
    Ok(())
}

/// The deliveries that one run holds.
struct Round {
    app: App,
    timer: Rc<dyn Timer>,
    looks: Looks,
    began: Timestamp,
    /// To be begun.
    waiting: VecDeque<ClaimedRow>,
    /// The endpoints of those that are begun.
    busy: Vec<WebhookId>,
    /// Begun.
    open: FuturesUnordered<Pin<Box<dyn Future<Output = Tried>>>>,
    /// Done, to be settled.
    tried: Vec<Tried>,
    /// How many of those that are not done are waited for.
    quick: usize,
}

/// Whether its endpoint answered in time for its batch the last time.
fn is_quick(row: &ClaimedRow) -> bool {
    row.pace_ms <= LONGEST_PAUSE.as_millis()
}

impl Round {
    fn new(app: App, timer: Rc<dyn Timer>, claimed: Vec<ClaimedRow>) -> Self {
        let (first, last): (Vec<_>, Vec<_>) = claimed.into_iter().partition(is_quick);
        let (quick, began) = (first.len(), app.clock.now());
        let waiting = first.into_iter().chain(last).collect();
        let (busy, open, tried) = (Vec::new(), FuturesUnordered::new(), Vec::new());
        let looks = Looks::default();
        Self { app, timer, looks, began, waiting, busy, open, tried, quick }
    }

    fn is_busy(&self) -> bool {
        !self.open.is_empty() || !self.waiting.is_empty()
    }

    /// Begins as many as may run at once, first those of endpoints with the fewest under way.
    fn fill(&mut self) {
        while self.open.len() < TOGETHER {
            let under_way = |row: &ClaimedRow| {
                self.busy.iter().filter(|endpoint| **endpoint == row.endpoint_id).count()
            };
            let next = self.waiting.iter().enumerate().min_by_key(|(_, row)| under_way(row));
            let Some(row) = next.map(|(at, _)| at).and_then(|at| self.waiting.remove(at)) else {
                return;
            };
            self.busy.push(row.endpoint_id.clone());
            let (app, looks) = (self.app.clone(), self.looks.clone());
            self.open.push(Box::pin(async move { attempt(&app, &looks, row).await }));
        }
    }

    fn done(&mut self, tried: Tried) {
        if let Some(at) = self.busy.iter().position(|endpoint| *endpoint == tried.row.endpoint_id) {
            self.busy.swap_remove(at);
        }
        self.quick = self.quick.saturating_sub(usize::from(is_quick(&tried.row)));
        self.tried.push(tried);
    }

    /// Runs until the quick ones are done, or no answer comes for a while.
    async fn until_quiet(&mut self) {
        let mut pause = LONGEST_PAUSE;
        self.fill();
        let timer = Rc::clone(&self.timer);
        while self.quick > 0 {
            let quiet = timer.sleep(pause);
            let Either::Left((Some(tried), _)) = select(self.open.next(), quiet).await else {
                return;
            };
            self.done(tried);
            let took = self.app.clock.now().since(self.began);
            pause = took.times(2.0).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
            self.fill();
        }
    }

    /// Runs the rest to its end, with what can be taken up meanwhile.
    async fn finish(mut self) {
        loop {
            self.fill();
            let Some(first) = self.open.next().await else { return };
            self.done(first);
            let timer = Rc::clone(&self.timer);
            let mut gathered = timer.sleep(GATHERING);
            while let Either::Left((Some(tried), _)) = select(self.open.next(), &mut gathered).await
            {
                self.done(tried);
            }
            if let Err(error) = self.settle(&[]).await {
                // The claims run out, and the scheduler finds what is due.
                let fields = json!({ "cause": error.to_string() });
                self.app.log.line(Level::Warn, "deliver.settle_failed", fields);
            }
        }
    }

    /// Settles what is done, gives `left` back to the queue, and takes up what waits for the same
    /// endpoints.
    async fn settle(&mut self, left: &[ClaimedRow]) -> Result<(), DbError> {
        let tried = std::mem::take(&mut self.tried);
        if tried.is_empty() && left.is_empty() {
            return Ok(());
        }
        let goes_on = self.app.clock.now().since(self.began) < TAKING_UP;
        let free = if goes_on { TOGETHER.saturating_sub(self.open.len()) } else { 0 };
        let room = u32::try_from(free).unwrap_or_default();
        let outcome = Outcome::new(&self.app, &tried, left, room);
        let mut pauses = SETTLING.iter();
        loop {
            match (write_down(&self.app, &outcome).await, pauses.next()) {
                (Ok(taken_up), _) => {
                    self.waiting.extend(taken_up);
                    return Ok(());
                }
                (Err(DbError::Busy | DbError::Lost), Some(pause)) => {
                    self.timer.sleep(*pause).await;
                }
                (Err(error), _) => return Err(error),
            }
        }
    }
}
