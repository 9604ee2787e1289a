//! How long work tells what it has done, and learns that nobody wants it any more.

/// What is being done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// Reading, packing and encrypting.
    Sealing,
    /// Sending ciphertext to the node.
    Uploading,
    /// Waiting for the holders' receipts.
    Copying,
    /// Fetching ciphertext.
    Fetching,
    /// Checking what was fetched.
    Verifying,
    /// Decrypting and unpacking.
    Unpacking,
}

impl Stage {
    /// As people read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sealing => "sealing",
            Self::Uploading => "uploading",
            Self::Copying => "waiting for copies",
            Self::Fetching => "fetching",
            Self::Verifying => "verifying",
            Self::Unpacking => "unpacking",
        }
    }
}

/// Watches long work. Called often, from several threads.
pub trait Progress: Send + Sync {
    /// So many bytes of a stage are done, of a total if it is known.
    fn advance(&self, stage: Stage, done: u64, total: Option<u64>);

    /// Tells of what goes wrong beside the work, which goes on.
    fn trouble(&self, _sentence: &str) {}

    /// Whether to stop. What was done stays as it is.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn advance(&self, _: Stage, _: u64, _: Option<u64>) {}
}
