//! Networks of nodes on one machine, each node a process of this binary: to try, to demonstrate, to measure.
//!
//! It talks to its nodes as an operator and as people do, by files, processes and the client: it links no server.

pub mod bench;
pub mod demo;
mod network;
mod noise;

pub use network::{
    InitError, Interface, Life, NodePlace, PeopleError, ProcessError, Testnet, TestnetError, enrol, freeze,
    kill, running, start, start_all, stop, stop_all, thaw, wait_until_ready,
};
