//! The process that a node is: its clocks, its threads and tasks, what it asks of the operating system.
//!
//! It knows nothing of ledgers and files. No thread or task of a node starts anywhere else, and none ends unseen: `clippy.toml`
//! of the crates above bans the other ways.

mod clock;
mod supervisor;
mod system;

pub use clock::Clock;
pub use supervisor::{Ended, Reason, Supervisor, blocking, brief, end_within};
pub use system::{raise_open_files, yield_to_votes};
