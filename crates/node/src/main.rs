//! The binary carechain: command line, configuration, event loop.

mod bench;
mod cli;
mod config;
mod demo;
mod folder;
mod founding;
mod noise;
mod server;
mod testnet;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
