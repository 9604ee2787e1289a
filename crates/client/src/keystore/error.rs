//! Why a keystore is not opened or written.

use carechain_disk::private_file::FileError;

/// Why a keystore is not opened or written.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another passphrase sealed it. Try again.
    #[error("the passphrase does not open this keystore")]
    WrongPassphrase,
    /// The file was changed or damaged. Use a copy.
    #[error("the keystore is damaged: {problem}")]
    Corrupt {
        /// What is wrong with it.
        problem: String,
    },
    /// It asks for less work than a keystore must. Somebody lowered it, or another program wrote it.
    #[error("the keystore asks for {name} = {got}, which is outside of {min} to {max}")]
    Hardness {
        /// Which parameter.
        name: &'static str,
        /// In the file.
        got: u32,
        /// Least.
        min: u32,
        /// Most.
        max: u32,
    },
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
}
