//! Reading one file from several holders at once, in order, through byte windows.
//!
//! Every chunk is asked of one holder; when it takes twice as long as nearly all do, it is asked of a second one. A
//! holder that sends a wrong chunk is dropped for good and counted. The runner keeps the bytes: it verifies a chunk
//! before it says that it arrived, and passes it on when told to deliver it.
//!
//! Invariants
//! - The bytes asked of one holder and not yet arrived never exceed its window.
//! - A chunk is asked of at most two holders at a time, never of one twice at a time.
//! - Every chunk is delivered exactly once, in order; none is asked for that lies further ahead of what the reader
//!   has taken than [`FetchSettings::ahead_bytes`].
//! - If one holder remains that answers and sends right chunks, the fetch ends with [`FetchOutput::Done`].

mod chunks;
mod error;
mod holder;
mod input;
mod latencies;
mod output;
mod state;
mod step;

pub use error::FetchError;
pub use input::{FetchInput, Verdict};
pub use output::{DropReason, FetchOutput};
pub use state::{Fetch, FetchCounts, FetchPlan, FetchSettings};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
