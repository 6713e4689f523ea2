//! Providers of OpenID Connect by which people can sign in: who they are, as the operator configures it,
//! and in which words a sign-in that failed is told.

use serde_json::Value;

use super::outgoing::{Guard, OutgoingUrl, UrlFault};
use crate::closed_set;
use crate::secret::SecretText;

/// Providers at most: each is a button.
const MOST: usize = 16;
const LONGEST_ID: usize = 32;
const LONGEST_NAME: usize = 64;
/// Characters of an identifier or a secret of a client at most.
const LONGEST_CREDENTIAL: usize = 512;
/// What is asked for unless the configuration says otherwise (OpenID Connect Core 1.0 section 5.4).
const SCOPES: &str = "openid email profile";

closed_set! {
    /// Why somebody who comes back from a provider is not signed in. The words say nothing of whom we
    /// know: only whoever has signed in at the provider learns anything.
    pub enum SignInRefusal {
        /// The person or the provider said no.
        Denied = "denied",
        /// It was begun in another browser or too long ago, is over, or was never begun.
        Ended = "ended",
        /// The provider does not vouch for an address of theirs.
        Unverified = "unverified",
        /// What the provider sent does not hold.
        Untrusted = "untrusted",
        /// The provider does not work, or we do not.
        Unavailable = "unavailable",
    }
}

/// One provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Provider {
    /// Names it in paths.
    pub id: String,
    /// Names it to people.
    pub name: String,
    /// Its issuer identifier, compared to the letter.
    pub issuer: String,
    /// How it knows us.
    pub client_id: String,
    /// Proves to it that we are the client; none for a public client.
    pub client_secret: Option<SecretText>,
    /// What is asked for: words, separated by spaces.
    pub scopes: String,
}

