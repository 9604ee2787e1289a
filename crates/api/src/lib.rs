//! The HTTP server: translates between JSON or bytes and the node.
//!
//! ```text
//! client ──HTTP──► connections ─► admission ─► asker (signed query) ─► route ─► Node (a trait; the node implements it)
//!                  (by address)   (places)                              └─► chunks in, sealed frames out
//! ```
//!
//! Invariants
//! - Untrusted input becomes typed here, bounded, and signed queries are checked before the node is asked.
//! - A place is taken only for who is known and has sent what it announced, and for no longer than the work.
//! - One table maps what a node refuses to what a caller sees; unknown, hidden and not-yours look the same.
//! - It knows the node by [`Node`] alone: no consensus, storage or network.

mod admission;
mod asker;
mod body;
mod border;
mod certificate;
mod chunk_buffers;
mod chunks;
mod client;
mod clock;
mod connections;
mod failure;
mod frames;
mod handshakes;
mod held_body;
mod hosts;
pub mod limits;
mod list;
mod media;
mod node;
mod openapi;
mod operators;
mod paced_body;
mod patience;
mod places;
mod random;
mod refusals;
mod route;
mod salts;
mod server;
mod settings;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod test_tls;
mod timed_stream;
mod upload_caller;

pub use certificate::{Certificate, CertificateError, CertificateTerm, Validity};
pub use chunk_buffers::{ChunkBuffer, ChunkBuffers};
pub use hosts::Hosts;
pub use list::{ListError, counters_key, is_public, list_keys};
pub use node::{
    Answer, Asker, Node, NodeError, Notice, NoticeKind, NoticeQuery, Notices, OpenedRead, RecordStream,
    SearchHit, SearchPage, UploadBytes, UploadCaller, UploadFile, UploadProgress, UploadStatus,
};
pub use openapi::openapi;
pub use operators::Operators;
pub use server::{calls, serve};
pub use settings::{Honoured, Settings};
