//! One command, typed and run to its end.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    typed: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary, in a folder, without anything of this shell's.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carechain"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env_remove("CARECHAIN_PROFILE").env_remove("CARECHAIN_CLIENT");
    command
}

/// Runs it.
pub(crate) fn carechain(folder: &Path, arguments: &[&str]) -> Ran {
    let output = command(folder, arguments).output().unwrap();
    Ran {
        typed: arguments.join(" "),
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// It must have worked.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}{}", self.typed, self.stdout, self.stderr);
        self
    }

    /// The document it printed.
    #[track_caller]
    pub(crate) fn document(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}{}", self.typed, self.stdout, self.stderr))
    }

    /// The data of the document of a command that worked.
    #[track_caller]
    pub(crate) fn data(self) -> Value {
        let document = self.done().document();
        assert_eq!(document["ok"], true);
        document["data"].clone()
    }

    /// It must have failed with this exit code and error code; gives message and hint.
    #[track_caller]
    pub(crate) fn failed(&self, exit: i32, code: &str) -> String {
        assert_eq!(self.code, exit, "{}\n{}{}", self.typed, self.stdout, self.stderr);
        let document = self.document();
        assert_eq!(document["ok"], false);
        let error = &document["error"];
        assert_eq!(error["code"], code, "{error}");
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        assert!(!text("hint").is_empty(), "every failure says what to do: {error}");
        format!("{} {}", text("message"), text("hint"))
    }
}
