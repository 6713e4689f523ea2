//! DNS over HTTPS in wire format (RFC 8484): builds queries, reads answers. No I/O.

use std::net::IpAddr;

use domain::base::rdata::UnknownRecordData;
use domain::base::{Message, MessageBuilder, Name, Rtype};
use domain::rdata::Cname;

use crate::ports::{HttpAnswer, HttpRequest, Method};
use crate::time::Span;

const MEDIA_TYPE: &str = "application/dns-message";
const TIMEOUT: Span = Span::seconds(5);
/// A DNS message has 65,535 octets at most (RFC 1035 section 4.2.2).
const LARGEST: usize = 65_535;
/// How many aliases of one answer are read, and how many are followed, against loops.
const MOST_ALIASES: usize = 64;
const LONGEST_CHAIN: usize = 8;
/// How many addresses are read: more than fit into a message of any resolver that cares.
const MOST_ADDRESSES: usize = 4096;

/// `NOERROR` (RFC 1035 section 4.1.1).
pub const NO_ERROR: u16 = 0;
/// `NXDOMAIN` (RFC 1035 section 4.1.1).
pub const NAME_ERROR: u16 = 3;

/// What DNS answered to a query for a CNAME.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsAnswer {
    /// The response code.
    pub rcode: u16,
    /// The names that the queried one leads to, in order, in lower case.
    pub cname_chain: Vec<String>,
}

/// There is no answer that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no readable DNS answer")]
pub struct DnsFault;

/// Asks the resolver for the CNAME of a name; `None` for what is no name.
pub fn cname_query(resolver: &str, name: &str) -> Option<HttpRequest> {
    query(resolver, name, Rtype::CNAME)
}

/// Asks the resolver for the addresses of a name of version 6 or 4; `None` for what is no name.
pub fn address_query(resolver: &str, name: &str, v6: bool) -> Option<HttpRequest> {
    query(resolver, name, address_type(v6))
}

/// The id is 0, so that equal queries can be answered from a cache (RFC 8484 section 4.1).
fn query(resolver: &str, name: &str, kind: Rtype) -> Option<HttpRequest> {
    let mut question = MessageBuilder::new_vec().question();
    question.header_mut().set_rd(true);
    question.push((&parsed(name)?, kind)).ok()?;
    Some(HttpRequest {
        method: Method::Post,
        url: resolver.to_owned(),
        headers: ["accept", "content-type"].map(|name| (name.into(), MEDIA_TYPE.to_owned())).into(),
        body: Some(question.finish()),
        timeout: TIMEOUT,
        max_body: LARGEST,
    })
}

/// The message of an answer to a query for the same name and type. An answer to another question
/// is none, and neither is one that was cut.
fn message<'a>(
    answer: &'a HttpAnswer,
    asked: &Name<Vec<u8>>,
    kind: Rtype,
) -> Result<Message<&'a [u8]>, DnsFault> {
    let is_message = answer.header("content-type").is_some_and(|kind| kind.starts_with(MEDIA_TYPE));
    if answer.status != 200 || !is_message {
        return Err(DnsFault);
    }
    let message = Message::from_octets(answer.body.as_slice()).map_err(|_| DnsFault)?;
    let header = message.header();
    let question = message.sole_question().map_err(|_| DnsFault)?;
    if !header.qr() || header.tc() || question.qtype() != kind || question.qname() != asked {
        return Err(DnsFault);
    }
    Ok(message)
}

/// Reads the answer to [`cname_query`] for the same name.
pub fn read_cname(answer: &HttpAnswer, name: &str) -> Result<DnsAnswer, DnsFault> {
    let asked = parsed(name).ok_or(DnsFault)?;
    let message = message(answer, &asked, Rtype::CNAME)?;
    let records = message.answer().map_err(|_| DnsFault)?.limit_to_in::<Cname<_>>();
    let mut aliases: Vec<(String, String)> = Vec::new();
    for record in records.take(MOST_ALIASES) {
        let record = record.map_err(|_| DnsFault)?;
        aliases.push((text(record.owner()), text(record.data().cname())));
    }
    let mut cname_chain: Vec<String> = Vec::new();
    let mut current = text(&asked);
    while cname_chain.len() < LONGEST_CHAIN {
        let Some((_, target)) = aliases.iter().find(|(from, _)| *from == current) else { break };
        cname_chain.push(target.clone());
        current.clone_from(target);
    }
    Ok(DnsAnswer { rcode: message.header().rcode().to_int().into(), cname_chain })
}

