//! The flows as the consumer runs them, in the testkit's world: one binary, because linking is what
//! takes time.
//!
//! - `story`: the main job, told from end to end, and what befalls it.
//! - `sweeps`: many due domains are read by pages.
//! - `jobs`: what an organization is told of work that is set aside or given up.
//! - `mail`: who sends it, when it is tried again, and what becomes of its secret.
//! - `races`: two at the same domain.
//! - `sweep_bounds`: what a sweep may cost, and that no domain stands in the others' way.
//! - `walks`: every single failure of every call, one after the other.
//! - `deliveries`: who tries a delivery, when, and to whom an event goes.
//! - `engine`: many deliveries to many endpoints, in order and out of it, and what is told of failing ones.
//! - `news`: what is told of a domain's record and certificate as time passes.
//! - `notices`: who is told by mail that an endpoint fails.
//! - `quota`: that the operator hears in time when the zone gets full.
//! - `trust`: key pairs, what the log shows of a request, and where host names may lead.
//! - `webhooks`: how an endpoint fares, sending again, and changing its secret.
//! - `simulation`: random operations, many seeds, the same invariants.

#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod news;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod races;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod story;
#[cfg(test)]
mod sweep_bounds;
#[cfg(test)]
mod sweeps;
#[cfg(test)]
mod trust;
#[cfg(test)]
mod walks;
#[cfg(test)]
mod webhooks;
