//! Public suffixes: the names under which everybody can register (<https://publicsuffix.org/>).
//!
//! The rules are those of the package `psl` in `Cargo.lock`; `cargo xtask suffixes` writes them in a
//! form that takes half the bytes of a library's list once it is compressed.

use std::sync::LazyLock;

/// The rules as a tree of labels from the right: a line for each list of labels. The first line
/// has the top-level domains, each other one what is below an entry, in the order of these entries.
/// A top-level domain with nothing below is left out, since it is a suffix without a rule.
///
/// A line's entries are sorted, each a capital letter and the label without what it has in common
/// with the entry before: no letter of it after the first of eight capitals, 7 after the last.
/// `A` to `H` begin a suffix; `I` to `P` one with a line; `Q` to `X` what just has a line; `Y` an
/// exception from `*`.
const RULES: &str = include_str!("suffixes.txt");

/// The registrable domain of a name in A-labels and lower case, which is what its owner has bought:
/// the public suffix with one label more. `None` where the name is a suffix itself, or no name.
pub fn registrable(name: &str) -> Option<&str> {
    if name.split('.').any(str::is_empty) {
        return None;
    }
    let mut dots = name.rmatch_indices('.').map(|(dot, _)| dot);
    dots.nth(labels(name).checked_sub(1)?)?;
    name.get(dots.next().map_or(0, |dot| dot + 1)..)
}

/// Each line, with the number of the line that its first entry with one has.
static LINES: LazyLock<Vec<(&str, usize)>> = LazyLock::new(|| {
    let mut next = 1;
    let number = |line: &'static str| {
        let first = next;
        next += line.bytes().filter(|byte| (b'I'..=b'X').contains(byte)).count();
        (line, first)
    };
    RULES.lines().map(number).collect()
});

/// How many labels the public suffix of `name` has: 1 where no rule says more.
fn labels(name: &str) -> usize {
    let (mut found, mut wanted) = (1, Some(0));
    for (above, label) in name.rsplit('.').enumerate() {
        let Some((line, first)) = wanted.and_then(|line| LINES.get(line)) else { break };
        wanted = None;
        let (mut next, mut entry) = (*first, String::with_capacity(64));
        for (head, letters) in entries(line) {
            let (kind, shared) = (head / 8, head % 8);
            entry.truncate(usize::from(shared));
            entry.push_str(letters);
            let has_line = kind == 1 || kind == 2;
            if entry == label || entry == "*" {
                match kind {
                    0 | 1 => found = above + 1,
                    2 => {}
                    _ => return above,
                }
                if has_line {
                    wanted = Some(next);
                }
            }
            next += usize::from(has_line);
        }
    }
    found
}

