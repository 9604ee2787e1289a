//! The decoders of crate `network`, compiled in by their paths: they are private there, and the crate itself would bring
//! libp2p into every fuzzing build.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "files of another crate, linted there")]

#[rustfmt::skip]
#[path = "../../crates/network/src/class.rs"]
pub(crate) mod class;
#[rustfmt::skip]
#[path = "../../crates/network/src/frame.rs"]
pub(crate) mod frame;
#[rustfmt::skip]
#[path = "../../crates/network/src/handshake.rs"]
pub(crate) mod handshake;
#[rustfmt::skip]
#[path = "../../crates/network/src/limits.rs"]
pub(crate) mod limits;
