//! International names, as the runtime's own `URL` turns them.

use idna::Config;

/// UTS 46 as the URL standard asks for it
/// (<https://url.spec.whatwg.org/#concept-domain-to-ascii>, `beStrict` false), but for the rules on joiners and on A-labels of plain letters, which this
/// library does not know: the end-to-end tests cover those.
pub fn to_ascii(name: &str) -> Option<String> {
    Config::default().use_std3_ascii_rules(false).verify_dns_length(false).to_ascii(name).ok()
}
