//! The rules from outside: one file per kind of transaction, a whole day, and properties of any sequence.

#![allow(clippy::unwrap_used)]

mod amendment;
mod block;
mod consent;
mod day;
mod decision;
mod enrolment;
mod failing_state;
mod includable;
mod permissions;
mod properties;
mod publish;
mod read;
mod receipts;
mod renewal;
mod world;
