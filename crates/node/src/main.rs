//! The binary carechain: command line, configuration, event loop.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
