//! DNS over HTTPS: the wire format of RFC 8484 by POST and GET, and the JSON form that Cloudflare and
//! Google answer to `accept: application/dns-json`.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use simple_dns::rdata::{A, AAAA, CAA, CNAME, MX, NS, OPT, OPTCode, RData, SOA, TXT};
use simple_dns::{CLASS, CharacterString, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord};

use crate::dns::{
    Answer, Rcode, Record, RecordType, Resolver, caa_parts, canonical, is_name, soa_parts,
};
use crate::state::Simulator;

const MESSAGE: &str = "application/dns-message";
const JSON: &str = "application/dns-json";

/// The code of an extended DNS error among the EDNS options (RFC 8914).
const EDE_OPTION: u16 = 15;

/// The UDP size in our OPT record; of no use over HTTPS, but the field is there.
const UDP_SIZE: u16 = 1232;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/dns-query", get(by_get).post(by_post))
        .route("/dns-query/{view}", get(by_get).post(by_post))
}

#[derive(Deserialize)]
struct Question {
    dns: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

async fn by_get(
    State(simulator): State<Simulator>,
    view: Option<Path<String>>,
    Query(question): Query<Question>,
    headers: HeaderMap,
) -> Response {
    let view = view.as_ref().map(|Path(view)| view.as_str());
    if let Some(encoded) = question.dns {
        return match URL_SAFE_NO_PAD.decode(encoded) {
            Ok(message) => answer_message(&simulator, view, &message),
            Err(_) => plain(StatusCode::BAD_REQUEST, "dns must be base64url without padding"),
        };
    }
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !accept.contains(JSON) && !accept.contains("application/json") {
        return plain(StatusCode::BAD_REQUEST, "a dns parameter, or accept: application/dns-json");
    }
    match json_question(&question) {
        Ok((name, kind)) => answer_json(&simulator, view, &name, kind),
        Err(fault) => json_response(StatusCode::BAD_REQUEST, &json!({ "error": fault })),
    }
}

async fn by_post(
    State(simulator): State<Simulator>,
    view: Option<Path<String>>,
    headers: HeaderMap,
    message: Bytes,
) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    if kind != MESSAGE.as_bytes() {
        return plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-type must be application/dns-message",
        );
    }
    answer_message(&simulator, view.as_ref().map(|Path(view)| view.as_str()), &message)
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, text).into_response()
}

fn resolve(simulator: &Simulator, view: Option<&str>, name: &str, kind: u16) -> Answer {
    let world = simulator.lock();
    Resolver { dns: &world.dns, cloudflare: &world.cloudflare, view }.resolve(name, kind)
}

/// How long an answer may be kept: its shortest TTL, for negative ones that of the SOA.
fn max_age(answer: &Answer) -> u32 {
    answer.records.iter().chain(&answer.authority).map(|record| record.ttl).min().unwrap_or(0)
}

// --- wire format ---------------------------------------------------------------------------------

fn answer_message(simulator: &Simulator, view: Option<&str>, message: &[u8]) -> Response {
    let Ok(query) = Packet::parse(message) else {
        return plain(StatusCode::BAD_REQUEST, "not a DNS message");
    };
    if query.has_flags(PacketFlag::RESPONSE) {
        return plain(StatusCode::BAD_REQUEST, "a query is expected, not a response");
    }
    let answer = match &query.questions[..] {
        [question] => {
            let kind = qtype_number(question.qtype);
            resolve(simulator, view, &question.qname.to_string(), kind)
        }
        _ => Answer { rcode: Rcode::FormErr, ..Answer::default() },
    };
    let Ok(bytes) = encode(&query, &answer) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "the answer cannot be encoded");
    };
    let cache = format!("max-age={}", max_age(&answer));
    let headers = [(header::CONTENT_TYPE, MESSAGE), (header::CACHE_CONTROL, &cache)];
    (headers, bytes).into_response()
}

fn qtype_number(qtype: QTYPE) -> u16 {
    qtype.into()
}

/// The answer as a message: the query's id, question and OPT come back (RFC 1035, RFC 6891).
fn encode(query: &Packet<'_>, answer: &Answer) -> Result<Vec<u8>, simple_dns::SimpleDnsError> {
    let mut reply = Packet::new_reply(query.id());
    reply.set_flags(PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
    if answer.authenticated && !answer.records.is_empty() {
        reply.set_flags(PacketFlag::AUTHENTIC_DATA);
    }
    *reply.rcode_mut() = match answer.rcode {
        Rcode::NoError => RCODE::NoError,
        Rcode::FormErr => RCODE::FormatError,
        Rcode::ServFail => RCODE::ServerFailure,
        Rcode::NxDomain => RCODE::NameError,
        Rcode::NotImp => RCODE::NotImplemented,
        Rcode::Refused => RCODE::Refused,
    };
    reply.questions.clone_from(&query.questions);
    for record in &answer.records {
        reply.answers.push(resource_record(record)?);
    }
    if let Some(record) = &answer.authority {
        reply.name_servers.push(resource_record(record)?);
    }
    if query.opt().is_some() {
        let opt_codes = answer.ede.iter().map(|ede| {
            let data = [&ede.code.to_be_bytes(), ede.text.as_bytes()].concat();
            OPTCode { code: EDE_OPTION, data: data.into() }
        });
        *reply.opt_mut() =
            Some(OPT { opt_codes: opt_codes.collect(), udp_packet_size: UDP_SIZE, version: 0 });
    }
    reply.build_bytes_vec_compressed()
}

fn resource_record(record: &Record) -> Result<ResourceRecord<'_>, simple_dns::SimpleDnsError> {
    let rdata = rdata(record)?;
    Ok(ResourceRecord::new(Name::new(&record.name)?, CLASS::IN, record.ttl, rdata))
}

