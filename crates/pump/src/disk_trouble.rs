//! Why the disk does not take record files.

use carechain_chunks::PackFailure;
use carechain_types::Time;

/// Why record files are not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DiskTrouble {
    /// What failed.
    pub failure: PackFailure,
    /// When this was seen first.
    pub since: Time,
}