/// The entries of a line: the capital letter as a number from 0, and the letters after it.
fn entries(line: &str) -> impl Iterator<Item = (u8, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let head = rest.bytes().next()?.checked_sub(b'A')?;
        let tail = rest.get(1..)?;
        let end = tail.find(|letter: char| letter.is_ascii_uppercase()).unwrap_or(tail.len());
        let (letters, after) = tail.split_at(end);
        rest = after;
        Some((head, letters))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{HashSet, VecDeque};

    use proptest::prelude::*;

    use super::*;

    /// The rules as the file has them, and the names that they are below.
    struct Book {
        rules: HashSet<String>,
        exceptions: HashSet<String>,
        above: HashSet<String>,
    }

    static BOOK: LazyLock<Book> = LazyLock::new(|| {
        let mut book =
            Book { rules: HashSet::new(), exceptions: HashSet::new(), above: HashSet::new() };
        let mut lines = RULES.lines();
        let mut open = VecDeque::from([String::new()]);
        while let (Some(line), Some(above)) = (lines.next(), open.pop_front()) {
            let mut entry = String::new();
            for (head, letters) in entries(line) {
                entry.truncate(usize::from(head % 8));
                entry.push_str(letters);
                let name = format!("{entry}.{above}").trim_end_matches('.').to_owned();
                if matches!(head / 8, 1 | 2) {
                    open.push_back(name.clone());
                    book.above.insert(name.clone());
                }
                match head / 8 {
                    0 | 1 => book.rules.insert(name),
                    2 => true,
                    _ => book.exceptions.insert(name),
                };
            }
        }
        assert!(lines.next().is_none() && open.is_empty(), "as many lines as are announced");
        assert!(book.rules.len() > 8_000, "{} rules", book.rules.len());
        book
    });

    /// A name and all names above it, longest first.
    fn upwards(name: &str) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(name), |name| Some(name.split_once('.')?.1))
    }

    fn star(name: &str) -> String {
        name.split_once('.').map_or("*".to_owned(), |(_, above)| format!("*.{above}"))
    }

    /// By the words of <https://github.com/publicsuffix/list/wiki/Format#algorithm>.
    fn by_the_book(name: &str) -> Option<&str> {
        let exception = upwards(name).find(|name| BOOK.exceptions.contains(*name));
        let rule = |name: &&str| BOOK.rules.contains(*name) || BOOK.rules.contains(&star(name));
        let suffix = match exception {
            Some(name) => name.split_once('.')?.1,
            None => upwards(name).find(rule).or(upwards(name).last())?,
        };
        let before = name.strip_suffix(suffix)?.strip_suffix('.')?;
        name.get(before.rfind('.').map_or(0, |dot| dot + 1)..)
    }

    /// `psl` forgets `*.run.app` for `mtls.run.app`, because there is a rule `*.mtls.run.app` too.
    fn forgotten_by_psl(name: &str) -> bool {
        upwards(name).any(|name| BOOK.above.contains(name) && BOOK.rules.contains(&star(name)))
    }

    fn agrees(name: &str) {
        let found = registrable(name);
        assert_eq!(found, by_the_book(name), "{name}");
        assert!(found == psl::domain_str(name) || forgotten_by_psl(name), "{name}: {found:?}");
    }

    #[test]
    fn each_rule_and_what_is_around_it_is_read_by_the_book_and_as_psl_reads_it() {
        for rule in BOOK.rules.iter().chain(&BOOK.exceptions) {
            let name = rule.replace('*', "any");
            for name in [&format!("x{name}"), &format!("a.b.{name}")] {
                agrees(name);
            }
            upwards(&name).for_each(agrees);
        }
        BOOK.above.iter().for_each(|name| agrees(name));
        let forgotten = BOOK.above.iter().filter(|name| forgotten_by_psl(name)).count();
        assert!(forgotten < 50, "{forgotten} names");
    }

    #[test]
    fn the_registrable_domain_is_one_label_below_the_suffix() {
        for (name, domain) in [
            ("com", None),
            ("example.com", Some("example.com")),
            ("a.b.example.com", Some("example.com")),
            ("co.uk", None),
            ("www.example.co.uk", Some("example.co.uk")),
            ("github.io", None),
            ("me.github.io", Some("me.github.io")),
            ("ck", None),
            ("any.ck", None),
            ("a.any.ck", Some("a.any.ck")),
            ("www.ck", Some("www.ck")),
            ("a.www.ck", Some("www.ck")),
            ("mtls.run.app", None),
            ("xn--55qx5d.cn", None),
            ("nobody-knows-it", None),
            ("a.nobody-knows-it", Some("a.nobody-knows-it")),
        ] {
            assert_eq!(registrable(name), domain, "{name}");
        }
        for none in ["", ".", "..", ".com", "com.", "ü", "a..b", "a.", ".a.com"] {
            assert_eq!(registrable(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn listed_labels_in_any_order_are_read_by_the_book_and_as_psl_reads_them(
            picks in proptest::collection::vec(any::<prop::sample::Selector>(), 1..5),
        ) {
            let labels: Vec<&str> = picks
                .iter()
                .filter_map(|pick| pick.select(&BOOK.rules).split('.').find(|label| *label != "*"))
                .collect();
            agrees(&labels.join("."));
        }

        #[test]
        fn any_name_is_read_by_the_book_and_as_psl_reads_it(
            name in "([a-z0-9-]{1,9}\\.){0,4}(com|uk|jp|us|ck|io|[a-z]{2,3})",
        ) {
            agrees(&name);
        }
    }
}
