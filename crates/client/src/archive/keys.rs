//! Keys, passphrases and registries that lie among the documents: a record travels to other hospitals, and they must not.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::error::PackError;
use super::seen::Seen;

/// Whether files of keys may become part of a record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Keys {
    /// Nothing is packed while there is one among the inputs.
    Refused {
        /// Files that are known to be private whatever they hold: the author's keystore and passphrase file.
        known: Vec<PathBuf>,
    },
    /// The author said that they are meant.
    Included,
}

impl Default for Keys {
    fn default() -> Self {
        Self::Refused { known: Vec::new() }
    }
}

/// How the files begin that others must not have, and what they are. Every one of ours says what it is in its first line.
const PRIVATE: [(&str, &str); 3] = [
    ("carechain/keystore/", "is a keystore"),
    ("carechain/registry/", "is a registry of patient numbers"),
    ("carechain/spool/", "belongs to an upload under way"),
];
const PASSPHRASE_SUFFIX: &str = "passphrase";

impl Keys {
    /// Refuses a file that is private.
    pub(super) fn check(&self, path: &Path, seen: &Seen) -> Result<(), PackError> {
        let Self::Refused { known } = self else { return Ok(()) };
        let refused = |what| Err(PackError::Key { path: path.to_owned(), what });
        if known.iter().any(|known| seen.is_at(known)) {
            return refused("holds your key or its passphrase");
        }
        if path.extension().is_some_and(|suffix| suffix == PASSPHRASE_SUFFIX) {
            return refused("is a passphrase file by its name");
        }
        let mut start = Vec::new();
        let read = |source| PackError::Read { path: path.to_owned(), source };
        let Some(file) = seen.open(path).map_err(read)? else {
            return Err(PackError::Changed { path: path.to_owned() });
        };
        file.take(START_BYTES).read_to_end(&mut start).map_err(read)?;
        match PRIVATE.iter().find(|(schema, _)| contains(&start, schema.as_bytes())) {
            Some((_, what)) => refused(what),
            None => Ok(()),
        }
    }
}

/// Bytes within which a file of ours says what it is.
const START_BYTES: u64 = 256;

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}
