//! Where a record lies.

use super::head::PackId;

/// Where a record begins, and the bytes of its payload.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place {
    pub(crate) pack: PackId,
    pub(crate) offset: u64,
    pub(crate) bytes: u32,
}
