//! Real networks over loopback: links, refusals, restarts, floods, bulk streams.
#![allow(clippy::unwrap_used)]

mod bulk;
mod cluster;
mod flow;
mod links;
mod refusals;
