//! What an organization is called, and how it shows itself.

/// Characters of a name at most.
pub const LONGEST_NAME: usize = 100;

/// A name without blanks around it; `None` for one that is empty, too long or no single line.
pub fn parse_name(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
    (fits && !text.contains(char::is_control)).then(|| text.to_owned())
}

/// A colour as `#rrggbb`, in lower case.
pub fn parse_color(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    let fits = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_of_text() {
        assert_eq!(parse_name("  Ünïcode & Söhne "), Some("Ünïcode & Söhne".to_owned()));
        assert!(parse_name(&"x".repeat(100)).is_some());
        for bad in ["", "  ", "a\nb", "a\0b", &"x".repeat(101)] {
            assert_eq!(parse_name(bad), None, "{bad}");
        }
    }

    #[test]
    fn colours_are_six_hexadecimal_digits() {
        assert_eq!(parse_color("#A0b1C2"), Some("#a0b1c2".to_owned()));
        for bad in ["", "#", "#abc", "a0b1c2", "#a0b1c2d3", "#gggggg", "#ääää", "red;}"] {
            assert_eq!(parse_color(bad), None, "{bad}");
        }
    }
}
