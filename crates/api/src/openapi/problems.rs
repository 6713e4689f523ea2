//! The page that the `type` of every problem leads to.

use dcvaas_core::model::problem::ProblemCode;
use maud::{Markup, html};

use super::page::{rich, shell};

/// What a code means to those who get it.
struct Guide {
    /// What has happened.
    meaning: &'static str,
    /// Who can end it.
    who: &'static str,
    /// What they do.
    what: &'static str,
}

#[expect(clippy::too_many_lines, reason = "a table: one entry a code")]
const fn guide(code: ProblemCode) -> Guide {
    let (meaning, who, what) = match code {
        ProblemCode::BadRequest => (
            "Something in the request is not valid: its JSON, one of its members, a parameter of its address or one of its headers.",
            "You",
            "Read `errors`: each entry names the `field`, a stable `code`, and in its `message` what would be right. Sending the same again gives the same answer.",
        ),
        ProblemCode::Unauthorized => (
            "No valid credential came with the request. `reason` says why: `missing`, `malformed` (cut off or mistyped), `unknown`, `expired`, or `revoked`, which is known for 90 days. When signing in: the link is used up or too old.",
            "You",
            "Send `Authorization: Bearer dcv_…` with a token that is still listed, or sign in again. For a used link, ask for a new one.",
        ),
        ProblemCode::PlanRequired => (
            "The organization's plan does not include this.",
            "An owner of the organization",
            "Change to the plan in `upgradeTo`.",
        ),
        ProblemCode::LimitReached => (
            "The organization has as many of these as it may: `current` of `limit`.",
            "You, or an owner of the organization",
            "Remove one that is no longer needed, or change to the plan in `upgradeTo` where there is one.",
        ),
        ProblemCode::Forbidden => (
            "The credential is valid, but not for this: the token lacks a scope, the person lacks a role, only a person may do it (`reason`: `scope`, `role`, `person`), or the request came from a page that is not the dashboard's own.",
            "You, or an owner of the organization",
            "`message` names what is missing. Use a token with that scope, or ask an owner for that role.",
        ),
        ProblemCode::AddressNotAllowed => (
            "The token is valid, but it was made for certain addresses, and the request came from another one.",
            "You, or an owner of the organization",
            "Use the token from where it is meant for, or make one with other `allowedIps`.",
        ),
        ProblemCode::NotFound => (
            "Nothing stands at this address for this organization. Somebody else's object gives the same answer as none.",
            "You",
            "Check the id and, with several organizations, which one the request acts for. If it was there before, somebody has removed it.",
        ),
        ProblemCode::MethodNotAllowed => (
            "The path is right, but it does not take this method.",
            "You",
            "Use one of the methods in the header `Allow`.",
        ),
        ProblemCode::Conflict => (
            "The request is valid, but does not fit what is there: for example, the hostname has been added already, here or by another organization.",
            "You",
            "Read `message`, look at what is there, and decide anew. Sending the same again gives the same answer.",
        ),
        ProblemCode::IdempotencyInProgress => (
            "Another request with the same `Idempotency-Key` came before this one, and its answer is not known yet.",
            "Your client",
            "Wait for the seconds in `Retry-After`, then send it again with the same key: you get the first request's answer.",
        ),
        ProblemCode::IdempotencyKeyReused => (
            "The `Idempotency-Key` was used in the last 24 hours for another path or another body. Nothing was done.",
            "You",
            "Use a new key for each thing that you ask for, and the same key only to repeat exactly the same request.",
        ),
        ProblemCode::PayloadTooLarge => (
            "The body is larger than this route reads.",
            "You",
            "Send a smaller body; `message` says how large it may be.",
        ),
        ProblemCode::UnsupportedMediaType => (
            "The body was not declared as JSON.",
            "You",
            "Send JSON, with the header `Content-Type: application/json`.",
        ),
        ProblemCode::RateLimited => (
            "There were too many requests, or the same was asked for a moment ago. `violated-policies` names which: `default` counts \
             the requests of all tokens of the organization, `session` those of a person, `address` those with unknown \
             credentials from one address, and `cooldown` is the pause of one object.",
            "Your client",
            "Wait for the seconds in `Retry-After`, then send it again. `RateLimit` tells with every answer how many requests \
             are left.",
        ),
        ProblemCode::Internal => (
            "Something went wrong on our side. What was asked for may or may not have been done.",
            "The operator of the service",
            "Look at what is there before you send it again. If it stays, tell the operator the `requestId`: it leads to the cause in the logs.",
        ),
        ProblemCode::Unavailable => (
            "The service is busy for a moment.",
            "Your client",
            "Wait for the seconds in `Retry-After`, then send it again.",
        ),
        ProblemCode::UpstreamUnavailable => (
            "Cloudflare gave no usable answer. What is known of the domain stays as it is.",
            "Nobody",
            "The domain is looked at again by itself. To ask once more, wait for the seconds in `Retry-After`.",
        ),
        ProblemCode::Misconfigured => (
            "The service cannot work because its configuration is not complete.",
            "The operator of the service",
            "The operator finds the names of what is missing in the logs of the worker.",
        ),
    };
    Guide { meaning, who, what }
}

/// The page.
pub(super) fn page() -> String {
    let codes = ProblemCode::ALL;
    let menu = html! {
        ul { @for code in codes { li { a href={ "#" (code) } { code { (code) } } } } }
    };
    let content = html! {
        h1 { "Problems" }
        (rich("What cannot be done is answered with a problem document (RFC 9457). Its `error` is one of these words: decide by it, and show `message` to people. Give its `requestId` when you ask for help."))
        @for code in codes { (one(*code)) }
    };
    shell("Problems", "/docs/problems", &menu, &content)
}

fn one(code: ProblemCode) -> Markup {
    let Guide { meaning, who, what } = guide(code);
    html! {
        section.panel id=(code) {
            h2 { a href={ "#" (code) } { code { (code) } } span.tag { (code.status()) } }
            p.quiet { (code.title()) }
            dl {
                dt { "What it means" } dd { (rich(meaning)) }
                dt { "Who can end it" } dd { (who) }
                dt { "What to do" } dd { (rich(what)) }
                dt { code { "type" } } dd { code.break { (code.type_uri()) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_type_leads_to_an_anchor_of_the_page() {
        let page = page();
        for code in ProblemCode::ALL {
            assert!(page.contains(&format!("id=\"{code}\"")), "{code}");
            let uri = code.type_uri();
            let anchor = uri.strip_prefix("/docs/problems#");
            assert!(anchor == Some(code.as_str()) || uri.starts_with("https://iana.org/"), "{uri}");
        }
    }

    #[test]
    fn every_guide_is_in_whole_sentences() {
        for code in ProblemCode::ALL {
            let Guide { meaning, who, what } = guide(*code);
            assert!(meaning.ends_with('.') && what.ends_with('.'), "{code}");
            assert!(!who.is_empty() && !who.ends_with('.'), "{code}");
        }
    }
}
