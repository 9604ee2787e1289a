//! Bounds on what is read at once.

/// Bytes of a file whose first line is a passphrase.
pub(crate) const PASSPHRASE_FILE_BYTES_MAX: u64 = 4 * 1_024;
