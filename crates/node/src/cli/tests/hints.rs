//! Every command that a message or an example names exists, with the options it names.
//!
//! The texts are read from the sources: a hint that names a command stands in backticks, an example begins with `carechain`.

use std::collections::BTreeSet;
use std::path::Path;

use carechain_schema::Route;
use clap::{Command, CommandFactory as _};

use super::Arguments;

/// Crates whose messages people read.
const SOURCES: [&str; 10] =
    ["api", "client", "disk", "node", "process", "pump", "schema", "server", "setup", "testnet"];

/// What stands in backticks and is no command: keys of client.toml, and a header.
const KEYS: [&str; 8] =
    ["Authorization: Bearer TOKEN", "ca", "hospital", "insecure = true", "key", "node", "person", "registry"];

/// Commands of the system that a hint sends an operator to.
const OF_THE_SYSTEM: [&str; 11] = [
    "chmod",
    "chown",
    "chronyc",
    "dmesg",
    "iostat",
    "kill",
    "mount",
    "systemctl",
    "timedatectl",
    "top",
    "uptime",
];

/// Names the keys of node.toml.
const NODE_KEYS: &str = include_str!("../../../../../node.toml.example");

#[test]
fn every_command_that_a_message_names_exists() {
    let root = Arguments::command();
    let mut seen = BTreeSet::new();
    for (file, text) in texts() {
        for command in text.split('`').skip(1).step_by(2) {
            check(&root, command).unwrap_or_else(|problem| panic!("{file}: `{command}`: {problem}"));
            seen.insert(command.to_owned());
        }
    }
    assert!(seen.len() > 25, "{seen:?}");
}

#[test]
fn every_example_of_the_help_names_options_that_exist() {
    let root = Arguments::command();
    let mut count = 0;
    for (file, text) in texts() {
        for line in text.replace("\\\n", " ").lines() {
            let Some(command) = line.trim_start().strip_prefix("carechain ") else { continue };
            // What follows two spaces explains.
            let command = command.trim().split("  ").next().unwrap_or_default();
            for command in command.split(" && carechain ") {
                check(&root, command).unwrap_or_else(|problem| panic!("{file}: {command}: {problem}"));
                count += 1;
            }
        }
    }
    assert!(count > 40, "{count} examples seen");
}

#[test]
fn a_command_that_does_not_exist_is_found() {
    let root = Arguments::command();
    assert!(check(&root, "requests req_… --profile alice").is_ok());
    assert!(check(&root, "publish --resume {}").is_ok());
    assert!(check(&root, "rotate the key").is_err());
    assert!(check(&root, "testnet restart").is_err());
    assert!(check(&root, "request --forever").is_err());
    assert!(check(&root, "node status --mrn 4711").is_err());
}

/// Walks from the root to the command that is named, then looks at its options.
fn check(root: &Command, typed: &str) -> Result<(), String> {
    let typed = typed.strip_prefix("carechain ").unwrap_or(typed);
    // A name that is put in when the program runs is no command.
    if KEYS.contains(&typed) || typed.starts_with('{') {
        return Ok(());
    }
    if OF_THE_SYSTEM.contains(&typed.split_whitespace().next().unwrap_or_default()) {
        return Ok(());
    }
    if let Some((method, path)) = typed.split_once(' ')
        && Route::ALL.iter().any(|route| route.method.as_str() == method && route.path == path)
    {
        return Ok(());
    }
    // No command has an underscore.
    if typed.contains('_') && NODE_KEYS.contains(&format!("{typed} =")) {
        return Ok(());
    }
    let mut command = root;
    let mut inside = true;
    for word in typed.split_whitespace() {
        let name = word.trim_end_matches(',');
        if let Some(option) = name.strip_prefix("--") {
            let option = option.split('=').next().unwrap_or_default();
            let mut known =
                command.get_arguments().chain(root.get_arguments()).filter_map(clap::Arg::get_long);
            if !["help", "version"].contains(&option) && !known.any(|long| long == option) {
                return Err(format!("there is no option --{option} of {}", command.get_name()));
            }
            inside = false;
        } else if inside && command.has_subcommands() {
            command = command.find_subcommand(name).ok_or_else(|| format!("there is no command {name}"))?;
        } else {
            // A value, or what the command is given.
            inside = false;
        }
    }
    Ok(())
}

/// Every string literal of the sources, with its file.
fn texts() -> Vec<(String, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut texts = Vec::new();
    for source in SOURCES {
        collect(&crates.join(source).join("src"), &mut texts);
    }
    texts
}

fn collect(folder: &Path, texts: &mut Vec<(String, String)>) {
    for child in std::fs::read_dir(folder).unwrap() {
        let path = child.unwrap().path();
        if path.is_dir() {
            // Tests name what does not exist; the description of the HTTP interface names fields and codes.
            if path.file_name().is_some_and(|name| name != "tests" && name != "openapi") {
                collect(&path, texts);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !["tests.rs", "openapi.rs"].iter().any(|name| path.ends_with(name))
        {
            let code = std::fs::read_to_string(&path).unwrap();
            let code: Vec<_> = code.lines().filter(|line| !is_comment(line)).collect();
            let literals = literals(&code.join("\n"));
            texts.extend(literals.into_iter().map(|text| (path.display().to_string(), text)));
        }
    }
}

/// Comments speak of code in backticks, except those that the help shows.
fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// What stands between double quotes; escapes are kept apart from their ends.
fn literals(code: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let mut characters = code.chars();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        if character == '"' && before != '\'' {
            let mut literal = String::new();
            while let Some(character) = characters.next().filter(|character| *character != '"') {
                match character {
                    '\\' => match characters.next() {
                        Some('n') => literal.push('\n'),
                        Some('\n') => literal.push(' '),
                        Some(escaped) => literal.push(escaped),
                        None => break,
                    },
                    other => literal.push(other),
                }
            }
            literals.push(literal);
        }
        before = character;
    }
    literals
}
