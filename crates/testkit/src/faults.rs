//! The plan by which fakes break, and the walk over every single failure.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Where a call breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Nothing was done, and the caller is told so: busy, connection refused.
    Refused,
    /// Nothing was done, and the caller cannot know: time-out, lost request.
    Before,
    /// All was done, and the caller cannot know: lost answer.
    After,
}

impl When {
    /// Every way to break.
    pub const ALL: [Self; 3] = [Self::Refused, Self::Before, Self::After];
}

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// One call.
    Once,
    /// That call and every later one that matches.
    Lasting,
}

#[derive(Debug)]
struct Rule {
    matching: String,
    /// Matching calls that still pass.
    pass: usize,
    when: When,
    extent: Extent,
}

/// The plan, shared by all fakes of one world. Calls are labelled `db:<batch name>`,
/// `http:<METHOD> <url>` and `queue:send`; a rule matches where its text occurs in the label.
#[derive(Debug, Default)]
pub struct Faults {
    rules: RefCell<Vec<Rule>>,
    calls: RefCell<Vec<String>>,
    broken: RefCell<Option<String>>,
    paused: Cell<bool>,
}

impl Faults {
    /// Breaks the `nth` (from 0) call from now on whose label contains `matching`.
    pub fn fail(&self, matching: &str, nth: usize, when: When, extent: Extent) {
        self.rules.borrow_mut().push(Rule {
            matching: matching.to_owned(),
            pass: nth,
            when,
            extent,
        });
    }

    /// Everything works again.
    pub fn heal(&self) {
        self.rules.borrow_mut().clear();
    }

    /// Calls made while paused neither break nor count: for what a test sets up through flows.
    pub fn pause(&self) {
        self.paused.set(true);
    }

    /// Ends [`pause`](Self::pause).
    pub fn resume(&self) {
        self.paused.set(false);
    }

    /// The labels of all calls so far, in order.
    pub fn calls(&self) -> Vec<String> {
        self.calls.borrow().clone()
    }

    /// The label of the call that broke last.
    pub fn broken(&self) -> Option<String> {
        self.broken.borrow().clone()
    }

    /// Asked by each fake at each call: whether and where it breaks.
    pub(crate) fn on(&self, label: &str) -> Option<When> {
        if self.paused.get() {
            return None;
        }
        self.calls.borrow_mut().push(label.to_owned());
        let mut rules = self.rules.borrow_mut();
        let mut hit = None;
        rules.retain_mut(|rule| {
            if !label.contains(&rule.matching) {
                return true;
            }
            if rule.pass > 0 {
                rule.pass -= 1;
                return true;
            }
            hit = hit.or(Some(rule.when));
            rule.extent == Extent::Lasting
        });
        if hit.is_some() {
            *self.broken.borrow_mut() = Some(label.to_owned());
        }
        hit
    }
}

/// Says which failure was walked when an assertion of the scenario fails.
struct Step {
    faults: Rc<Faults>,
    index: usize,
    when: When,
}

impl Drop for Step {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let label = self.faults.broken().unwrap_or_else(|| "not reached".to_owned());
            eprintln!("the walk had broken call {} ({label}) {:?}", self.index, self.when);
        }
    }
}

/// Runs `scenario` once for each pair of (call, way to break) with a fresh plan that breaks just
/// that call once, until the scenario makes no more calls. The scenario builds its world from the
/// plan, runs the flow, lets it recover and checks what must hold. Gives the number of failures
/// that were proved.
pub async fn walk<Fut: Future<Output = ()>>(mut scenario: impl FnMut(Rc<Faults>) -> Fut) -> usize {
    const MOST_CALLS: usize = 1000;
    let mut proved = 0;
    for index in 0..MOST_CALLS {
        for when in When::ALL {
            let faults = Rc::new(Faults::default());
            faults.fail("", index, when, Extent::Once);
            let step = Step { faults: Rc::clone(&faults), index, when };
            scenario(Rc::clone(&faults)).await;
            drop(step);
            if faults.broken().is_none() {
                return proved;
            }
            proved += 1;
        }
    }
    panic!("the scenario makes more than {MOST_CALLS} calls: does it ever end?");
}
