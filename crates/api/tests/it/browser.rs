//! A browser of somebody who signs in.

use serde_json::Value;

use crate::desk::{Answer, Desk, Headers, OWN};

/// A browser: it sends its cookies and the origin of our own page.
#[derive(Debug, Default, Clone)]
pub(crate) struct Browser {
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) address: Option<&'static str>,
}

impl Browser {
    pub(crate) fn headers(&self) -> Headers {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = vec![
            ("origin", OWN.to_owned()),
            ("cookie", cookies.join("; ")),
            ("user-agent", "Netscape/4.0".to_owned()),
        ];
        headers.extend(self.address.map(|address| ("cf-connecting-ip", address.to_owned())));
        headers
    }

    pub(crate) async fn ask(
        &mut self,
        desk: &Desk,
        method: &str,
        path: &str,
        body: &str,
    ) -> Answer {
        let answer = desk.ask(method, path, &self.headers(), body).await;
        for (_, set) in answer.headers.iter().filter(|(name, _)| *name == "set-cookie") {
            let (name, rest) = set.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !set.contains("Max-Age=0") {
                let value = rest.split(';').next().unwrap().to_owned();
                self.cookies.push((name.to_owned(), value));
            }
        }
        answer
    }

    pub(crate) async fn post(&mut self, desk: &Desk, path: &str, body: &str) -> Answer {
        self.ask(desk, "POST", path, body).await
    }

    pub(crate) async fn session(&mut self, desk: &Desk, proof: &Value) -> Answer {
        self.post(desk, "/api/session", &proof.to_string()).await
    }
}
