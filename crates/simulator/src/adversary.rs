//! Byzantine members: one or two real engines whose messages are bent, one sin a file.
//!
//! They sign with their own key and speak over the same network as everybody; f of them at most.

mod ambusher;
mod bend;
mod equivocating_primary;
mod fetcher;
mod forger;
mod forgetful;
mod hoard;
mod lying_primary;
mod misleader;
mod replayer;
mod silent;
mod sinner;
mod two_new_views;
mod usurper;
mod withholder;

pub(crate) use sinner::{Sent, Sinner};
