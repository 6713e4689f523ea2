//! Cloudflare for SaaS in memory: the few calls that core makes, and levers for the test.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use dcvaas_core::ports::{HttpAnswer, HttpRequest, Method};
use dcvaas_core::time::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::http::Reply;

/// The custom hostnames of one zone, as JSON objects of the API.
pub struct FakeCloudflare {
    base: String,
    token: String,
    hostnames: RefCell<BTreeMap<String, Value>>,
    made: Cell<u32>,
    quota: Cell<usize>,
    uuid: String,
}

impl FakeCloudflare {
    /// A zone without custom hostnames. `base` is the API's root, without a slash at the end.
    pub fn new(base: &str, zone: &str, token: &str) -> Self {
        Self {
            base: format!("{base}/zones/{zone}/"),
            token: format!("Bearer {token}"),
            hostnames: RefCell::default(),
            made: Cell::new(0),
            quota: Cell::new(usize::MAX),
            uuid: "0123456789abcdef".to_owned(),
        }
    }

    /// The uuid of the zone's delegation targets.
    pub fn uuid(&self) -> &str {
        &self.uuid
    }

    /// Refuses to hold more custom hostnames than this.
    pub fn set_quota(&self, most: usize) {
        self.quota.set(most);
    }

    /// The names held now, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.hostnames.borrow().values().map(name_of).collect();
        names.sort();
        names
    }

    /// Adds a custom hostname behind the product's back and gives its id.
    pub fn add(&self, hostname: &str) -> String {
        let serial = self.made.get() + 1;
        self.made.set(serial);
        let id = format!("00000000-0000-4000-8000-{serial:012x}");
        let base = hostname.trim_start_matches("*.");
        let object = json!({
            "id": id,
            "hostname": hostname,
            "status": "pending",
            "verification_errors": [],
            "ownership_verification": {
                "type": "txt",
                "name": format!("_cf-custom-hostname.{hostname}"),
                "value": format!("11111111-0000-4000-8000-{serial:012x}"),
            },
            "ssl": {
                "id": format!("22222222-0000-4000-8000-{serial:012x}"),
                "status": "initializing",
                "type": "dv",
                "method": "txt",
                "wildcard": hostname != base,
                "validation_errors": [],
                "dcv_delegation_records": [{
                    "cname": format!("_acme-challenge.{base}"),
                    "cname_target": format!("{base}.{}.dcv.cloudflare.com", self.uuid),
                }],
                "certificates": [],
            },
        });
        self.hostnames.borrow_mut().insert(id.clone(), object);
        id
    }

    /// Removes a custom hostname behind the product's back.
    pub fn lose(&self, hostname: &str) {
        self.hostnames.borrow_mut().retain(|_, object| name_of(object) != hostname);
    }

    /// Changes the API's object of `hostname`; panics when there is none.
    pub fn edit(&self, hostname: &str, change: impl FnOnce(&mut Value)) {
        let mut hostnames = self.hostnames.borrow_mut();
        let object = hostnames.values_mut().find(|object| name_of(object) == hostname);
        change(object.unwrap_or_else(|| panic!("Cloudflare holds no {hostname}")));
    }

    /// Sets `status` and `ssl.status` of `hostname`.
    pub fn set_status(&self, hostname: &str, status: &str, ssl_status: &str) {
        self.edit(hostname, |object| {
            set(object, "/status", status.into());
            set(object, "/ssl/status", ssl_status.into());
        });
    }

    /// Issues an ECDSA certificate in front of those before it, and makes `hostname` active.
    pub fn issue(&self, hostname: &str, issued_at: Timestamp, expires_at: Timestamp) {
        self.set_status(hostname, "active", "active");
        self.edit(hostname, |object| {
            let Some(Value::Array(certificates)) = object.pointer_mut("/ssl/certificates") else {
                panic!("the object of {hostname} has no list of certificates")
            };
            let serial = certificates.len() + 1;
            let certificate = json!({
                "id": format!("33333333-0000-4000-8000-{serial:012x}"),
                "issuer": "GoogleTrustServices",
                "serial_number": format!("{serial:032}"),
                "signature": "ECDSAWithSHA256",
                "issued_on": issued_at.to_iso(),
                "expires_on": expires_at.to_iso(),
                "fingerprint_sha256": format!("{}{serial:032x}", hex_of(hostname)),
            });
            certificates.insert(0, certificate);
        });
    }

    /// Answers a call of the API; `None` for one to somebody else.
    pub(crate) fn answer(&self, request: &HttpRequest) -> Option<Reply> {
        let path = request.url.strip_prefix(&self.base)?;
        let allowed = request.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("authorization") && *value == self.token
        });
        if !allowed {
            return Some(failure(401, 10000, "Authentication error"));
        }
        let (path, _) = path.split_once('?').unwrap_or((path, ""));
        let segments: Vec<&str> = path.split('/').collect();
        Some(match (request.method, segments.as_slice()) {
            (Method::Get, ["dcv_delegation", "uuid"]) => success(&json!({ "uuid": self.uuid })),
            (Method::Get, ["custom_hostnames", "quota"]) => success(&json!({
                "allocated": self.quota.get().min(50_000), "used": self.hostnames.borrow().len(),
            })),
            (Method::Get, ["custom_hostnames"]) => self.list(&request.url),
            (Method::Post, ["custom_hostnames"]) => {
                self.create(request.body.as_deref().unwrap_or_default())
            }
            (Method::Get | Method::Patch, ["custom_hostnames", id]) => {
                match self.hostnames.borrow().get(*id) {
                    Some(object) => success(object),
                    None => not_found(),
                }
            }
            (Method::Delete, ["custom_hostnames", id]) => {
                match self.hostnames.borrow_mut().remove(*id) {
                    Some(_) => success(&json!({ "id": id })),
                    None => not_found(),
                }
            }
            _ => panic!("Cloudflare is asked what no fake answers: {request:?}"),
        })
    }

    fn create(&self, body: &[u8]) -> Reply {
        let wanted: Value = serde_json::from_slice(body).expect("the body of a creation is JSON");
        let hostname =
            wanted.get("hostname").and_then(Value::as_str).expect("a creation names its hostname");
        assert_eq!(wanted.pointer("/ssl/method"), Some(&json!("txt")), "delegation is by TXT");
        assert_eq!(wanted.pointer("/ssl/type"), Some(&json!("dv")), "there is only this type");
        if self.names().iter().any(|name| name == hostname) {
            return failure(409, 1406, "Duplicate custom hostname found.");
        }
        if self.hostnames.borrow().len() >= self.quota.get() {
            return failure(403, 1405, "Quota exceeded.");
        }
        let id = self.add(hostname);
        if let Some(wildcard) = wanted.pointer("/ssl/wildcard") {
            self.edit(hostname, |object| set(object, "/ssl/wildcard", wildcard.clone()));
        }
        self.hostnames.borrow().get(&id).map_or_else(not_found, success)
    }

    fn list(&self, url: &str) -> Reply {
        let url = Url::parse(url).expect("the URL of a list is a URL");
        let asked = |key: &str| {
            url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
        };
        let number = |key: &str, default: usize| {
            asked(key).map_or(default, |text| text.parse().expect("pages are numbers"))
        };
        let (page, per_page) = (number("page", 1), number("per_page", 20));
        assert!(
            page >= 1 && (5..=1000).contains(&per_page),
            "page {page} of {per_page} is out of range"
        );
        let exact = asked("hostname.exact").or_else(|| asked("hostname"));
        let hostnames = self.hostnames.borrow();
        let matching: Vec<&Value> = hostnames
            .values()
            .filter(|object| exact.as_ref().is_none_or(|exact| name_of(object) == *exact))
            .collect();
        let items: Vec<&&Value> =
            matching.iter().skip((page - 1) * per_page).take(per_page).collect();
        let info = json!({
            "page": page, "per_page": per_page, "count": items.len(),
            "total_count": matching.len(), "total_pages": matching.len().div_ceil(per_page),
        });
        answer(
            200,
            &json!({
                "success": true, "errors": [], "messages": [], "result": items, "result_info": info,
            }),
        )
    }
}

