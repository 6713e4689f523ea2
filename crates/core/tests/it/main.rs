//! Core against the testkit's world: one binary, because linking is what takes time.
//!
//! - `keys`: signatures by Ed25519.
//! - `events`: bodies of events are what the catalogue describes.
//! - `schema`: the rules that every table keeps, and migrations on filled databases.
//! - `statements`: every statement compiles, uses an index and stays inside its tenant.
//! - `signatures`: by public keys of others, against the vectors of the RFCs.
//! - `boundaries`: which module may name what.
//! - `testkit`: the fakes do what the others rely on.

#[cfg(test)]
mod boundaries;
#[cfg(test)]
mod events;
#[cfg(test)]
mod fill;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod testkit;