/// Reads the answer to [`address_query`] for the same name and version: every address that it
/// holds, whosever it is, so that no alias hides one. None where the name does not exist.
pub fn read_addresses(answer: &HttpAnswer, name: &str, v6: bool) -> Result<Vec<IpAddr>, DnsFault> {
    let asked = parsed(name).ok_or(DnsFault)?;
    let message = message(answer, &asked, address_type(v6))?;
    if ![NO_ERROR, NAME_ERROR].contains(&message.header().rcode().to_int().into()) {
        return Err(DnsFault);
    }
    let records = message.answer().map_err(|_| DnsFault)?.limit_to_in::<UnknownRecordData<_>>();
    let mut addresses = Vec::new();
    for record in records.take(MOST_ADDRESSES) {
        let record = record.map_err(|_| DnsFault)?;
        // As bytes, which read alike for both versions.
        let (kind, bytes) = (record.rtype(), *record.data().data());
        if kind == address_type(v6) {
            addresses.push(address(bytes).ok_or(DnsFault)?);
        }
    }
    Ok(addresses)
}

/// Four octets (RFC 1035 section 3.4.1), or sixteen (RFC 3596 section 2.2).
fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

const fn address_type(v6: bool) -> Rtype {
    if v6 { Rtype::AAAA } else { Rtype::A }
}

fn parsed(name: &str) -> Option<Name<Vec<u8>>> {
    name.parse().ok()
}

