//! Byzantine members: one or two real engines whose messages are bent, one sin a file.
//!
//! They sign with their own key and speak over the same network as everybody; f of them at most.

mod bend;
mod equivocating_primary;
mod forger;
mod replayer;
mod silent;
mod sinner;
mod withholder;

pub(crate) use sinner::{Sent, Sinner};
