//! The binary carechain: command line, configuration, event loop.

mod cli;
mod config;
mod demo;
mod folder;
mod founding;
mod server;
mod testnet;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
