//! The command line as a whole.

mod hints;

use std::any::TypeId;
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

/// Arguments that take every number of their type; all others have a range. Each is tried with the greatest ones by
/// `tests/it/bad_input.rs::the_greatest_numbers_a_caller_can_name_stop_no_node`.
const UNBOUNDED: [&str; 6] = [
    "carechain inbox --after",
    "carechain search --limit",
    "carechain testnet freeze <index>",
    "carechain testnet init --nodes",
    "carechain testnet start <index>",
    "carechain testnet stop <index>",
];

/// A number that a person names is bounded where it is parsed, or it is in the list of those whose extremes are tried.
#[test]
fn every_numeric_argument_is_bounded_or_tried_with_extremes() {
    let root = Arguments::command();
    let mut waiting: Vec<(String, &Command)> = vec![("carechain".to_owned(), &root)];
    let mut unbounded = BTreeSet::new();
    while let Some((path, command)) = waiting.pop() {
        waiting
            .extend(command.get_subcommands().map(|inner| (format!("{path} {}", inner.get_name()), inner)));
        for argument in command.get_arguments() {
            let kind = argument.get_value_parser().type_id();
            let greatest = GREATEST.iter().find(|(number, _)| kind == number());
            if greatest.is_some_and(|(_, greatest)| takes(argument, *greatest)) {
                let name = match argument.get_long() {
                    Some(long) => format!("--{long}"),
                    None => format!("<{}>", argument.get_id()),
                };
                unbounded.insert(format!("{path} {name}"));
            }
        }
    }
    assert_eq!(unbounded, UNBOUNDED.map(str::to_owned).into());
}

/// Types of number, and the greatest of each.
const GREATEST: [(fn() -> TypeId, u64); 6] = [
    (TypeId::of::<u8>, u8::MAX as u64),
    (TypeId::of::<u16>, u16::MAX as u64),
    (TypeId::of::<u32>, u32::MAX as u64),
    (TypeId::of::<u64>, u64::MAX),
    (TypeId::of::<usize>, usize::MAX as u64),
    (TypeId::of::<f64>, u64::MAX),
];

/// Whether the argument alone lets a number through.
fn takes(argument: &clap::Arg, number: u64) -> bool {
    let alone = clap::Arg::new("number").value_parser(argument.get_value_parser().clone());
    let command = Command::new("test").no_binary_name(true).arg(alone);
    command.try_get_matches_from([number.to_string()]).is_ok()
}
