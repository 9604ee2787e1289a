//! The product as people use it: the binary, processes on this machine, commands typed and files compared.
#![allow(clippy::unwrap_used)]
// No node runs in this process: its threads are watched by the tests that start them, and its files are of no value.
#![allow(clippy::disallowed_methods)]

mod bad_input;
mod border;
mod crowd;
mod data_folder;
mod day;
mod encrypted;
mod faults;
mod files_of_value;
mod founding;
mod full_disk;
mod gateway;
mod hostile_record;
mod in_the_clear;
mod kills;
mod lying_gateway;
mod node_end;
mod output;
mod process_life;
mod proof;
mod retrieving;
mod roles;
mod support;
mod table4;
mod wrong_keys;
