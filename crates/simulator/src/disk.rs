//! One member's disk: ledger and journal in memory, a power supply that fails at a planned boundary, and trouble.
//!
//! A boundary is the moment before a write, a sync or a send. Behind the failing one nothing more is written or sent in
//! that run; what a crash leaves of unsynced bytes is for the seed to say: all, none, a part, or torn.

mod trouble;

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use carechain_engine::limits::JOURNAL_SEGMENT_BYTES_MAX;
use carechain_ledger::{
    Backend, BackendError, Batch, Durability, JournalBinding, JournalError, JournalStore, Journalled,
    MemoryBackend, MemoryJournal, Row, ScanRange, Segment, Table,
};

pub(crate) use self::trouble::{Operation, Trouble};
use crate::random::Random;

/// A supply of power, shared by all that need it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Power(Rc<PowerState>);

#[derive(Debug, Default)]
struct PowerState {
    boundaries_left: Cell<Option<u64>>,
    failed: Cell<bool>,
}

impl Power {
    /// Fails at the boundary after `boundaries` more ones.
    pub(crate) fn fail_after(&self, boundaries: u64) {
        self.0.boundaries_left.set(Some(boundaries));
    }

    /// Is on, with no failure planned.
    pub(crate) fn restore(&self) {
        self.0.boundaries_left.set(None);
        self.0.failed.set(false);
    }

    /// Whether it failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.failed.get()
    }

    /// Crosses a boundary, if there still is power.
    pub(crate) fn cross(&self) -> bool {
        match self.0.boundaries_left.get() {
            Some(0) => self.0.failed.set(true),
            left => self.0.boundaries_left.set(left.map(|left| left - 1)),
        }
        !self.has_failed()
    }
}

/// What one member keeps.
#[derive(Debug)]
pub(crate) struct Disk {
    backend: MemoryBackend,
    journal: Rc<RefCell<MemoryJournal>>,
    binding: JournalBinding,
    power: Power,
    trouble: Trouble,
    rotation: Rotation,
}

/// When a segment of a journal counts as full, and whether the journal was ever shortened.
#[derive(Clone, Debug)]
struct Rotation {
    bytes_max: u64,
    happened: Rc<Cell<u64>>,
    /// What its last segment began with.
    bytes_left: Rc<Cell<u64>>,
}

impl Disk {
    /// With a copy of the founded ledger and an empty journal, which is shortened above `journal_bytes_max`.
    pub(crate) fn new(founded: &MemoryBackend, binding: JournalBinding, journal_bytes_max: u64) -> Self {
        Self {
            backend: founded.snapshot(),
            journal: Rc::new(RefCell::new(MemoryJournal::create(binding))),
            binding,
            power: Power::default(),
            trouble: Trouble::default(),
            rotation: Rotation {
                bytes_max: journal_bytes_max,
                happened: Rc::default(),
                bytes_left: Rc::default(),
            },
        }
    }

    /// Its supply.
    pub(crate) const fn power(&self) -> &Power {
        &self.power
    }

    /// What it refuses.
    pub(crate) const fn trouble(&self) -> &Trouble {
        &self.trouble
    }

    /// The ledger's store, as a process uses it.
    pub(crate) fn backend(&self) -> PoweredBackend {
        PoweredBackend {
            inner: self.backend.clone(),
            power: self.power.clone(),
            trouble: self.trouble.clone(),
        }
    }

    /// The journal, as a process uses it.
    pub(crate) fn journal(&self) -> PoweredJournal {
        PoweredJournal {
            inner: Rc::clone(&self.journal),
            power: self.power.clone(),
            trouble: self.trouble.clone(),
            rotation: self.rotation.clone(),
        }
    }

    /// What a power cut leaves. Says how many batches of the ledger it lost.
    pub(crate) fn crash(&mut self, random: &mut Random) -> Result<u64, JournalError> {
        let unsynced = self.backend.unsynced_count();
        let kept = random.index(unsynced + 1);
        self.backend.crash(kept);
        let reopened = {
            let journal = self.journal.borrow();
            journal.crash(random.any());
            journal.reopen(self.binding)?
        };
        self.journal = Rc::new(RefCell::new(reopened));
        Ok((unsynced - kept) as u64)
    }

    /// How often the journal was shortened.
    pub(crate) fn rotations(&self) -> u64 {
        self.rotation.happened.get()
    }
}

/// The ledger's store while there is power.
#[derive(Clone, Debug)]
pub(crate) struct PoweredBackend {
    inner: MemoryBackend,
    power: Power,
    trouble: Trouble,
}

impl PoweredBackend {
    fn read(&self, table: Table) -> Result<(), BackendError> {
        let refused = self.trouble.check(Operation::Read);
        refused.map_err(|error| BackendError::Read { table, source: Box::new(error) })
    }

    fn cross(&self, operation: Operation) -> Result<(), BackendError> {
        if !self.power.cross() {
            return Err(BackendError::Planned { write: 0 });
        }
        self.trouble.check(operation).map_err(|error| BackendError::Write { source: Box::new(error) })
    }
}

impl Backend for PoweredBackend {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
        self.read(table)?;
        self.inner.get(table, key)
    }

    fn scan(&self, table: Table, range: &ScanRange) -> Result<Vec<Row>, BackendError> {
        self.read(table)?;
        self.inner.scan(table, range)
    }

    fn write(&self, batch: Batch, durability: Durability) -> Result<(), BackendError> {
        self.cross(Operation::Write)?;
        self.inner.write(batch, durability)
    }

    fn sync(&self) -> Result<(), BackendError> {
        self.cross(Operation::Sync)?;
        self.inner.sync()
    }
}

/// The journal while there is power.
#[derive(Debug)]
pub(crate) struct PoweredJournal {
    inner: Rc<RefCell<MemoryJournal>>,
    power: Power,
    trouble: Trouble,
    rotation: Rotation,
}

impl PoweredJournal {
    fn cross(&self, operation: &'static str, kind: Operation) -> Result<(), JournalError> {
        let crossed =
            if self.power.cross() { self.trouble.check(kind) } else { Err(io::Error::other("power failed")) };
        crossed.map_err(|source| JournalError::Failed { operation, source })
    }
}

impl JournalStore for PoweredJournal {
    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError> {
        self.cross("append to", Operation::Write)?;
        self.inner.borrow_mut().append(entry)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.cross("sync", Operation::Sync)?;
        self.inner.borrow_mut().sync()
    }

    fn replay(&self) -> Result<Vec<Journalled>, JournalError> {
        self.inner.borrow().replay()
    }

    fn roll(&mut self, entries: &[Vec<u8>], first: Segment) -> Result<(), JournalError> {
        self.cross("begin a segment of", Operation::Write)?;
        self.rotation.happened.set(self.rotation.happened.get() + 1);
        let mut journal = self.inner.borrow_mut();
        journal.roll(entries, first)?;
        self.rotation.bytes_left.set(journal.segment_bytes());
        Ok(())
    }

    fn segment(&self) -> Segment {
        self.inner.borrow().segment()
    }

    fn segment_bytes(&self) -> u64 {
        let bytes = self.inner.borrow().segment_bytes();
        // Small worlds must shorten their journals too, long before they would in production.
        if bytes > self.rotation.bytes_left.get() + self.rotation.bytes_max {
            bytes + JOURNAL_SEGMENT_BYTES_MAX + 1
        } else {
            bytes
        }
    }
}