fn set(object: &mut Value, pointer: &str, value: Value) {
    *object.pointer_mut(pointer).unwrap_or_else(|| panic!("the object has no {pointer}")) = value;
}

fn name_of(object: &Value) -> String {
    object.get("hostname").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// 32 hexadecimal digits that differ by name.
fn hex_of(name: &str) -> String {
    let sum =
        name.bytes().fold(0_u128, |sum, byte| sum.wrapping_mul(257).wrapping_add(byte.into()));
    format!("{sum:032x}")
}

fn success(result: &Value) -> Reply {
    answer(200, &json!({ "success": true, "errors": [], "messages": [], "result": result }))
}

fn not_found() -> Reply {
    failure(404, 1436, "The custom hostname was not found.")
}

fn failure(status: u16, code: u32, message: &str) -> Reply {
    let errors = json!([{ "code": code, "message": message }]);
    answer(status, &json!({ "success": false, "errors": errors, "messages": [], "result": null }))
}

#[expect(clippy::unnecessary_wraps, reason = "the routes of FakeHttp may also have no answer")]
fn answer(status: u16, body: &Value) -> Reply {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(HttpAnswer { status, headers, body: body.to_string().into_bytes() })
}

#[cfg(test)]
mod tests {
    use dcvaas_core::time::Span;

    use super::*;

    fn call(api: &FakeCloudflare, method: Method, path: &str, body: &str) -> (u16, Value) {
        let request = HttpRequest {
            method,
            url: format!("https://api.dev/zones/z/{path}"),
            headers: vec![("authorization".into(), "Bearer t".to_owned())],
            body: Some(body.as_bytes().to_vec()),
            timeout: Span::seconds(1),
            max_body: 65_535,
        };
        let answer = api.answer(&request).unwrap().unwrap();
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    #[test]
    fn a_custom_hostname_lives_from_its_creation_to_its_deletion() {
        let api = FakeCloudflare::new("https://api.dev", "z", "t");
        let body = r#"{"hostname":"app.example.com","ssl":{"method":"txt","type":"dv"}}"#;
        let (status, made) = call(&api, Method::Post, "custom_hostnames", body);
        let id = made.pointer("/result/id").and_then(Value::as_str).unwrap();
        assert_eq!(
            (status, made.pointer("/result/ssl/status")),
            (200, Some(&json!("initializing")))
        );

        let (status, duplicate) = call(&api, Method::Post, "custom_hostnames", body);
        assert_eq!((status, duplicate.pointer("/errors/0/code")), (409, Some(&json!(1406))));

        let at = Timestamp::from_millis(1_767_571_200_000);
        api.issue("app.example.com", at, at.plus(Span::days(90)));
        let (_, list) =
            call(&api, Method::Get, "custom_hostnames?hostname=app.example.com&per_page=50", "");
        assert_eq!(list.pointer("/result_info/total_count"), Some(&json!(1)));
        let expires = list.pointer("/result/0/ssl/certificates/0/expires_on");
        assert_eq!(expires, Some(&json!("2026-04-05T00:00:00.000Z")));

        let path = format!("custom_hostnames/{id}");
        assert_eq!(call(&api, Method::Delete, &path, "").0, 200);
        let (status, gone) = call(&api, Method::Get, &path, "");
        assert_eq!((status, gone.pointer("/errors/0/code")), (404, Some(&json!(1436))));
        assert_eq!(api.names(), Vec::<String>::new());
    }
}
