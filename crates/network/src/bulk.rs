//! Streams of file bytes between two members.
//!
//! Protocol: the opener waits for one byte, `accepted` or `busy`, before anything else; so a stream that was dropped in
//! passing (libp2p-stream drops the second of two that arrive in one turn) is noticed and opened again. What follows is
//! the node's own protocol.

mod accept;
mod open;
mod stream;

pub use accept::{BulkReceiver, IncomingBulk};
pub use open::BulkError;
pub use stream::BulkStream;

pub(crate) use accept::accept_bulk;
pub(crate) use open::{BulkControl, bulk_ready, open_bulk};

/// The stream is the opener's.
const ACCEPTED: u8 = 1;
/// Too many streams are open or waiting.
const BUSY: u8 = 2;
