//! Where in a JSON text something stands: `tags[1]`, `filter.domainIds[0]`.
//!
//! `serde_json` tells a fault's line and column, and this finds the member there. A library does the
//! same by wrapping every type that is read, which would add 8 kB (gzip) to the Worker.

/// What a part of the text is inside of.
enum Within<'a> {
    /// An object, at this member: between the quotes, escapes and all.
    Member(Option<&'a str>),
    /// An array, at this entry; `None` before the first one begins.
    Entry(Option<usize>),
}

/// The path of the member that ends at `line` and `column` (both from 1), or stands before it;
/// `None` at the top. What stands before that place is JSON, since the parser came by there.
pub(crate) fn path_at(text: &str, line: usize, column: usize) -> Option<String> {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    // A fault that a type finds by itself gets its place only when the object around it was left.
    let text = text.get(..before + column).unwrap_or(text).trim_end_matches(['}', ']']);
    let mut within: Vec<Within<'_>> = Vec::new();
    let mut key = false;
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        if let Some(Within::Entry(entry @ None)) = within.last_mut()
            && !c.is_ascii_whitespace()
            && c != ']'
        {
            *entry = Some(0);
        }
        match c {
            '{' => {
                within.push(Within::Member(None));
                key = true;
            }
            '[' => within.push(Within::Entry(None)),
            '}' | ']' => drop(within.pop()),
            ':' => key = false,
            ',' => match within.last_mut() {
                Some(Within::Entry(Some(entry))) => *entry += 1,
                Some(Within::Member(_)) => key = true,
                _ => {}
            },
            '"' => {
                let string = string_in(text.get(at + 1..).unwrap_or_default());
                if let Some(Within::Member(member)) = within.last_mut()
                    && key
                {
                    *member = Some(string);
                }
                // Past the string and its closing quote; each character before it was looked at.
                let end = at + 1 + string.len();
                while rest.next().is_some_and(|(here, _)| here < end) {}
            }
            _ => {}
        }
    }
    let path = within.iter().fold(String::new(), |path, step| match step {
        Within::Member(Some(member)) if path.is_empty() => (*member).to_owned(),
        Within::Member(Some(member)) => format!("{path}.{member}"),
        Within::Entry(Some(entry)) => format!("{path}[{entry}]"),
        Within::Member(None) | Within::Entry(None) => path,
    });
    (!path.is_empty()).then_some(path)
}

/// The string that `text` begins with, up to its closing quote.
fn string_in(text: &str) -> &str {
    let mut escaped = false;
    let end = text.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path at `^`, which is not part of the text.
    fn path(marked: &str) -> Option<String> {
        let (before, after) = marked.split_once('^').unwrap();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().len();
        path_at(&format!("{before}{after}"), line, column)
    }

    #[test]
    fn the_member_before_the_place_is_named() {
        for (marked, expected) in [
            ("^{}", None),
            ("{^}", None),
            (r#"{"a":5^}"#, Some("a")),
            (r#"{"a":5,"b":nu^ll}"#, Some("b")),
            (r#"{"a":["x",7^]}"#, Some("a[1]")),
            (r#"{"a":[^7]}"#, Some("a")),
            (r#"{"a":[7^]}"#, Some("a[0]")),
            (r#"{"a":{^}}"#, Some("a")),
            (r#"{"a":"x" }^"#, Some("a")),
            (r#"{"a":{"b":"x"}^}"#, Some("a.b")),
            (r#"{"a":{"b":[{"c":1^}]}}"#, Some("a.b[0].c")),
            (r#"{"a":[],"b":1^}"#, Some("b")),
            (r#"{"a":{"x":1},"b":1^}"#, Some("b")),
            (r#"{"a":"},[\"","b":"^"}"#, Some("b")),
            ("{\n \"ä\": \"ö\",\n \"b\": 7^\n}", Some("b")),
            (r#"{"a":"\\","b":7^}"#, Some("b")),
        ] {
            assert_eq!(path(marked).as_deref(), expected, "{marked}");
        }
    }

    #[test]
    fn any_place_of_any_text_is_survived() {
        for text in [r#"{"a":[{"ö":"\\u00e4"},[]],"b":"x"#, "]]}}:,\"", "\n\n{\"\\", "", "[[[[,,,"]
        {
            for line in 0..4 {
                for column in 0..=text.len() + 2 {
                    assert_ne!(path_at(text, line, column).as_deref(), Some(""), "{text}");
                }
            }
        }
    }
}
