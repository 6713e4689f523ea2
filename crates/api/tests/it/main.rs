//! The API in process: the edge with the testkit's world behind it. One binary, because linking is
//! what takes time.
//!
//! - `audit`: the audit log: written, kept, shown, exported and verified.
//! - `rights`: every route with every kind of caller, against a checked-in table.
//! - `batches`: the round trips to D1 of every route, against a checked-in table.
//! - `changes`: what is told of changes of the organization, to whom, and how often.
//! - `contract`: members, pages, tags, limits and refusals as clients rely on them.
//! - `document`: every answer against the OpenAPI document.
//! - `endpoints`: what an endpoint can be asked, what is shown of it, and two changes at once.
//! - `feed`: readers of the feed whose place is kept.
//! - `leaks`: reports of tokens that were found in public.
//! - `limits`: how often a caller may ask, and what the answers tell of it.
//! - `members`: who may do what to whom in an organization.
//! - `operator`: plans and limits, set by who operates the deployment.
//! - `producers`: every type of event is sent by something.
//! - `providers`: signing in by a provider of OpenID Connect, and every way to misuse that.
//! - `reminders`: who is told when a token's end comes near.
//! - `repeats`: `Idempotency-Key`: done once, answered alike, whatever breaks.
//! - `secrets`: that no secret is kept or told on.
//! - `sign_in`: mails, links, codes and sessions.
//! - `safety`: tenants, forged requests, and what failures tell.
//! - `revoking`: many tokens at once, whose they were, and what their holders are told.
//! - `signer`: somebody who signs as GitHub does.
//! - `tokens`: what a token can be bound to, how it is replaced, what it says of itself.
//!
//! `UPDATE_TABLES=1` writes the tables anew; the difference is then for the reviewer.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod desk;
#[cfg(test)]
#[cfg(feature = "openapi")]
mod document;
#[cfg(test)]
mod endpoints;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod members;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod producers;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod reminders;
#[cfg(test)]
mod repeats;
#[cfg(test)]
mod revoking;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod safety;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod signer;
#[cfg(test)]
mod tokens;
