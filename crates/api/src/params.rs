//! Parameters of the path and the query: decoded, bounded, and refused by name.

use dcvaas_core::model::problem::Problem;
use dcvaas_core::time::Timestamp;
use percent_encoding::percent_decode_str;

/// How many rows a page has if nothing else is asked for, and at most.
pub(crate) const DEFAULT_LIMIT: u32 = 50;
pub(crate) const LARGEST_LIMIT: u32 = 200;

/// The decoded parameters of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params {
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    /// When the request came: what a read compares times with.
    pub now: Timestamp,
}

impl Params {
    /// Decodes both; a malformed percent sign or bytes that are no UTF-8 are refused.
    pub fn decode(
        path: &matchit::Params<'_, '_>,
        query: &str,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let path = path
            .iter()
            .map(|(name, value)| Ok((name.to_owned(), decode(name, value)?)))
            .collect::<Result<_, Problem>>()?;
        let query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let name = decode("query", &name.replace('+', " "))?;
                let value = decode(&name, &value.replace('+', " "))?;
                Ok((name, value))
            })
            .collect::<Result<_, Problem>>()?;
        Ok(Self { path, query, now })
    }

    /// A parameter of the path; the router guarantees that it is there.
    pub fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Refuses every query parameter that is not in `known`, by name.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        match self.query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(Problem::bad_field(
                name,
                "unknown",
                &if known.is_empty() {
                    "This route takes no query parameters.".to_owned()
                } else {
                    format!("Unknown query parameter; known are: {}.", known.join(", "))
                },
            )),
        }
    }

    fn query(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut found = self.query.iter().filter(|(key, _)| key == name);
        let value = found.next().map(|(_, value)| value.as_str());
        if found.next().is_some() {
            return Err(Problem::bad_field(name, "repeated", "Give this parameter once."));
        }
        Ok(value)
    }

    /// A parameter of free text.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        self.query(name)
    }

    /// `limit`: a whole number from 1 to 200, by default 50.
    pub fn limit(&self) -> Result<u32, Problem> {
        let Some(text) = self.query("limit")? else { return Ok(DEFAULT_LIMIT) };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|limit| digits && (1..=LARGEST_LIMIT).contains(limit)).ok_or_else(
            || {
                let text = format!("Give a whole number from 1 to {LARGEST_LIMIT}.");
                Problem::bad_field("limit", "out_of_range", &text)
            },
        )
    }

    /// A parameter that picks one word of a closed set; a word outside it is refused.
    pub fn word<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.query(name)? else { return Ok(None) };
        parse(text)
            .map(Some)
            .ok_or_else(|| Problem::bad_field(name, "unknown", "This word is not known here."))
    }

    /// A moment, with any offset.
    pub fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.query(name)? else { return Ok(None) };
        Timestamp::parse_iso(text).map(Some).ok_or_else(|| {
            let text = "Give a time in ISO 8601, such as 2027-01-31T00:00:00Z.";
            Problem::bad_field(name, "invalid", text)
        })
    }

    /// `after`: where a reader of the feed stands, as `nextCursor` gave it.
    pub fn after(&self) -> Result<Option<i64>, Problem> {
        let Some(text) = self.query("after")? else { return Ok(None) };
        position(text).map(Some).ok_or_else(|| {
            Problem::bad_field(
                "after",
                "invalid",
                "Give a nextCursor of this feed, or leave it out.",
            )
        })
    }

    /// `cursor`: where a page begins, as the page before gave it.
    pub fn cursor<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let Some(text) = self.query("cursor")? else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| {
            Problem::bad_field(
                "cursor",
                "invalid",
                "Give nextCursor of the page before, or leave it out.",
            )
        })
    }
}

/// Reads the number of an event.
pub fn position(text: &str) -> Option<i64> {
    let digits = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Decodes percent signs (RFC 3986 section 2.1) strictly.
fn decode(field: &str, text: &str) -> Result<String, Problem> {
    let malformed = text.split('%').skip(1).any(|rest| {
        !rest.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    });
    let decoded = percent_decode_str(text).decode_utf8();
    match decoded {
        Ok(decoded) if !malformed => Ok(decoded.into_owned()),
        _ => Err(Problem::bad_field(
            field,
            "malformed",
            "Percent signs must be followed by two hexadecimal digits and give UTF-8.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Result<Params, Problem> {
        let mut router = matchit::Router::new();
        router.insert("/a", ()).unwrap();
        Params::decode(&router.at("/a").unwrap().params, query, Timestamp::from_millis(0))
    }

    #[test]
    fn limits_are_whole_numbers_in_range() {
        assert_eq!(of("").unwrap().limit(), Ok(50));
        assert_eq!(of("limit=200").unwrap().limit(), Ok(200));
        for bad in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=%2B5",
            "limit=1e2",
            "limit=",
            "limit=1&limit=2",
            "limit=99999999999",
        ] {
            assert!(of(bad).unwrap().limit().is_err(), "{bad}");
        }
    }

    #[test]
    fn malformed_percent_signs_are_refused() {
        for bad in ["limit=%zz", "limit=%", "limit=%4", "%=1", "limit=%ff"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn unknown_parameters_are_refused_by_name() {
        let problem = of("limit=1&colour=red").unwrap().only(&["limit", "cursor"]).unwrap_err();
        assert_eq!(problem.fields.first().unwrap().field, "colour");
    }
}
