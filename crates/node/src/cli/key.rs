//! `key`: keystores of people.

use std::path::{Path, PathBuf};
use std::slice;

use carechain_client::{Keystore, KeystoreError};
use carechain_crypto::Secret;
use carechain_disk::private_file::{FileError, check_free, with_suffix};
use carechain_schema::{ErrorCode, KeyCreated, KeyLine};
use carechain_types::{AgentKeys, KeyAgent as _};
use clap::Subcommand;
use rustix::io::Errno;

use super::failure::describe_keystore_error;
use super::node::read_passphrase;
use super::{CommandError, Global, Output};

/// Keystores of people.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make new keys; writes the keystore and, beside it, the .enrol file that a registrar enrols.
    #[command(
        after_help = "Example:\n  carechain key new --out alice.key --passphrase-file alice.passphrase"
    )]
    New {
        /// The keystore to write; alice.key also writes alice.enrol. Neither may be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Show the public keys of a keystore.
    #[command(after_help = "Example:\n  carechain key show --key alice.key")]
    Show,
    /// Write the .enrol file of a keystore again.
    #[command(after_help = "Example:\n  carechain key export --key alice.key --out alice.enrol")]
    Export {
        /// The file to write; it may not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Runs one of them.
pub(super) fn run(command: &KeyCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    match command {
        KeyCommand::New { out } => {
            let enrol = enrolment_beside(out)?;
            let passphrase = new_passphrase(global)?;
            let keystore = Keystore::generate();
            keystore.save(out, &passphrase).map_err(|error| keystore_error(out, &error))?;
            save_enrolment(&keystore, &enrol)?;
            show(&keystore, out, Some(&enrol), output);
        }
        KeyCommand::Show => {
            let (keystore, path) = open(global)?;
            show(&keystore, &path, None, output);
        }
        KeyCommand::Export { out } => {
            check_free(slice::from_ref(out)).map_err(not_free)?;
            let (keystore, path) = open(global)?;
            save_enrolment(&keystore, out)?;
            show(&keystore, &path, Some(out), output);
        }
    }
    Ok(())
}

fn open(global: &Global) -> Result<(Keystore, PathBuf), CommandError> {
    let path = global
        .key
        .clone()
        .ok_or_else(|| CommandError::usage("no keystore is named", "--key FILE names one"))?;
    let passphrase = passphrase(global)?;
    let keystore = Keystore::open(&path, &passphrase).map_err(|error| keystore_error(&path, &error))?;
    Ok((keystore, path))
}

/// Where the .enrol file of a new keystore goes, once it is known that both can be made: `alice.key` has `alice.enrol`,
/// `dr.alice` has `dr.alice.enrol`.
fn enrolment_beside(keystore: &Path) -> Result<PathBuf, CommandError> {
    let ends_in = |suffix: &str| keystore.extension().is_some_and(|extension| extension == suffix);
    if ends_in("enrol") {
        let message =
            format!("{} is the name of a file for the registrar, not of a keystore", keystore.display());
        return Err(CommandError::usage(message, "name the keystore, for example --out alice.key"));
    }
    let stem = if ends_in("key") { keystore.with_extension("") } else { keystore.to_owned() };
    let enrol = with_suffix(&stem, ".enrol");
    check_free(&[keystore.to_owned(), enrol.clone()]).map_err(not_free)?;
    Ok(enrol)
}

fn save_enrolment(keystore: &Keystore, path: &Path) -> Result<(), CommandError> {
    let hint = "choose a folder that may be written, and a name that is not taken: `key export` writes the file again";
    keystore.enrolment().save(path).map_err(|error| CommandError::usage(error, hint))
}

fn not_free(error: FileError) -> CommandError {
    let hint = "nothing was written; name another file with --out, or move the one that is there away";
    CommandError::usage(error, hint)
}

fn show(keystore: &Keystore, path: &Path, enrol: Option<&Path>, output: &Output) {
    let keys = keystore.public_keys();
    let report = KeyCreated {
        path: path.display().to_string(),
        enrol_path: enrol.map(|path| path.display().to_string()),
        keys: key_lines(&keys),
    };
    output.done(report, |report| {
        let enrol = report.enrol_path.as_ref();
        let enrol = enrol.map_or_else(String::new, |file| format!("\ngive {file} to your registrar"));
        let keys: Vec<_> = report.keys.iter().map(|key| format!("{} key {}", key.kind, key.key_id)).collect();
        format!("keystore {}\n{}{enrol}", report.path, keys.join("\n"))
    });
}

fn key_lines(keys: &AgentKeys) -> Vec<KeyLine> {
    let signing = KeyLine {
        key_id: keys.signing.key_id().to_hex(),
        kind: "signing".to_owned(),
        public: keys.signing.to_hex(),
    };
    let sealing = keys.sealing.iter().map(|key| KeyLine {
        key_id: key.key_id().to_hex(),
        kind: "sealing".to_owned(),
        public: carechain_crypto::Digest::new(*key.get()).to_hex(),
    });
    std::iter::once(signing).chain(sealing).collect()
}

/// The passphrase of an existing keystore: from the file, or asked for.
pub(super) fn passphrase(global: &Global) -> Result<Secret<Vec<u8>>, CommandError> {
    match &global.passphrase_file {
        Some(file) => read_passphrase(file),
        None => ask("passphrase: "),
    }
}

fn new_passphrase(global: &Global) -> Result<Secret<Vec<u8>>, CommandError> {
    if let Some(file) = &global.passphrase_file {
        return read_passphrase(file);
    }
    let first = ask("new passphrase: ")?;
    let second = ask("once more: ")?;
    if first.expose() != second.expose() {
        return Err(CommandError::usage("the two passphrases differ", "type the same one twice"));
    }
    Ok(first)
}

fn ask(prompt: &str) -> Result<Secret<Vec<u8>>, CommandError> {
    let text = rpassword::prompt_password(prompt).map_err(|error| {
        let hint = "--passphrase-file FILE names a file whose first line is the passphrase";
        let message = match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::NXIO | Errno::NOTTY) => {
                "there is no terminal at which to ask for the passphrase".to_owned()
            }
            _ => format!("the passphrase cannot be asked for: {error}"),
        };
        CommandError::usage(message, hint)
    })?;
    Ok(Secret::new(text.into_bytes()))
}

/// What went wrong with the keystore of a path.
pub(super) fn keystore_error(path: &Path, error: &KeystoreError) -> CommandError {
    let hint = match error {
        KeystoreError::WrongPassphrase => "try again; there is no way around a lost passphrase",
        KeystoreError::File(_) => "check the path; an existing keystore is never overwritten",
        KeystoreError::Corrupt { .. } | KeystoreError::Hardness { .. } => "restore the file from your backup",
        KeystoreError::EmptyPassphrase => "choose a passphrase",
    };
    let code = match error {
        KeystoreError::WrongPassphrase => ErrorCode::WrongPassphrase,
        _ => ErrorCode::Usage,
    };
    CommandError::new(code, describe_keystore_error(path, error), hint)
}
