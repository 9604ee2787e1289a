//! A backend that fails on plan: every crash and error test is written against it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Backend, BackendError, Batch, Durability, Row, ScanRange, Table};

/// Where the planned fault strikes; writes and syncs are counted from 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FaultPoint {
    /// Never.
    None,
    /// The n-th write fails and changes nothing.
    Before(u64),
    /// The n-th write reports failure, but took effect: what a lost acknowledgement looks like.
    After(u64),
    /// Every read of this table fails and everything else works, as on a disk with a bad sector.
    Reads(Table),
}

impl FaultPoint {
    /// A point among the first `writes` writes, chosen by a seed.
    #[must_use]
    pub const fn from_seed(seed: u64, writes: u64) -> Self {
        let writes = if writes == 0 { 1 } else { writes };
        let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let write = (mixed >> 1) % writes + 1;
        if mixed & 1 == 0 { Self::Before(write) } else { Self::After(write) }
    }
}

/// Wraps a backend. After a failed write everything fails, reads too, as if the process were gone.
#[derive(Debug)]
pub struct FaultyBackend<B> {
    inner: B,
    point: FaultPoint,
    writes: AtomicU64,
}

impl<B: Backend> FaultyBackend<B> {
    /// Wraps `inner` with one planned fault.
    #[must_use]
    pub const fn new(inner: B, point: FaultPoint) -> Self {
        Self { inner, point, writes: AtomicU64::new(0) }
    }

    /// The wrapped backend, as the next process finds it.
    #[must_use]
    pub fn into_inner(self) -> B {
        self.inner
    }

    /// Writes and syncs tried so far.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    fn fault_write(&self) -> Option<u64> {
        match self.point {
            FaultPoint::None | FaultPoint::Reads(_) => None,
            FaultPoint::Before(write) | FaultPoint::After(write) => Some(write),
        }
    }

    fn check_alive(&self) -> Result<(), BackendError> {
        match self.fault_write() {
            Some(write) if self.writes() >= write => Err(BackendError::Planned { write }),
            _ => Ok(()),
        }
    }

    fn check_readable(&self, table: Table) -> Result<(), BackendError> {
        if self.point == FaultPoint::Reads(table) {
            return Err(BackendError::Read { table, source: "planned fault".into() });
        }
        self.check_alive()
    }

    fn write_or_fail(&self, apply: impl FnOnce(&B) -> Result<(), BackendError>) -> Result<(), BackendError> {
        self.check_alive()?;
        let write = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        if self.point != FaultPoint::Before(write) {
            apply(&self.inner)?;
        }
        self.check_alive()
    }
}

impl<B: Backend> Backend for FaultyBackend<B> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
        self.check_readable(table)?;
        self.inner.get(table, key)
    }

    fn scan(&self, table: Table, range: &ScanRange) -> Result<Vec<Row>, BackendError> {
        self.check_readable(table)?;
        self.inner.scan(table, range)
    }

    fn write(&self, batch: Batch, durability: Durability) -> Result<(), BackendError> {
        self.write_or_fail(|inner| inner.write(batch, durability))
    }

    fn sync(&self) -> Result<(), BackendError> {
        self.write_or_fail(B::sync)
    }
}
