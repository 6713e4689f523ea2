//! DNS over HTTPS in wire format (RFC 8484): builds queries, reads answers. No I/O.

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, TYPE};

use crate::ports::{HttpAnswer, HttpRequest, Method};
use crate::time::Span;

const MEDIA_TYPE: &str = "application/dns-message";
const TIMEOUT: Span = Span::seconds(5);
/// A DNS message has 65,535 octets at most (RFC 1035 section 4.2.2).
const LARGEST: usize = 65_535;
/// How many aliases are followed within one answer, against loops.
const LONGEST_CHAIN: usize = 8;

/// `NOERROR` (RFC 1035 section 4.1.1).
pub const NO_ERROR: u16 = 0;
/// `NXDOMAIN` (RFC 1035 section 4.1.1).
pub const NAME_ERROR: u16 = 3;

/// What DNS answered to a query for a CNAME.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsAnswer {
    /// The response code.
    pub rcode: u16,
    /// The names that the queried one leads to, in order.
    pub cname_chain: Vec<String>,
}

/// There is no answer that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no readable DNS answer")]
pub struct DnsFault;

/// Asks the resolver for the CNAME of a name; `None` for what is no name.
///
/// The id is 0, so that equal queries can be answered from a cache (RFC 8484 section 4.1).
pub fn cname_query(resolver: &str, name: &str) -> Option<HttpRequest> {
    let mut packet = Packet::new_query(0);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = Name::new(name).ok()?;
    packet.questions.push(Question::new(
        name,
        QTYPE::TYPE(TYPE::CNAME),
        QCLASS::CLASS(CLASS::IN),
        false,
    ));
    Some(HttpRequest {
        method: Method::Post,
        url: resolver.to_owned(),
        headers: vec![("accept", MEDIA_TYPE.to_owned()), ("content-type", MEDIA_TYPE.to_owned())],
        body: Some(packet.build_bytes_vec().ok()?),
        timeout: TIMEOUT,
        max_body: LARGEST,
    })
}

/// Reads the answer to [`cname_query`] for the same name.
pub fn read_cname(answer: &HttpAnswer, name: &str) -> Result<DnsAnswer, DnsFault> {
    let is_message = answer.header("content-type").is_some_and(|kind| kind.starts_with(MEDIA_TYPE));
    if answer.status != 200 || !is_message {
        return Err(DnsFault);
    }
    let packet = Packet::parse(&answer.body).map_err(|_| DnsFault)?;
    let aliases: Vec<(String, String)> = packet
        .answers
        .iter()
        .filter_map(|record| match &record.rdata {
            RData::CNAME(target) => Some((record.name.to_string(), target.0.to_string())),
            _ => None,
        })
        .collect();
    let mut cname_chain: Vec<String> = Vec::new();
    let mut current = name.to_owned();
    while cname_chain.len() < LONGEST_CHAIN {
        let Some((_, target)) =
            aliases.iter().find(|(from, _)| from.eq_ignore_ascii_case(&current))
        else {
            break;
        };
        cname_chain.push(target.clone());
        current.clone_from(target);
    }
    Ok(DnsAnswer { rcode: packet.rcode() as u16, cname_chain })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use simple_dns::ResourceRecord;
    use simple_dns::rdata::CNAME;

    use super::*;

    fn answer(body: Vec<u8>) -> HttpAnswer {
        HttpAnswer {
            status: 200,
            headers: vec![("content-type".to_owned(), MEDIA_TYPE.to_owned())],
            body,
        }
    }

    fn chain(pairs: &[(&'static str, &'static str)]) -> Vec<String> {
        let mut packet = Packet::new_reply(0);
        for (from, to) in pairs {
            let target = RData::CNAME(CNAME(Name::new_unchecked(to)));
            packet.answers.push(ResourceRecord::new(
                Name::new_unchecked(from),
                CLASS::IN,
                60,
                target,
            ));
        }
        read_cname(&answer(packet.build_bytes_vec_compressed().unwrap()), "a.customer.com")
            .unwrap()
            .cname_chain
    }

    #[test]
    fn a_query_is_a_dns_message_with_id_0() {
        let request =
            cname_query("https://dns.example/dns-query", "_acme-challenge.a.customer.com").unwrap();
        let body = request.body.unwrap();
        let packet = Packet::parse(&body).unwrap();
        assert_eq!(packet.id(), 0);
        assert_eq!(packet.questions[0].qname.to_string(), "_acme-challenge.a.customer.com");
        assert!(cname_query("https://dns.example", &"a".repeat(300)).is_none());
    }

    #[test]
    fn a_chain_is_followed_whatever_the_order_and_the_case() {
        assert_eq!(chain(&[("a.customer.com", "b.net"), ("b.net", "c.org")]), ["b.net", "c.org"]);
        assert_eq!(chain(&[("b.net", "c.org"), ("A.Customer.com", "B.net")]), ["B.net", "c.org"]);
        assert_eq!(chain(&[("other.com", "b.net")]), Vec::<String>::new());
    }

    #[test]
    fn a_loop_ends() {
        assert_eq!(
            chain(&[("a.customer.com", "b.net"), ("b.net", "a.customer.com")]).len(),
            LONGEST_CHAIN
        );
    }

    #[test]
    fn other_answers_are_no_answer() {
        let good = Packet::new_reply(0).build_bytes_vec().unwrap();
        for status in [400, 404, 500, 302] {
            assert_eq!(
                read_cname(&HttpAnswer { status, ..answer(good.clone()) }, "a"),
                Err(DnsFault)
            );
        }
        assert_eq!(
            read_cname(&HttpAnswer { headers: Vec::new(), ..answer(good) }, "a"),
            Err(DnsFault)
        );
    }

    proptest! {
        #[test]
        fn no_message_breaks_the_reader(body: Vec<u8>, name in "[a-z.]{0,40}") {
            prop_assert!(read_cname(&answer(body), &name).map_or(true, |read| read.cname_chain.len() <= LONGEST_CHAIN));
        }
    }
}
