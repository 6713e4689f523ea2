//! How a record that the owner must place looks in DNS.

use super::dns_record::DnsRecord;
use super::upstream::doh::{DnsAnswer, NAME_ERROR, NO_ERROR};
use crate::closed_set;

closed_set! {
    /// What DNS said of one record.
    pub enum Seen {
        /// It stands there as it should.
        Right = "right",
        /// Something else stands there.
        Wrong = "wrong",
        /// Nothing stands there.
        Missing = "missing",
        /// Not looked at yet, or DNS gave no clear answer.
        Unknown = "unknown",
    }
}

/// Compares a CNAME record with the answer to the query for it.
///
/// A name at its zone's apex cannot hold a CNAME (RFC 1034 section 3.6.2); providers flatten it to
/// addresses, which this query cannot tell from nothing: `unknown`.
pub fn seen(record: &DnsRecord, answer: &DnsAnswer) -> Seen {
    if answer.rcode != NO_ERROR && answer.rcode != NAME_ERROR {
        return Seen::Unknown;
    }
    match answer.cname_chain.as_slice() {
        [] if record.name == record.zone => Seen::Unknown,
        [] => Seen::Missing,
        chain if chain.iter().any(|target| same_name(target, &record.value)) => Seen::Right,
        _ => Seen::Wrong,
    }
}

/// Names are equal without regard to case and to the root's dot (RFC 4343, RFC 1034 section 3.1).
fn same_name(left: &str, right: &str) -> bool {
    left.trim_end_matches('.').eq_ignore_ascii_case(right.trim_end_matches('.'))
}
