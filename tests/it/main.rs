//! The product as people use it: the binary, processes on this machine, commands typed and files compared.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod day;
mod faults;
mod gateway;
mod proof;
mod roles;
mod support;
mod table4;
