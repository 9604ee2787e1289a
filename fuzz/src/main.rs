//! Fuzzing of everything that decodes foreign bytes: one libFuzzer binary, one target for each decoder or route.
//!
//! `CARECHAIN_FUZZ_TARGET` names the target; libFuzzer owns the arguments. Set to a folder, three more variables make the
//! program do something else and end: `CARECHAIN_FUZZ_SEEDS` writes seeds for every target there, `CARECHAIN_FUZZ_UNPACK` the
//! inputs that `fuzz/corpus` keeps, and `CARECHAIN_FUZZ_PACK` keeps that folder as the inputs of the target.
//! `scripts/fuzz.sh` uses them all.
//!
//! A target must hold two things for every input: it does not panic (overflow and debug assertions included), and what
//! decodes encodes back to the same bytes.

#![no_main]

mod bulk;
mod consortium;
mod corpus;
mod network;
mod pieces;
mod seeds;
mod stub_node;
mod targets;

// The frames of `network` name these by their places in that crate.
use network::{class::Class, frame, limits};

use std::sync::OnceLock;

use targets::Target;

static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(init: choose(), |data: &[u8]| {
    (CHOSEN.get().expect("libFuzzer initializes before it runs").run)(data);
});

fn choose() {
    if let Some(folder) = std::env::var_os("CARECHAIN_FUZZ_SEEDS") {
        seeds::write(folder.as_ref());
        std::process::exit(0);
    }
    if let Some(folder) = std::env::var_os("CARECHAIN_FUZZ_UNPACK") {
        corpus::unpack(folder.as_ref());
        std::process::exit(0);
    }
    let name = std::env::var("CARECHAIN_FUZZ_TARGET").unwrap_or_default();
    let target = targets::ALL.iter().find(|target| target.name == name).unwrap_or_else(|| {
        let known: Vec<_> = targets::ALL.iter().map(|target| target.name).collect();
        eprintln!("CARECHAIN_FUZZ_TARGET = \"{name}\": expected one of {}", known.join(" "));
        std::process::exit(2);
    });
    if let Some(folder) = std::env::var_os("CARECHAIN_FUZZ_PACK") {
        corpus::pack(target.name, folder.as_ref());
        std::process::exit(0);
    }
    let _ = CHOSEN.set(target);
}
