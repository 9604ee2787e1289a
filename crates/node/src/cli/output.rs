//! Printing: text for people, one document for programs.
//!
//! A reader that closes its pipe ends the output, not the work, and is no failure. Any other write that fails is: a program
//! that reads exit code 0 has the result.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::sync::OnceLock;

use carechain_schema::{Described, Document, Origin};
use serde::{Deserialize, Serialize};

use super::plain::plain;
use super::{CommandError, Global};

/// Where a command's result goes.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    /// The first write that failed.
    lost: OnceLock<Lost>,
}

/// A result that nobody got.
#[derive(Debug)]
struct Lost {
    error: io::Error,
    /// What is on the ledger all the same.
    transaction_id: Option<String>,
}

/// Schema of a failure before any command could name its own.
#[derive(Deserialize, Serialize)]
struct Failed {}

impl Described for Failed {
    const SCHEMA: &'static str = "carechain/error/1";
}

impl Output {
    /// As the options say.
    #[must_use]
    pub(crate) const fn new(global: &Global) -> Self {
        Self { json: global.json, lost: OnceLock::new() }
    }

    /// For programs, before any option was understood.
    #[must_use]
    pub(crate) const fn json() -> Self {
        Self { json: true, lost: OnceLock::new() }
    }

    /// Whether programs read it.
    #[must_use]
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether progress may be drawn.
    #[must_use]
    pub(crate) fn draws_progress(&self) -> bool {
        !self.json && io::stderr().is_terminal()
    }

    /// Prints a result: the document, or the text.
    pub(crate) fn done<T: Described + Serialize>(&self, data: T, text: impl FnOnce(&T) -> String) {
        self.done_with(data, Origin::default(), text);
    }

    /// Prints a result with where it comes from.
    pub(crate) fn done_with<T: Described + Serialize>(
        &self,
        data: T,
        origin: Origin,
        text: impl FnOnce(&T) -> String,
    ) {
        let transaction_id = origin.transaction_id.clone();
        if self.json {
            let document = Document::done(data).with_origin(origin);
            let text = serde_json::to_string(&document).expect("documents always encode");
            self.print(&text, transaction_id);
        } else {
            self.print(plain(&text(&data)).trim_end(), transaction_id);
        }
    }

    /// Prints one event of a stream; false when nobody reads it any more.
    pub(crate) fn event<T: Described + Serialize>(&self, data: T, text: impl FnOnce(&T) -> String) -> bool {
        let text = if self.json {
            serde_json::to_string(&Document::done(data)).expect("documents always encode")
        } else {
            plain(&text(&data))
        };
        self.print(&text, None)
    }

    /// Says what goes wrong while the work goes on.
    pub(crate) fn warn(&self, error: &CommandError) {
        // A closed terminal is no reason to fail differently.
        let _ = writeln!(io::stderr().lock(), "{}: trying again", plain(&error.failure.message));
    }

    /// Says what somebody may not have meant; the work goes on.
    pub(crate) fn caution(&self, text: impl core::fmt::Display) {
        // A closed terminal is no reason to fail.
        let _ = writeln!(io::stderr().lock(), "warning: {}", plain(&text.to_string()));
    }

    /// Says beside the result what a person should know, on stderr, so that it is no part of the result.
    pub(crate) fn note(&self, text: &str) {
        // A closed terminal is no reason to fail differently.
        let _ = writeln!(io::stderr().lock(), "note: {}", plain(text));
    }

    /// A line for people; programs do not see it.
    pub(crate) fn say(&self, text: impl core::fmt::Display) {
        if !self.json {
            self.print(&plain(&text.to_string()), None);
        }
    }

    /// Whether everything that was printed went somewhere.
    ///
    /// # Errors
    /// If a write failed for another reason than a reader that left.
    pub(crate) fn finish(&self) -> Result<(), CommandError> {
        let Some(Lost { error, transaction_id }) = self.lost.get() else { return Ok(()) };
        if error.kind() == ErrorKind::BrokenPipe {
            return Ok(());
        }
        let message = format!("the result cannot be written: {error}");
        Err(match transaction_id {
            Some(id) => CommandError::local(
                format!("{message}; transaction {id} is on the ledger all the same"),
                format!("do not send it again; `transaction status {id}` shows it"),
            ),
            None => {
                CommandError::local(message, "make room where the output goes, and type the command again")
            }
        })
    }

    /// Prints a line of the result; false once nothing arrives any more.
    fn print(&self, text: &str, transaction_id: Option<String>) -> bool {
        match line(text) {
            Ok(()) => true,
            Err(error) => {
                // The first failure says why.
                let _ = self.lost.set(Lost { error, transaction_id });
                false
            }
        }
    }

    /// Prints a failure; gives the exit code.
    pub(crate) fn failed(&self, error: &CommandError) -> u8 {
        let failure = &error.failure;
        let document = || {
            let document = Document::<Failed>::failed(failure.clone());
            serde_json::to_string(&document).expect("documents always encode")
        };
        // A program whose output is lost finds the reason in its log.
        if !self.json || line(&document()).is_err() {
            let mut stderr = io::stderr().lock();
            // A closed terminal is no reason to fail differently.
            let _ = writeln!(stderr, "error: {}", plain(&failure.message));
            if !failure.hint.is_empty() {
                let _ = writeln!(stderr, "hint: {}", plain(&failure.hint));
            }
        }
        failure.code.exit_status().code()
    }
}

fn line(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    stdout.flush()
}
