//! Reads how many tests ran from what the test runners print.

use std::ops::AddAssign;

/// Tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Sums every summary in the output of cargo-nextest, `cargo test`, `node --test` or vitest.
pub(crate) fn read(output: &str) -> Counts {
    let mut sum = Counts::default();
    for line in output.lines() {
        let line = plain(line);
        let line = line.trim();
        if let Some(counts) = summary(line) {
            sum += counts;
        }
    }
    sum
}

fn summary(line: &str) -> Option<Counts> {
    // cargo-nextest: `Summary [   0.1s] 4 tests run: 2 passed (1 slow), 1 failed, 1 timed out, 3 skipped`
    if let Some(rest) = line.strip_prefix("Summary [") {
        let (_, counts) = rest.split_once("run: ")?;
        return Some(Counts {
            passed: before(counts, "passed"),
            failed: before(counts, "failed")
                + before(counts, "timed out")
                + before(counts, "exec failed"),
        });
    }
    // cargo test: `test result: ok. 12 passed; 0 failed; 1 ignored; …`
    if let Some(rest) = line.strip_prefix("test result: ") {
        return Some(Counts { passed: before(rest, "passed"), failed: before(rest, "failed") });
    }
    // vitest: `Tests  1 failed | 12 passed (13)`
    if let Some(rest) = line.strip_prefix("Tests  ") {
        return Some(Counts { passed: before(rest, "passed"), failed: before(rest, "failed") });
    }
    // node --test: `ℹ pass 5`, `ℹ fail 0`, `ℹ cancelled 0`, one a line
    let (word, number) = line.strip_prefix("ℹ ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Counts { passed: number, failed: 0 }),
        "fail" | "cancelled" => Some(Counts { passed: 0, failed: number }),
        _ => None,
    }
}

/// The number right before the word, 0 where there is none.
fn before(text: &str, word: &str) -> u32 {
    text.split([',', ';', '|', '('])
        .filter_map(|part| part.split_once(word))
        .find_map(|(number, rest)| {
            let whole_word = rest.is_empty() || rest.starts_with([' ', ')']);
            number
                .rsplit(['.', ' '])
                .find(|word| !word.is_empty())?
                .parse()
                .ok()
                .filter(|_| whole_word)
        })
        .unwrap_or(0)
}

/// The line without colour codes.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // Up to the letter that ends the sequence.
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runner_s_summary_is_understood() {
        let cases = [
            (
                "     Summary [   0.123s] 45 tests run: 44 passed (2 slow), 1 failed, 3 skipped",
                44,
                1,
            ),
            ("     Summary [  12.001s] 5 tests run: 5 passed, 0 skipped", 5, 0),
            (
                "     Summary [  12.001s] 3/5 tests run: 1 passed, 1 failed, 1 timed out, 0 skipped",
                1,
                2,
            ),
            (
                "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.05s",
                12,
                0,
            ),
            (
                "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
                3,
                2,
            ),
            ("      Tests  1 failed | 12 passed (13)", 12, 1),
            ("      Tests  12 passed (12)", 12, 0),
            (
                "ℹ tests 7\nℹ suites 0\nℹ pass 5\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\nℹ todo 0",
                5,
                2,
            ),
            (" Test Files  2 passed (2)", 0, 0),
            ("nothing to see", 0, 0),
        ];
        for (output, passed, failed) in cases {
            assert_eq!(read(output), Counts { passed, failed }, "{output}");
        }
    }

    #[test]
    fn several_summaries_add_up_through_colours() {
        let output = "test result: ok. 2 passed; 0 failed\n\
            \u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m3 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (3)\u{1b}[39m";
        assert_eq!(read(output), Counts { passed: 5, failed: 0 });
        assert_eq!(read(output).to_string(), "5 passed, 0 failed");
    }
}
