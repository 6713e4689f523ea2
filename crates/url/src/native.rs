//! By the library.

use super::Parts;

pub(crate) fn parse(text: &str) -> Option<Parts> {
    let url = url::Url::parse(text).ok()?;
    Some(Parts {
        scheme: url.scheme().to_owned(),
        host: url.host_str().unwrap_or_default().to_owned(),
        port: url.port(),
        credentials: !url.username().is_empty() || url.password().is_some(),
        href: url.into(),
    })
}
