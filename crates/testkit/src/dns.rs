//! A resolver over HTTPS (RFC 8484) that knows what the test sets.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use dcvaas_core::ports::{HttpAnswer, HttpRequest, Method};
use simple_dns::rdata::{A, AAAA, CNAME, RData, TXT};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};

use crate::http::Reply;

const MESSAGE: &str = "application/dns-message";
const TTL: u32 = 300;
/// Where every name leads that has no addresses of its own.
const ANYWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(1, 2, 3, 4));

/// All of DNS: what is not set does not exist, but that every name has a public address.
pub struct FakeDns {
    resolver: String,
    cnames: RefCell<BTreeMap<String, String>>,
    texts: RefCell<BTreeMap<String, Vec<String>>>,
    addresses: RefCell<BTreeMap<String, Vec<IpAddr>>>,
    broken: RefCell<BTreeSet<String>>,
}

impl FakeDns {
    /// An empty DNS, asked at `resolver`.
    pub fn new(resolver: &str) -> Self {
        Self {
            resolver: resolver.to_owned(),
            cnames: RefCell::default(),
            texts: RefCell::default(),
            addresses: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    /// Places a CNAME record, in the place of one before.
    pub fn set_cname(&self, name: &str, target: &str) {
        self.cnames.borrow_mut().insert(key(name), key(target));
    }

    /// Where a name leads: these addresses of either version, in the place of those before; none lets it not exist.
    pub fn set_addresses(&self, name: &str, addresses: &[&str]) {
        let parsed = addresses.iter().map(|text| text.parse().expect("an address of the test"));
        self.addresses.borrow_mut().insert(key(name), parsed.collect());
    }

    /// Adds a TXT record.
    pub fn add_txt(&self, name: &str, text: &str) {
        self.texts.borrow_mut().entry(key(name)).or_default().push(text.to_owned());
    }

    /// Takes all records of a name away.
    pub fn clear(&self, name: &str) {
        self.cnames.borrow_mut().remove(&key(name));
        self.texts.borrow_mut().remove(&key(name));
    }

    /// Lets questions for a name end in SERVFAIL, or no longer.
    pub fn break_name(&self, name: &str, broken: bool) {
        if broken {
            self.broken.borrow_mut().insert(key(name));
        } else {
            self.broken.borrow_mut().remove(&key(name));
        }
    }

    /// Answers a query; `None` for a request to somebody else.
    pub(crate) fn answer(&self, request: &HttpRequest) -> Option<Reply> {
        if request.url != self.resolver {
            return None;
        }
        assert_eq!(request.method, Method::Post, "a query is posted");
        assert!(
            request.headers.iter().any(|(name, value)| *name == "content-type" && value == MESSAGE),
            "a query says that it is {MESSAGE}"
        );
        let query = Packet::parse(request.body.as_deref().unwrap_or_default())
            .expect("a query is a DNS message");
        assert!(query.has_flags(PacketFlag::RECURSION_DESIRED), "a stub asks for recursion");
        let headers = vec![("content-type".to_owned(), MESSAGE.to_owned())];
        Some(Ok(HttpAnswer { status: 200, headers, body: self.resolve(&query) }))
    }

    fn resolve(&self, query: &Packet<'_>) -> Vec<u8> {
        let [question] = query.questions.as_slice() else { panic!("a query asks one question") };
        let mut reply = Packet::new_reply(query.id());
        reply.set_flags(PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
        reply.questions.push(question.clone());
        let mut name = key(&question.qname.to_string());
        let (cnames, texts) = (self.cnames.borrow(), self.texts.borrow());
        if self.broken.borrow().contains(&name) {
            *reply.rcode_mut() = RCODE::ServerFailure;
            return reply.build_bytes_vec().expect("a short message can be written");
        }
        let mut exists = cnames.contains_key(&name) || texts.contains_key(&name);
        // A resolver follows CNAMEs, but not for ever.
        for _ in 0..8 {
            if let Some(found) = texts.get(&name)
                && question.qtype == QTYPE::TYPE(TYPE::TXT)
            {
                for text in found {
                    let data =
                        TXT::new().with_string(text).expect("a TXT string has 255 bytes at most");
                    reply.answers.push(record(&name, RData::TXT(data.into_owned())));
                }
            }
            let Some(target) = cnames.get(&name) else { break };
            reply.answers.push(record(&name, RData::CNAME(CNAME(owned(target)))));
            if question.qtype == QTYPE::TYPE(TYPE::CNAME) {
                break;
            }
            name.clone_from(target);
            exists = true;
        }
        let (v4, v6) = (QTYPE::TYPE(TYPE::A), QTYPE::TYPE(TYPE::AAAA));
        if [v4, v6].contains(&question.qtype) {
            let found = self.addresses.borrow().get(&name).cloned().unwrap_or(vec![ANYWHERE]);
            exists |= !found.is_empty();
            let asked = |address: &&IpAddr| address.is_ipv6() == (question.qtype == v6);
            reply
                .answers
                .extend(found.iter().filter(asked).map(|address| address_record(&name, *address)));
        }
        if !exists {
            *reply.rcode_mut() = RCODE::NameError;
        }
        reply.build_bytes_vec().expect("a short message can be written")
    }
}

fn key(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn owned(name: &str) -> Name<'static> {
    Name::new(name).expect("a name of the test is a DNS name").into_owned()
}

fn address_record(name: &str, address: IpAddr) -> ResourceRecord<'static> {
    record(
        name,
        match address {
            IpAddr::V4(address) => RData::A(A::from(address)),
            IpAddr::V6(address) => RData::AAAA(AAAA::from(address)),
        },
    )
}

fn record(name: &str, data: RData<'static>) -> ResourceRecord<'static> {
    ResourceRecord::new(owned(name), CLASS::IN, TTL, data)
}

#[cfg(test)]
mod tests {
    use dcvaas_core::time::Span;
    use simple_dns::{QCLASS, Question};

    use super::*;

    const RESOLVER: &str = "https://resolver.dev/dns-query";

    fn ask(dns: &FakeDns, name: &str, kind: TYPE) -> (RCODE, Vec<String>) {
        let mut query = Packet::new_query(0);
        query.set_flags(PacketFlag::RECURSION_DESIRED);
        query.questions.push(Question::new(
            owned(name),
            QTYPE::TYPE(kind),
            QCLASS::CLASS(CLASS::IN),
            false,
        ));
        let request = HttpRequest {
            method: Method::Post,
            url: RESOLVER.to_owned(),
            headers: vec![("content-type".into(), MESSAGE.to_owned())],
            body: Some(query.build_bytes_vec().unwrap()),
            timeout: Span::seconds(1),
            max_body: 65_535,
        };
        let body = dns.answer(&request).unwrap().unwrap().body;
        let reply = Packet::parse(&body).unwrap();
        let values = reply.answers.iter().map(|answer| match &answer.rdata {
            RData::CNAME(target) => target.0.to_string(),
            RData::TXT(text) => String::try_from(text.clone()).unwrap(),
            other => panic!("not a record of this fake: {other:?}"),
        });
        (reply.rcode(), values.collect())
    }

    #[test]
    fn names_answer_what_was_set_and_others_do_not_exist() {
        let dns = FakeDns::new(RESOLVER);
        dns.set_cname("_acme-challenge.App.example.com.", "target.example.net");
        dns.add_txt("target.example.net", "token");
        let name = "_acme-challenge.app.example.com";
        assert_eq!(
            ask(&dns, name, TYPE::CNAME),
            (RCODE::NoError, vec!["target.example.net".to_owned()])
        );
        let through = vec!["target.example.net".to_owned(), "token".to_owned()];
        assert_eq!(ask(&dns, name, TYPE::TXT), (RCODE::NoError, through));
        assert_eq!(ask(&dns, "nothing.example.com", TYPE::CNAME), (RCODE::NameError, Vec::new()));
        dns.break_name(name, true);
        assert_eq!(ask(&dns, name, TYPE::CNAME), (RCODE::ServerFailure, Vec::new()));
    }

    #[test]
    fn a_loop_of_names_ends() {
        let dns = FakeDns::new(RESOLVER);
        dns.set_cname("a.example.com", "b.example.com");
        dns.set_cname("b.example.com", "a.example.com");
        assert_eq!(ask(&dns, "a.example.com", TYPE::TXT).1.len(), 8);
    }
}
