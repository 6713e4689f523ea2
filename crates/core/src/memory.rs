//! What an isolate remembers between requests: parsed data that never changes, with the time it was read.

use std::cell::RefCell;
use std::rc::Rc;

use crate::model::upstream::oidc::Published;
use crate::time::Timestamp;

/// Providers that are remembered at most.
const MOST: usize = 32;

/// The memory of an isolate.
#[derive(Debug, Default)]
pub struct IsolateMemory(RefCell<Vec<Rc<Known>>>);

/// What a provider published.
#[derive(Debug)]
pub struct Known {
    /// Its issuer.
    pub issuer: String,
    /// What it published.
    pub published: Published,
    /// When that was read.
    pub read_at: Timestamp,
    /// When it was read because a key was missing.
    pub again_at: Option<Timestamp>,
}

impl IsolateMemory {
    /// What the issuer published.
    pub fn get(&self, issuer: &str) -> Option<Rc<Known>> {
        self.0.borrow().iter().find(|known| known.issuer == issuer).cloned()
    }

    /// Remembers what was just read instead of what was known before.
    pub fn put(&self, known: Known) -> Rc<Known> {
        let known = Rc::new(known);
        let mut all = self.0.borrow_mut();
        all.retain(|other| other.issuer != known.issuer);
        all.truncate(MOST - 1);
        all.insert(0, Rc::clone(&known));
        known
    }
}
