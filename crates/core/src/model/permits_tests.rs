use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn ask(wanted: u32, most: u32) -> Ask {
    Ask { wanted, most, noted: Noted::default() }
}

#[test]
fn a_window_begins_with_its_first_request_and_lasts_a_minute() {
    let mut tally = Tally::default();
    let first: Vec<u32> = [0, 1, 59_999, 60_000, 60_001, 200_000]
        .into_iter()
        .map(|after| tally.grant(ask(1, 100), NOW.plus(Span::millis(after))).first)
        .collect();
    assert_eq!(first, [1, 2, 3, 1, 2, 1]);
    // Telling takes no number, and begins no window.
    let later = NOW.plus(Span::minutes(9));
    assert_eq!(tally.grant(ask(0, 100), later).count, 0);
    let begun = tally.grant(ask(1, 100), later.plus(Span::seconds(5)));
    assert_eq!((begun.first, begun.resets_in), (1, WINDOW));
}

#[test]
fn a_window_gives_no_more_than_its_quota_and_the_less_at_once_the_less_is_left() {
    let mut tally = Tally::default();
    let counts: Vec<u32> = std::iter::repeat_with(|| tally.grant(ask(40, 100), NOW).count)
        .take_while(|count| *count > 0)
        .collect();
    assert_eq!(counts.first(), Some(&13));
    assert!(counts.is_sorted_by(|a, b| a >= b));
    assert_eq!((counts.iter().sum::<u32>(), counts.last()), (100, Some(&1)));
    assert_eq!(tally.grant(ask(1, 101), NOW).first, 101, "an operator gave more");
}

#[test]
fn a_grant_travels_as_text() {
    let grant = Grant { first: 7, count: 3, window: NOW, resets_in: Span::millis(59_001) };
    assert_eq!(Grant::parse(&grant.text()), Some(grant));
    for broken in ["", "7", "7 3 1", "7 3 1 x", "7 3 1 2 3", "-1 3 1 2"] {
        assert_eq!(Grant::parse(broken), None, "{broken}");
    }
}

#[test]
fn what_was_stored_in_an_older_form_is_still_counted_from() {
    let stored = r#"{"ends_at":1800000060000,"number":7,"uses":[]}"#;
    let mut tally: Tally = serde_json::from_str(stored).unwrap();
    assert_eq!(tally.grant(ask(1, 100), NOW).first, 8);
}

#[test]
fn two_hundred_requests_at_once_ask_seldom() {
    let mut share = Share::default();
    let steps: Vec<Next> = (0..200).map(|_| share.next(1_000, NOW, 0)).collect();
    let asks = steps.iter().filter(|step| matches!(step, Next::Ask(_))).count();
    assert!(asks <= 25, "{asks} asks");
    assert_eq!(steps.iter().filter(|step| matches!(step, Next::Wait)).count(), 200 - asks);
}

#[test]
fn an_answer_that_does_not_come_keeps_nobody_waiting_for_long() {
    let mut share = Share::default();
    while !matches!(share.next(1_000, NOW, 0), Next::Wait) {}
    assert_eq!(share.next(1_000, NOW, MOST_WAITS), Next::Ask(2));
    assert_eq!(share.next(1_000, NOW.plus(PATIENCE), 0), Next::Ask(1));
    assert_eq!(share.receive((1, 1_000), NOW, None), None);
}

#[test]
fn numbers_are_used_until_their_window_ends_and_a_larger_quota_is_asked_for_at_once() {
    let mut share = Share::default();
    let give = |share: &mut Share, first, count| {
        let window = NOW.plus(WINDOW);
        let grant = Grant { first, count, window, resets_in: Span::seconds(50) };
        share.receive((count.max(1), 100), NOW, Some(grant)).unwrap()
    };
    assert_eq!(give(&mut share, 5, 3).number, 5);
    let counted = |share: &mut Share, most, after: i64| match share.next(
        most,
        NOW.plus(Span::seconds(after)),
        0,
    ) {
        Next::Counted(counted) => Some((counted.number, counted.resets_in.as_seconds())),
        Next::Ask(_) | Next::Wait => None,
    };
    assert_eq!(counted(&mut share, 100, 10), Some((6, 40)));
    assert_eq!(counted(&mut share, 100, 50), None);
    assert_eq!(give(&mut share, 0, 0), Counted::above(Span::seconds(50)));
    assert_eq!(counted(&mut share, 100, 20), Some((u32::MAX, 30)));
    assert_eq!(counted(&mut share, 101, 20), None);
}

#[test]
fn what_was_noted_is_told_once_and_kept_where_it_could_not_be_told() {
    let mut share = Share::default();
    share.noted().request("a", "x", "", NOW);
    assert!(share.is_to_tell(NOW));
    assert!(!share.is_to_tell(NOW), "somebody is about to");
    assert!(share.is_to_tell(NOW.plus(Span::seconds(9))), "who was about to is gone");
    let taken = share.take();
    share.noted().add(taken);
    assert_eq!(share.take().uses.len(), 1);
    assert!(!share.is_to_tell(NOW));
}

