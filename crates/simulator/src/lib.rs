//! Real engines on a seeded clock, network and disk, with adversaries and invariants.
//!
//! A seed decides everything: how many members, how bad the links, whose power fails before which write or send, who is
//! Byzantine and how. First come the faults, while safety is watched; then everything is healed and must settle.
//!
//! ```text
//!  Simulator ─► Scenario (seed) ─► World ─┬─► Member: Node (Engine on a Disk) or Sinner (bent Engines)
//!                                         ├─► Network, Clock, Clients
//!                                         └─► Watch: invariants, coverage ─► Outcome
//! ```
//!
//! Invariants
//! - Nothing here reads a clock, draws a random number of its own or depends on an address: the same seed gives the same
//!   [`Outcome::trace`].
//! - A Byzantine member signs with its own key only.

mod adversary;
mod ambush;
mod ballot;
mod certified_block;
mod clients;
mod clock;
mod coverage;
mod disk;
mod founding;
mod invariant;
mod limits;
mod member;
mod network;
mod node;
mod oracle;
mod outcome;
mod random;
mod scenario;
mod simulator;
mod sin;
mod trace;
mod violation;
mod watch;
mod workload;
mod world;

pub use ballot::{Ballot, BallotPhase};
pub use coverage::Coverage;
pub use outcome::Outcome;
pub use scenario::Size;
pub use simulator::Simulator;
pub use violation::Violation;