/// The data of a record. Values were checked when they were set, so the fall-backs never show.
fn rdata(record: &Record) -> Result<RData<'_>, simple_dns::SimpleDnsError> {
    let value = record.value.as_str();
    Ok(match record.kind {
        RecordType::A => {
            RData::A(A { address: value.parse().unwrap_or(Ipv4Addr::UNSPECIFIED).to_bits() })
        }
        RecordType::Aaaa => {
            RData::AAAA(AAAA { address: value.parse().unwrap_or(Ipv6Addr::UNSPECIFIED).to_bits() })
        }
        RecordType::Cname => RData::CNAME(CNAME(Name::new(value)?)),
        RecordType::Ns => RData::NS(NS(Name::new(value)?)),
        RecordType::Mx => {
            let (preference, exchange) = value.split_once(' ').unwrap_or(("0", value));
            RData::MX(MX {
                preference: preference.parse().unwrap_or_default(),
                exchange: Name::new(exchange)?,
            })
        }
        RecordType::Txt => {
            let mut txt = TXT::new();
            // A TXT record is a row of strings of at most 255 bytes (RFC 1035 section 3.3.14).
            for chunk in value.as_bytes().chunks(255) {
                txt.add_char_string(CharacterString::new(chunk)?);
            }
            if value.is_empty() {
                txt.add_char_string(CharacterString::new(b"")?);
            }
            RData::TXT(txt)
        }
        RecordType::Caa => {
            let (flag, tag, value) = caa_parts(value).unwrap_or_default();
            let tag = CharacterString::new(tag.as_bytes())?;
            RData::CAA(CAA { flag, tag, value: value.as_bytes().into() })
        }
        RecordType::Soa => {
            let (mname, rname, [serial, refresh, retry, expire, minimum]) =
                soa_parts(value).unwrap_or_default();
            RData::SOA(SOA {
                mname: Name::new(mname)?,
                rname: Name::new(rname)?,
                serial,
                refresh: refresh.cast_signed(),
                retry: retry.cast_signed(),
                expire: expire.cast_signed(),
                minimum,
            })
        }
    })
}

// --- JSON ----------------------------------------------------------------------------------------

fn json_question(question: &Question) -> Result<(String, u16), String> {
    let name = canonical(question.name.as_deref().unwrap_or_default());
    if !is_name(&name) {
        return Err("Invalid query name".to_owned());
    }
    let kind = question.kind.as_deref().unwrap_or("A");
    let number = match kind.parse::<u16>() {
        Ok(number) => number,
        Err(_) => RecordType::parse(kind).map_err(|_| "Invalid query type".to_owned())?.number(),
    };
    Ok((name, number))
}

fn answer_json(simulator: &Simulator, view: Option<&str>, name: &str, kind: u16) -> Response {
    let answer = resolve(simulator, view, name, kind);
    let records = |records: &mut dyn Iterator<Item = &Record>| -> Vec<Value> {
        records
            .map(|r| json!({"name": r.name, "type": r.kind.number(), "TTL": r.ttl, "data": json_data(r)}))
            .collect()
    };
    let mut body = json!({
        "Status": answer.rcode.number(),
        "TC": false, "RD": true, "RA": true, "CD": false,
        "AD": answer.authenticated && !answer.records.is_empty(),
        "Question": [{"name": name, "type": kind}],
    });
    if let Value::Object(body) = &mut body {
        if !answer.records.is_empty() {
            body.insert("Answer".to_owned(), records(&mut answer.records.iter()).into());
        }
        if let Some(soa) = &answer.authority {
            body.insert("Authority".to_owned(), records(&mut std::iter::once(soa)).into());
        }
        if let Some(ede) = &answer.ede {
            let comment = format!("EDE({}): {}", ede.code, ede.text);
            body.insert("Comment".to_owned(), json!([comment]));
        }
    }
    json_response(StatusCode::OK, &body)
}

/// Data as resolvers print it: names with the final dot, texts in quotes.
fn json_data(record: &Record) -> String {
    let value = &record.value;
    match record.kind {
        RecordType::Cname | RecordType::Ns | RecordType::Mx => format!("{value}."),
        RecordType::Txt => {
            format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
        }
        RecordType::Soa => match soa_parts(value) {
            Some((mname, rname, numbers)) => {
                format!("{mname}. {rname}. {}", numbers.map(|number| number.to_string()).join(" "))
            }
            None => value.clone(),
        },
        RecordType::A | RecordType::Aaaa | RecordType::Caa => value.clone(),
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response()
}