/// Isolates around one count, whose messages take their time.
#[derive(Default)]
struct Sim {
    tally: Tally,
    shares: Vec<Share>,
    /// Asks under way: isolate, ask, when.
    asks: Vec<(usize, u32, Timestamp)>,
    answers: Vec<(usize, u32, Timestamp, Grant)>,
    waiters: Vec<(usize, u32)>,
    passed: HashMap<Timestamp, Vec<u32>>,
    refused: usize,
}

impl Sim {
    fn new(isolates: usize) -> Self {
        Self {
            shares: std::iter::repeat_with(Share::default).take(isolates).collect(),
            ..Self::default()
        }
    }

    fn done(&mut self, most: u32, window: Timestamp, counted: Counted) {
        if counted.number <= most {
            self.passed.entry(window).or_default().push(counted.number);
        } else {
            self.refused += 1;
        }
    }

    fn step(&mut self, isolate: usize, most: u32, now: Timestamp, waited: u32) {
        match self.shares[isolate].next(most, now, waited) {
            Next::Counted(counted) => {
                let window = self.shares[isolate].window;
                assert!(counted.number > most || now < window, "no number outlives its window");
                self.done(most, window, counted);
            }
            Next::Ask(number) => self.asks.push((isolate, number, now)),
            Next::Wait => self.waiters.push((isolate, waited + 1)),
        }
    }

    fn arrive(&mut self, at: usize, most: u32, now: Timestamp) {
        let (isolate, wanted, asked_at) = self.asks.remove(at);
        let grant = self.tally.grant(ask(wanted, most), now);
        self.answers.push((isolate, wanted, asked_at, grant));
    }

    fn answer(&mut self, at: usize, most: u32) {
        let (isolate, wanted, asked_at, grant) = self.answers.remove(at);
        let share = &mut self.shares[isolate];
        let counted = share.receive((wanted, most), asked_at, Some(grant)).unwrap();
        let window = if counted.number == grant.first { grant.window } else { share.window };
        self.done(most, window, counted);
    }

    fn wake(&mut self, at: usize, most: u32, now: Timestamp) {
        let (isolate, waited) = self.waiters.remove(at);
        self.step(isolate, most, now, waited);
    }

    /// All messages arrive in order, and who waits comes to an end.
    fn settle(&mut self, most: u32, now: Timestamp) {
        while !(self.asks.is_empty() && self.answers.is_empty() && self.waiters.is_empty()) {
            while !self.asks.is_empty() {
                self.arrive(0, most, now);
            }
            while !self.answers.is_empty() {
                self.answer(0, most);
            }
            for _ in 0..self.waiters.len() {
                self.wake(0, most, now);
            }
        }
    }

    fn passed(&self) -> usize {
        self.passed.values().map(Vec::len).sum()
    }
}

proptest! {
    #[test]
    fn no_window_lets_more_through_than_its_quota_whatever_comes_when(
        isolates in 1_usize..6,
        most in 0_u32..80,
        steps in proptest::collection::vec((0_u8..8, any::<prop::sample::Index>(), 0_i64..9_000), 1..400),
    ) {
        let (mut sim, mut now) = (Sim::new(isolates), NOW);
        for (what, which, millis) in steps {
            match what {
                0 if !sim.asks.is_empty() => sim.arrive(which.index(sim.asks.len()), most, now),
                1 if !sim.answers.is_empty() => sim.answer(which.index(sim.answers.len()), most),
                2 if !sim.waiters.is_empty() => sim.wake(which.index(sim.waiters.len()), most, now),
                3 => now = now.plus(Span::millis(millis)),
                _ => sim.step(which.index(isolates), most, now, 0),
            }
        }
        for numbers in sim.passed.values() {
            let mut once = numbers.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), numbers.len(), "each number is given once");
            prop_assert!(once.len() <= most as usize);
        }
    }

    #[test]
    fn one_isolate_uses_its_whole_quota_and_no_more(
        most in 0_u32..300, bursts in proptest::collection::vec(1_usize..120, 1..9),
    ) {
        let mut sim = Sim::new(1);
        for burst in &bursts {
            for _ in 0..*burst {
                sim.step(0, most, NOW, 0);
            }
            sim.settle(most, NOW);
        }
        let requests: usize = bursts.iter().sum();
        prop_assert_eq!(sim.passed(), requests.min(most as usize));
        prop_assert_eq!(sim.refused, requests - sim.passed());
    }

    #[test]
    fn four_fifths_of_a_quota_can_be_used_from_anywhere(
        most in 1_u32..2_000,
        bursts in proptest::collection::vec((0_usize..12, 1_usize..200), 1..60),
    ) {
        let mut sim = Sim::new(12);
        for (isolate, burst) in bursts {
            for _ in 0..burst {
                sim.step(isolate, most, NOW, 0);
            }
            sim.settle(most, NOW);
            prop_assert!(sim.refused == 0 || sim.passed() * 5 >= most as usize * 4,
                "{} of {most} when one was refused", sim.passed());
        }
    }
}
