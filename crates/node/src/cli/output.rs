//! Printing: text for people, one document for programs.

use std::io::{IsTerminal as _, Write as _};

use carechain_schema::{Described, Document, Origin};
use serde::{Deserialize, Serialize};

use super::plain::plain;
use super::{CommandError, Global};

/// Where a command's result goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
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
        Self { json: global.json }
    }

    /// For programs, before any option was understood.
    #[must_use]
    pub(crate) const fn json() -> Self {
        Self { json: true }
    }

    /// Whether programs read it.
    #[must_use]
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether progress may be drawn.
    #[must_use]
    pub(crate) fn draws_progress(&self) -> bool {
        !self.json && std::io::stderr().is_terminal()
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
        if self.json {
            let document = Document::done(data).with_origin(origin);
            line(&serde_json::to_string(&document).expect("documents always encode"));
        } else {
            line(plain(&text(&data)).trim_end());
        }
    }

    /// Prints one event of a stream; false when nobody reads it any more.
    pub(crate) fn event<T: Described + Serialize>(&self, data: T, text: impl FnOnce(&T) -> String) -> bool {
        let text = if self.json {
            serde_json::to_string(&Document::done(data)).expect("documents always encode")
        } else {
            plain(&text(&data))
        };
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{text}").and_then(|()| stdout.flush()).is_ok()
    }

    /// Says what goes wrong while the work goes on.
    pub(crate) fn warn(&self, error: &CommandError) {
        // A closed terminal is no reason to fail differently.
        let _ = writeln!(std::io::stderr().lock(), "{}: trying again", plain(&error.failure.message));
    }

    /// Says what somebody may not have meant; the work goes on.
    pub(crate) fn caution(&self, text: impl core::fmt::Display) {
        // A closed terminal is no reason to fail.
        let _ = writeln!(std::io::stderr().lock(), "warning: {}", plain(&text.to_string()));
    }

    /// A line for people; programs do not see it.
    pub(crate) fn say(&self, text: impl core::fmt::Display) {
        if !self.json {
            line(&plain(&text.to_string()));
        }
    }

    /// Prints a failure; gives the exit code.
    pub(crate) fn failed(&self, error: &CommandError) -> u8 {
        let failure = &error.failure;
        if self.json {
            let document = Document::<Failed>::failed(failure.clone());
            line(&serde_json::to_string(&document).expect("documents always encode"));
        } else {
            let mut stderr = std::io::stderr().lock();
            // A closed terminal is no reason to fail differently.
            let _ = writeln!(stderr, "error: {}", plain(&failure.message));
            if !failure.hint.is_empty() {
                let _ = writeln!(stderr, "hint: {}", plain(&failure.hint));
            }
        }
        failure.code.exit_status().code()
    }
}

fn line(text: &str) {
    let mut stdout = std::io::stdout().lock();
    // A closed pipe ends the output, not the work.
    let _ = writeln!(stdout, "{text}");
    let _ = stdout.flush();
}
