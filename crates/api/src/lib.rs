//! The HTTP server: translates between JSON or bytes and the node.
//!
//! Invariants
//! - Untrusted input becomes typed here, bounded, and signed queries are checked before the node is asked.
//! - One table maps what a node refuses to what a caller sees; unknown, hidden and not-yours look the same.
//! - It knows the node by [`Node`] alone: no consensus, storage or network.

pub mod limits;
mod list;
mod node;

pub use list::{ListError, is_public, list_keys};
pub use node::{
    Answer, Asker, Node, NodeCondition, NodeError, NodeStatus, Notice, NoticeKind, NoticeQuery, Notices,
    OpenedRead, RecordStream, SearchHit, SearchPage, SearchQuery, UploadBytes, UploadProgress, UploadStatus,
};
