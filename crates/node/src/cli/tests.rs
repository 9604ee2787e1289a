//! The command line as a whole.

mod hints;

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
fn every_command_has_an_example_that_parses_as_far_as_its_name() {
    let root = Arguments::command();
    let mut waiting: Vec<(String, &Command)> = vec![("carechain".to_owned(), &root)];
    while let Some((path, command)) = waiting.pop() {
        let mut leaf = true;
        for inner in command.get_subcommands() {
            leaf = false;
            waiting.push((format!("{path} {}", inner.get_name()), inner));
        }
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(!leaf || help.contains("Example") && help.contains(&path), "{path}: {help}");
    }
}
