//! Counting requests without asking for each: the one count of a key ([`Tally`], in a Durable Object)
//! gives an isolate several numbers of its window at once, and the isolate ([`Share`]) serves from
//! these and tells of their use when it asks again.
//!
//! Each number is given once, so no window lets more through than its quota, however many isolates
//! ask at once. An isolate is given a quarter at most of what it needed before in the window, so that
//! four fifths of a quota can be used wherever the requests come in; and who asks rarely is given
//! single numbers, so that nothing is left over.

use serde::{Deserialize, Serialize};

use super::rate::{Counted, Metered, Noted, WINDOW};
use crate::crypto::hash::TokenHash;
use crate::time::{Span, Timestamp};

/// One ask is for this part at most of what was needed before, and gets the other at most of what is left.
const PART_OF_NEED: u32 = 4;
const PART_OF_REST: u32 = 8;
/// Numbers given at once at most.
const MOST_AT_ONCE: u32 = 1_000;
/// How long an answer is waited for by others than who asked. Who is never heard of again must not be
/// waited for.
const PATIENCE: Span = Span::seconds(1);
/// How often one request waits for the answer that another one asked for; then it asks by itself.
const MOST_WAITS: u32 = 5;
/// How long a use waits for company before it is told without an ask.
pub const TOLD_AFTER: Span = Span::seconds(1);
/// Credentials and keys that an isolate remembers at most.
const REMEMBERED: usize = 500;

/// What an isolate asks of the count of a key, and tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// How many numbers.
    pub wanted: u32,
    /// The requests that the quota allows in a window.
    pub most: u32,
    /// What was done since the last time.
    pub noted: Noted,
}

/// The numbers from `first` on, `count` of them: none where the window has none left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The first number, from 1.
    pub first: u32,
    /// How many.
    pub count: u32,
    /// When the window ends, by the clock of the count: names the window.
    pub window: Timestamp,
    /// How long until then.
    pub resets_in: Span,
}

impl Grant {
    /// As it travels: four numbers.
    pub fn text(&self) -> String {
        let numbers = [self.first.into(), self.count.into(), self.window.as_millis()];
        let [first, count, window] = numbers.map(|number: i64| number.to_string());
        [first, count, window, self.resets_in.as_millis().to_string()].join(" ")
    }

    /// Reads [`text`](Self::text).
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ');
        let grant = Self {
            first: numbers.next()?.parse().ok()?,
            count: numbers.next()?.parse().ok()?,
            window: Timestamp::from_millis(numbers.next()?.parse().ok()?),
            resets_in: Span::millis(numbers.next()?.parse().ok()?),
        };
        numbers.next().is_none().then_some(grant)
    }
}

/// The count of one key: a window that begins with its first request, and what its tokens did since it
/// was last taken.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    ends_at: Option<Timestamp>,
    number: u32,
    #[serde(default)]
    noted: Noted,
}

impl Tally {
    /// Gives numbers, and keeps what was noted.
    pub fn grant(&mut self, ask: Ask, now: Timestamp) -> Grant {
        let ends_at = match self.ends_at {
            Some(ends_at) if now < ends_at => ends_at,
            // Who only tells begins no window.
            _ if ask.wanted == 0 => now,
            _ => {
                self.number = 0;
                now.plus(WINDOW)
            }
        };
        self.noted.add(ask.noted);
        let left = ask.most.saturating_sub(self.number);
        let count = ask.wanted.min(left.div_ceil(PART_OF_REST));
        let first = self.number.saturating_add(1);
        if ask.wanted > 0 {
            self.ends_at = Some(ends_at);
            self.number = self.number.saturating_add(count);
        }
        Grant { first, count, window: ends_at, resets_in: ends_at.since(now) }
    }

    /// Takes out what is to be written.
    pub fn take(&mut self) -> Noted {
        std::mem::take(&mut self.noted)
    }

    /// Whether there is something to be written.
    pub const fn holds_uses(&self) -> bool {
        !self.noted.is_empty()
    }
}

/// What a request does next to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: this is how it is counted.
    Counted(Counted),
    /// It asks for so many numbers, and gives the answer to [`Share::receive`].
    Ask(u32),
    /// It waits a moment: another request has asked for its number too.
    Wait,
}

/// What an isolate holds of one key.
#[derive(Debug, Default)]
pub struct Share {
    /// The window of the numbers, and when it ends by the clock of this isolate.
    window: Timestamp,
    ends_at: Timestamp,
    /// Ranges of numbers that are not used, first and last.
    numbers: Vec<(u32, u32)>,
    /// How many numbers of the window were given to this isolate.
    given: u32,
    /// The quota of which the window had no number left.
    used_up: Option<u32>,
    /// Numbers that were asked for and have not come, requests that asked, and requests that wait for
    /// one of the others; forgotten at `heard_by`.
    coming: u32,
    asking: u32,
    waiting: u32,
    heard_by: Timestamp,
    /// What was not told yet, and until when somebody is about to.
    noted: Noted,
    told_by: Timestamp,
}