/// Reads `OIDC_PROVIDERS`, a JSON array of objects, with the clients' secrets, a JSON object by id.
///
/// # Errors
/// The name of the variable and what would be right.
pub fn read(
    list: &str,
    secrets: Option<&str>,
    allow_hosts: &[String],
) -> Result<Vec<Provider>, (&'static str, &'static str)> {
    let fault = |hint| ("OIDC_PROVIDERS", hint);
    let Ok(Value::Array(list)) = serde_json::from_str(list) else {
        return Err(fault(
            r#"a JSON list, such as [{"id":"corp","name":"Corp","issuer":"https://id.example.net","clientId":"dcvaas"}]"#,
        ));
    };
    if list.len() > MOST {
        return Err(fault("16 providers at most"));
    }
    let providers = list.iter().map(|entry| provider(entry, allow_hosts));
    let mut providers = providers.collect::<Result<Vec<_>, _>>().map_err(fault)?;
    for (at, one) in providers.iter().enumerate() {
        let mut others = providers.iter().skip(at + 1);
        if others.any(|other| other.id == one.id || other.issuer == one.issuer) {
            return Err(fault("each id and each issuer once"));
        }
    }
    let Some(secrets) = secrets else { return Ok(providers) };
    let fault = ("OIDC_CLIENT_SECRETS", r#"a JSON object by ids of OIDC_PROVIDERS: {"corp":"…"}"#);
    let Ok(Value::Object(secrets)) = serde_json::from_str(secrets) else { return Err(fault) };
    for (id, secret) in secrets {
        let provider = providers.iter_mut().find(|provider| provider.id == id).ok_or(fault)?;
        let secret = text(Some(&secret), LONGEST_CREDENTIAL).ok_or(fault)?;
        provider.client_secret = Some(SecretText::new(secret));
    }
    Ok(providers)
}

fn provider(entry: &Value, allow_hosts: &[String]) -> Result<Provider, &'static str> {
    const KNOWN: [&str; 5] = ["id", "name", "issuer", "clientId", "scopes"];
    let members = entry.as_object().ok_or("each provider as a JSON object")?;
    if members.keys().any(|name| !KNOWN.contains(&name.as_str())) {
        return Err(
            "only id, name, issuer, clientId and scopes; secrets go into OIDC_CLIENT_SECRETS",
        );
    }
    let id = text(members.get("id"), LONGEST_ID).filter(|id| is_id(id));
    let name = text(members.get("name"), LONGEST_NAME);
    let issuer = text(members.get("issuer"), LONGEST_CREDENTIAL);
    let issuer = issuer.filter(|url| !url.contains('?') && is_reachable(url, allow_hosts));
    let client_id = text(members.get("clientId"), LONGEST_CREDENTIAL);
    let scopes = match members.get("scopes") {
        None => Some(SCOPES.to_owned()),
        Some(scopes) => scopes.as_array().and_then(|scopes| self::scopes(scopes)),
    };
    Ok(Provider {
        id: id.ok_or("id: lower-case letters, digits and hyphens, 32 at most")?.to_owned(),
        name: name.ok_or("name: what the button says, 64 characters at most")?.to_owned(),
        issuer: issuer
            .ok_or("issuer: an https URL without query, exactly as the provider writes it")?
            .to_owned(),
        client_id: client_id.ok_or("clientId: as the provider gave it")?.to_owned(),
        client_secret: None,
        scopes: scopes
            .ok_or(r#"scopes: a list with "openid" in it, such as ["openid","email"]"#)?,
    })
}

/// A text that is there, not too long, and without control characters.
fn text(value: Option<&Value>, longest: usize) -> Option<&str> {
    let text = value?.as_str()?;
    let fits = (1..=longest).contains(&text.chars().count());
    (fits && !text.chars().any(char::is_control)).then_some(text)
}

fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// `scope-token`s of RFC 6749 section 3.3, `openid` among them.
fn scopes(list: &[Value]) -> Option<String> {
    let words: Vec<&str> = list.iter().map(Value::as_str).collect::<Option<_>>()?;
    let is_token = |word: &&str| {
        (1..=64).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    let sound = words.len() <= MOST && words.iter().all(is_token) && words.contains(&"openid");
    sound.then(|| words.join(" "))
}

/// Whether a provider may stand there: at a public host by `https`, on any port, or at a host that the
/// local stack allows. The operator chose it, so this only keeps mistakes out.
pub fn is_reachable(url: &str, allow_hosts: &[String]) -> bool {
    let guard = Guard { allow_hosts, own_hosts: &[] };
    // The port is looked at last, when everything else is right.
    matches!(OutgoingUrl::parse(url, &guard), Ok(_) | Err(UrlFault::Port))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn corp() -> Value {
        json!({ "id": "corp", "name": "Corp", "issuer": "https://id.corp.dev:8444/realm", "clientId": "dcvaas" })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut entry = corp();
        entry[name] = value;
        json!([entry])
    }

    fn read_all(
        list: &Value,
        secrets: Option<&Value>,
    ) -> Result<Vec<Provider>, (&'static str, &'static str)> {
        let secrets = secrets.map(Value::to_string);
        read(&list.to_string(), secrets.as_deref(), &["127.0.0.1:9000".to_owned()])
    }

    #[test]
    fn providers_are_read_with_their_secrets() {
        let local = json!({ "id": "local-1", "name": "Ours", "issuer": "http://127.0.0.1:9000", "clientId": "a b", "scopes": ["openid", "email"] });
        let providers =
            read_all(&json!([corp(), local]), Some(&json!({ "corp": "s3cret" }))).unwrap();
        let [corp, local] = providers.as_slice() else { panic!() };
        assert_eq!(corp.issuer, "https://id.corp.dev:8444/realm");
        assert_eq!(corp.client_secret, Some(SecretText::new("s3cret")));
        assert_eq!(corp.scopes, "openid email profile");
        assert_eq!((local.client_secret.is_none(), local.scopes.as_str()), (true, "openid email"));
        assert_eq!(read_all(&json!([]), None), Ok(Vec::new()));
    }

    #[test]
    fn a_fault_names_its_variable_and_what_would_be_right() {
        for (list, hint) in [
            (json!({}), "a JSON list"),
            (json!(["corp"]), "each provider as a JSON object"),
            (json!([corp(), corp()]), "each id and each issuer once"),
            (json!(vec![corp(); 17]), "16 providers at most"),
            (with("clientSecret", json!("x")), "OIDC_CLIENT_SECRETS"),
            (with("id", json!("Corp")), "id:"),
            (with("id", json!("a/b")), "id:"),
            (with("id", json!("")), "id:"),
            (with("name", json!("a\nb")), "name:"),
            (with("name", json!("n".repeat(65))), "name:"),
            (with("issuer", json!("http://id.corp.dev")), "issuer:"),
            (with("issuer", json!("https://id.corp.dev/?a")), "issuer:"),
            (with("issuer", json!("https://id.corp.dev/#a")), "issuer:"),
            (with("issuer", json!("https://u@id.corp.dev/")), "issuer:"),
            (with("issuer", json!("https://10.0.0.1/")), "issuer:"),
            (with("issuer", json!("http://127.0.0.1:9001")), "issuer:"),
            (with("clientId", json!(7)), "clientId:"),
            (with("scopes", json!("openid")), "scopes:"),
            (with("scopes", json!(["email"])), "scopes:"),
            (with("scopes", json!(["openid", "a b"])), "scopes:"),
        ] {
            let (name, said) = read_all(&list, None).unwrap_err();
            assert_eq!(name, "OIDC_PROVIDERS");
            assert!(said.contains(hint), "{list}: {said}");
        }
        for secrets in
            [json!([]), json!({ "other": "x" }), json!({ "corp": "" }), json!({ "corp": 7 })]
        {
            let fault = read_all(&json!([corp()]), Some(&secrets)).unwrap_err();
            assert_eq!(fault.0, "OIDC_CLIENT_SECRETS", "{secrets}");
        }
        assert_eq!(read("[", None, &[]).unwrap_err().0, "OIDC_PROVIDERS");
    }
}
