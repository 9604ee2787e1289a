//! An upload at the publishing hospital's node: from the first chunk to all copies.
//!
//! ```text
//! receiving ─► forwarding to holders ─► completed by the client ─► receipts ─► published ─► all copies
//!                   │ a holder fails: again, then the next in rank                │
//!                   └─────────────── expiry passes before it is published ───────┴─► expired
//! ```
//!
//! Chunks are forwarded while they arrive, to as many holders as the abstract needs receipts of; the further copies
//! follow once it is on the ledger, or at once when one of those is slow. Whoever publishes waits for no copy that the
//! contract does not ask for. A holder first says which it has, so a restart of either side sends nothing twice. The
//! runner keeps the bytes and executes the outputs.
//!
//! Invariants
//! - Bytes sent to one holder and not acknowledged never exceed the window.
//! - A holder is told to complete only after it acknowledged every chunk.
//! - [`UploadOutput::Receipts`] comes once, with enough receipts of distinct hospitals.

mod holder;
mod input;
mod output;
mod state;
mod step;

pub use input::UploadInput;
pub use output::UploadOutput;
pub use state::{Upload, UploadPhase, UploadPlan, UploadSettings};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
