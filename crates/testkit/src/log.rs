//! Log lines, kept.

use std::cell::RefCell;

use dcvaas_core::ports::{Level, Log};
use serde_json::Value;

/// One structured line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// How urgent.
    pub level: Level,
    /// Event name in dotted form.
    pub event: &'static str,
    /// Its fields.
    pub fields: Value,
}

/// All lines of a test.
#[derive(Debug, Default)]
pub struct Lines(RefCell<Vec<Line>>);

impl Lines {
    /// Every line so far.
    pub fn all(&self) -> Vec<Line> {
        self.0.borrow().clone()
    }

    /// The lines with that event name.
    pub fn of(&self, event: &str) -> Vec<Line> {
        self.0.borrow().iter().filter(|line| line.event == event).cloned().collect()
    }

    /// Takes the lines out that ask a person to act. A test that expects such lines reads them;
    /// the end of the [`World`](crate::World) fails it for any that are left.
    pub fn errors(&self) -> Vec<Line> {
        let (errors, rest) = self.0.take().into_iter().partition(|line| line.level == Level::Error);
        *self.0.borrow_mut() = rest;
        errors
    }
}

impl Log for Lines {
    fn line(&self, level: Level, event: &'static str, fields: Value) {
        self.0.borrow_mut().push(Line { level, event, fields });
    }
}
