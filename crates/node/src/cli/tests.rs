//! The command line as a whole.

use std::collections::BTreeSet;

use clap::{Command, CommandFactory as _};

use super::Arguments;

#[test]
fn the_commands_fit_together() {
    Arguments::command().debug_assert();
}

/// An argument with the id of a global option would be read as that option.
#[test]
fn no_argument_of_a_command_has_the_id_of_a_global_option() {
    let root = Arguments::command();
    let globals: BTreeSet<_> = root.get_arguments().map(|argument| argument.get_id().clone()).collect();
    let mut waiting: Vec<&Command> = root.get_subcommands().collect();
    let mut count = 0;
    while let Some(command) = waiting.pop() {
        for argument in command.get_arguments() {
            assert!(!globals.contains(argument.get_id()), "{} {}", command.get_name(), argument.get_id());
        }
        waiting.extend(command.get_subcommands());
        count += 1;
    }
    assert!(count > 20, "{count} commands seen");
}

#[test]
fn commands_of_people_have_examples() {
    for name in [
        "approve", "audit", "deny", "grant", "grants", "inbox", "publish", "records", "request", "requests",
        "retrieve", "revoke", "search",
    ] {
        let root = Arguments::command();
        let command = root.find_subcommand(name).unwrap();
        let help = command.get_after_help().unwrap().to_string();
        assert!(help.contains("Example") && help.contains(&format!("carechain {name}")), "{name}");
    }
}
