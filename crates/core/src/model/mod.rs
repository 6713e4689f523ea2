//! Pure rules: types, tables and decisions, one file a word of the product.

pub mod allow_list;
pub mod audit;
pub mod caller;
pub mod certificate;
pub mod delivery;
pub mod dns_record;
pub mod dns_seen;
pub mod domain_event;
pub mod domain_state;
pub mod endpoint_options;
pub mod event;
pub mod hostname;
pub mod id;
pub mod outgoing;
pub mod patch;
pub mod plan;
pub mod problem;
pub mod rate;
pub mod role;
pub mod schedule;
pub mod scope;
pub mod tag;
pub mod upstream;
pub mod webhook_event;