/// Names are equal without regard to case (RFC 4343).
fn text(name: &impl std::fmt::Display) -> String {
    name.to_string().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use simple_dns::rdata::{A, CNAME, RData, TXT};
    use simple_dns::{
        CLASS, Name, Packet, PacketFlag, QTYPE, Question, RCODE, ResourceRecord, TYPE,
    };

    use super::*;

    const ASKED: &str = "a.customer.com";

    fn answer(body: Vec<u8>) -> HttpAnswer {
        HttpAnswer {
            status: 200,
            headers: vec![("content-type".to_owned(), MEDIA_TYPE.to_owned())],
            body,
        }
    }

    fn reply(name: &str, kind: TYPE) -> Packet<'_> {
        let mut packet = Packet::new_reply(0);
        packet.questions.push(Question::new(
            Name::new_unchecked(name),
            kind.into(),
            CLASS::IN.into(),
            false,
        ));
        packet
    }

    fn record<'a>(from: &'a str, data: RData<'a>) -> ResourceRecord<'a> {
        ResourceRecord::new(Name::new_unchecked(from), CLASS::IN, 60, data)
    }

    fn alias<'a>(from: &'a str, to: &'a str) -> ResourceRecord<'a> {
        record(from, RData::CNAME(CNAME(Name::new_unchecked(to))))
    }

    fn read(packet: &Packet<'_>) -> Result<DnsAnswer, DnsFault> {
        read_cname(&answer(packet.build_bytes_vec_compressed().unwrap()), ASKED)
    }

    fn chain(pairs: &[(&str, &str)]) -> Vec<String> {
        let mut packet = reply(ASKED, TYPE::CNAME);
        packet.answers.extend(pairs.iter().map(|(from, to)| alias(from, to)));
        read(&packet).unwrap().cname_chain
    }

    #[test]
    fn a_query_is_a_dns_message_with_id_0_that_asks_for_recursion() {
        let request =
            cname_query("https://dns.example/dns-query", "_acme-challenge.a.customer.com").unwrap();
        let body = request.body.unwrap();
        let packet = Packet::parse(&body).unwrap();
        assert_eq!(packet.id(), 0);
        assert!(
            packet.has_flags(PacketFlag::RECURSION_DESIRED)
                && !packet.has_flags(PacketFlag::RESPONSE)
        );
        assert_eq!(packet.questions[0].qname.to_string(), "_acme-challenge.a.customer.com");
        assert_eq!(packet.questions[0].qtype, QTYPE::TYPE(TYPE::CNAME));
        for bad in [String::new(), "a".repeat(64), "a.".repeat(128), "a..b".to_owned()] {
            assert!(cname_query("https://dns.example", &bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_chain_is_followed_whatever_the_order_and_the_case() {
        assert_eq!(chain(&[(ASKED, "b.net"), ("b.net", "c.org")]), ["b.net", "c.org"]);
        assert_eq!(chain(&[("b.net", "c.org"), ("A.Customer.com", "B.net")]), ["b.net", "c.org"]);
        assert_eq!(chain(&[("other.com", "b.net")]), Vec::<String>::new());
    }

    #[test]
    fn a_loop_ends() {
        assert_eq!(chain(&[(ASKED, "b.net"), ("b.net", ASKED)]).len(), LONGEST_CHAIN);
    }

    #[test]
    fn records_of_other_types_stand_in_nobodys_way() {
        let mut packet = reply(ASKED, TYPE::CNAME);
        packet.answers.push(record(ASKED, RData::TXT(TXT::new().with_string("x").unwrap())));
        packet.answers.push(alias(ASKED, "b.net"));
        packet.answers.push(record("b.net", RData::A(A { address: 1 })));
        assert_eq!(read(&packet).unwrap().cname_chain, ["b.net"]);
    }

    #[test]
    fn the_response_code_is_told() {
        for (code, number) in
            [(RCODE::NoError, NO_ERROR), (RCODE::NameError, NAME_ERROR), (RCODE::ServerFailure, 2)]
        {
            let mut packet = reply(ASKED, TYPE::CNAME);
            *packet.rcode_mut() = code;
            assert_eq!(read(&packet), Ok(DnsAnswer { rcode: number, cname_chain: Vec::new() }));
        }
    }

    #[test]
    fn other_answers_are_no_answer() {
        let good = reply(ASKED, TYPE::CNAME).build_bytes_vec().unwrap();
        assert!(read_cname(&answer(good.clone()), ASKED).is_ok());
        for status in [400, 404, 500, 302] {
            assert_eq!(
                read_cname(&HttpAnswer { status, ..answer(good.clone()) }, ASKED),
                Err(DnsFault)
            );
        }
        assert_eq!(
            read_cname(&HttpAnswer { headers: Vec::new(), ..answer(good) }, ASKED),
            Err(DnsFault)
        );
        assert_eq!(read(&reply("other.com", TYPE::CNAME)), Err(DnsFault), "another name");
        assert_eq!(read(&reply(ASKED, TYPE::TXT)), Err(DnsFault), "another type");
        assert_eq!(read(&Packet::new_reply(0)), Err(DnsFault), "no question");
        let mut cut = reply(ASKED, TYPE::CNAME);
        cut.set_flags(PacketFlag::TRUNCATION);
        assert_eq!(read(&cut), Err(DnsFault), "cut");
        let query = cname_query("https://dns.example", ASKED).unwrap().body.unwrap();
        assert_eq!(read_cname(&answer(query), ASKED), Err(DnsFault), "a query");
    }

    #[test]
    fn a_name_that_points_at_itself_is_no_answer() {
        let mut body = reply(ASKED, TYPE::CNAME).build_bytes_vec().unwrap();
        body[7] = 1; // one answer
        let here = u8::try_from(body.len()).unwrap();
        body.extend([0xc0, here, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, here + 12]);
        assert_eq!(read_cname(&answer(body), ASKED), Err(DnsFault));
    }

    proptest! {
        #[test]
        fn no_message_breaks_the_reader(body: Vec<u8>, name in "[a-z.]{0,40}") {
            let answer = answer(body);
            prop_assert!(read_addresses(&answer, &name, true).map_or(true, |read| read.len() <= MOST_ADDRESSES));
            prop_assert!(read_cname(&answer, &name).map_or(true, |read| read.cname_chain.len() <= LONGEST_CHAIN));
        }

        #[test]
        fn no_damage_to_a_good_message_breaks_the_reader(at in 0usize..200, to: u8, length in 0usize..200) {
            let mut packet = reply(ASKED, TYPE::CNAME);
            packet.answers.extend([alias(ASKED, "b.customer.com"), alias("b.customer.com", "c.customer.com")]);
            let mut body = packet.build_bytes_vec_compressed().unwrap();
            let at = at % body.len();
            body[at] = to;
            body.truncate(length.max(12));
            prop_assert!(read_cname(&answer(body), ASKED).map_or(true, |read| read.cname_chain.len() <= LONGEST_CHAIN));
        }
    }

    #[test]
    fn addresses_are_all_that_an_answer_holds_of_their_version() {
        let mut packet = reply(ASKED, TYPE::A);
        packet.answers.push(alias(ASKED, "other.example.net"));
        packet.answers.push(record("other.example.net", RData::A(A { address: 0x7f00_0001 })));
        packet.answers.push(record(ASKED, RData::A(A { address: 0x0101_0101 })));
        let bytes = packet.build_bytes_vec_compressed().unwrap();
        let found = read_addresses(&answer(bytes.clone()), ASKED, false);
        assert_eq!(found, Ok(vec!["127.0.0.1".parse().unwrap(), "1.1.1.1".parse().unwrap()]));
        assert_eq!(read_addresses(&answer(bytes), ASKED, true), Err(DnsFault), "another question");
        for (rcode, expected) in
            [(RCODE::NameError, Ok(Vec::new())), (RCODE::ServerFailure, Err(DnsFault))]
        {
            let mut packet = reply(ASKED, TYPE::AAAA);
            *packet.rcode_mut() = rcode;
            let bytes = packet.build_bytes_vec().unwrap();
            assert_eq!(read_addresses(&answer(bytes), ASKED, true), expected);
        }
        let query = address_query("https://dns.example/dns-query", ASKED, true).unwrap();
        let body = query.body.unwrap();
        assert_eq!(Packet::parse(&body).unwrap().questions[0].qtype, QTYPE::TYPE(TYPE::AAAA));
    }
}
