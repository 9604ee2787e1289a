//! The running node: one process, one data folder, no other server.
//!
//! ```text
//!  network ──events──► verify pool ──┐
//!  HTTP ──► service ─────────────────┼──► consensus thread (engine) ──► network
//!            │        search index ──┘            │
//!            └──► files ──► bulk streams          └──► ledger, journal
//! ```

mod access;
mod admitted;
mod base;
mod check;
mod disk_watch;
mod engine_thread;
mod engine_view;
mod folder_watch;
mod gateway;
mod heard;
mod http_interface;
mod ledger_faults;
mod member_names;
mod metrics;
mod node_errors;
mod notices;
mod parts;
mod peer_sender;
mod peers;
mod proving;
mod questions;
mod reading;
mod reads_in_flight;
mod search;
mod search_index;
mod service;
mod shared_proofs;
mod start;
mod status;
mod waiting_bytes;

pub use check::{CheckError, check};
pub use http_interface::InterfaceError;
pub use start::{NodeIdentity, RunningNode, StartError, start};
