//! What failed at a pack: named once, repeated by everything that is refused because of it.

use core::fmt;
use std::io;

use rustix::io::Errno;

/// What the system was asked to do when it failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PackOperation {
    /// Beginning the file of a pack.
    Begin,
    /// Writing into it.
    Write,
    /// Making its bytes durable.
    Sync,
    /// Making its name in the folder durable.
    SyncFolder,
    /// Giving back the space of erased bytes.
    Punch,
    /// Cutting off what is not durable.
    Cut,
}

impl fmt::Display for PackOperation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Begin => "beginning",
            Self::Write => "writing",
            Self::Sync => "syncing",
            Self::SyncFolder => "syncing the folder of",
            Self::Punch => "punching out bytes of",
            Self::Cut => "cutting the end off",
        })
    }
}

/// One failed operation on one pack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PackFailure {
    /// The pack.
    pub pack: u64,
    /// What was asked of the system.
    pub operation: PackOperation,
    /// What the system answered.
    pub errno: i32,
}

impl PackFailure {
    pub(crate) fn new(pack: u64, operation: PackOperation, error: &io::Error) -> Self {
        // Errors without a number come from a short write, which is an error of the device as well.
        Self { pack, operation, errno: error.raw_os_error().unwrap_or(Errno::IO.raw_os_error()) }
    }
}

impl fmt::Display for PackFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pack, operation, errno } = self;
        write!(formatter, "{operation} pack {pack} failed: {}", io::Error::from_raw_os_error(*errno))
    }
}

/// Whether the store takes writes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum StoreHealth {
    /// It writes, and no sync has failed since it was opened.
    #[default]
    Sound,
    /// A sync failed: it only reads until [`ChunkStore::recover`](crate::ChunkStore::recover) succeeds.
    Poisoned(PackFailure),
    /// It writes again, into another pack than the one that failed last.
    Recovered(PackFailure),
}
