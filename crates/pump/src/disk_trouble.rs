//! Why the disk does not take record files.

use carechain_chunks::PackFailure;
use carechain_types::Time;

/// Why record files are not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct DiskTrouble {
    /// What failed.
    pub(crate) failure: PackFailure,
    /// When this was seen first.
    pub(crate) since: Time,
}