impl Share {
    /// How a request is counted, under a quota of `most`, that has `waited` so often.
    pub fn next(&mut self, most: u32, now: Timestamp, waited: u32) -> Next {
        if waited > 0 {
            self.waiting = self.waiting.saturating_sub(1);
        }
        if now >= self.ends_at {
            self.begin(self.window);
        }
        if let Some(counted) = self.number(now) {
            return Next::Counted(counted);
        }
        if self.used_up.is_some_and(|quota| most <= quota) {
            return Next::Counted(Counted::above(self.ends_at.since(now)));
        }
        if now >= self.heard_by {
            (self.coming, self.asking, self.waiting) = (0, 0, 0);
        }
        let to_spare = self.coming.saturating_sub(self.asking).saturating_sub(self.waiting);
        if to_spare > 0 && waited < MOST_WAITS {
            self.waiting += 1;
            return Next::Wait;
        }
        if self.coming == 0 {
            self.heard_by = now.plus(PATIENCE);
        }
        let needed = self.given.saturating_add(self.coming);
        let count = (needed / PART_OF_NEED).clamp(1, MOST_AT_ONCE);
        self.coming = self.coming.saturating_add(count);
        self.asking += 1;
        Next::Ask(count)
    }

    /// Takes in the answer to an ask for `wanted` numbers under a quota of `most`, made at `asked_at`:
    /// how the request that asked is counted. `None` where there was no answer.
    pub fn receive(
        &mut self,
        (wanted, most): (u32, u32),
        asked_at: Timestamp,
        grant: Option<Grant>,
    ) -> Option<Counted> {
        self.coming = self.coming.saturating_sub(wanted);
        self.asking = self.asking.saturating_sub(1);
        let Grant { first, count, window, resets_in } = grant?;
        if window > self.window {
            self.begin(window);
        }
        let own = (count > 0).then_some(Counted { number: first, resets_in });
        // The numbers of a window that is over are worth nothing to others.
        if window == self.window {
            // Not later than the count's own end, since the ask was sent before it was answered.
            self.ends_at = self.ends_at.max(asked_at.plus(resets_in));
            self.given = self.given.saturating_add(count);
            match count {
                0 => self.used_up = Some(most),
                1 => {}
                _ => self.numbers.push((first.saturating_add(1), first.saturating_add(count - 1))),
            }
        }
        own.or_else(|| self.number(asked_at)).or(Some(Counted::above(resets_in)))
    }

    fn begin(&mut self, window: Timestamp) {
        self.window = window;
        self.numbers.clear();
        (self.given, self.used_up) = (0, None);
    }

    fn number(&mut self, now: Timestamp) -> Option<Counted> {
        let (first, last) = self.numbers.first_mut()?;
        let counted = Counted { number: *first, resets_in: self.ends_at.since(now) };
        if first == last {
            self.numbers.remove(0);
        } else {
            *first += 1;
        }
        Some(counted)
    }

    /// What was done and not told yet.
    pub const fn noted(&mut self) -> &mut Noted {
        &mut self.noted
    }

    /// Whether what was noted is still to be told, and nobody is about to. Who is told so tells it
    /// [a moment](TOLD_AFTER) later.
    pub fn is_to_tell(&mut self, now: Timestamp) -> bool {
        let is_due = !self.noted.is_empty() && now >= self.told_by;
        if is_due {
            self.told_by = now.plus(TOLD_AFTER).plus(PATIENCE);
        }
        is_due
    }

    /// Ends what [`is_to_tell`](Self::is_to_tell) began. Whether something is still to be told.
    pub const fn tells(&mut self) -> bool {
        self.told_by = Timestamp::from_millis(0);
        !self.noted.is_empty()
    }

    /// Takes out what is to be told.
    pub fn take(&mut self) -> Noted {
        std::mem::take(&mut self.noted)
    }
}

/// What an isolate remembers: whose the credentials are that D1 knew, which never changes, and its
/// shares.
#[derive(Debug, Default)]
pub struct Memory {
    known: Vec<(TokenHash, Metered)>,
    shares: Vec<(String, Share)>,
}

impl Memory {
    /// Where a credential is counted that was found in the database before.
    pub fn recall(&self, hash: &TokenHash) -> Option<Metered> {
        self.known.iter().find(|(known, _)| known == hash).map(|(_, metered)| metered.clone())
    }

    /// Remembers where a credential is counted; `None` forgets it.
    pub fn remember(&mut self, hash: &TokenHash, metered: Option<Metered>) {
        self.known.retain(|(known, _)| known != hash);
        if self.known.len() >= REMEMBERED {
            self.known.remove(0);
        }
        self.known.extend(metered.map(|metered| (hash.clone(), metered)));
    }

    /// Does something with the share of a key; what was not used for longest gives way to a new one.
    pub fn with_share<T>(&mut self, key: &str, act: impl FnOnce(&mut Share) -> T) -> T {
        let at = self.shares.iter().position(|(known, _)| known == key);
        if at.is_none() && self.shares.len() >= REMEMBERED {
            self.shares.remove(0);
        }
        let mut share = match at {
            Some(at) => self.shares.remove(at),
            None => (key.to_owned(), Share::default()),
        };
        let result = act(&mut share.1);
        self.shares.push(share);
        result
    }
}

#[cfg(test)]
#[path = "permits_tests.rs"]
mod tests;
