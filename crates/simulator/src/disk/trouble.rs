//! A disk that refuses one operation while the process lives on: what EIO and ENOSPC look like from inside.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

/// What a disk refuses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operation {
    /// A read of the ledger.
    Read,
    /// A write to ledger or journal: nothing of it is written.
    Write,
    /// A sync: what was written before it may be on disk or not.
    Sync,
}

/// Trouble with one disk, known to all that use it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble(Rc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Which operation is refused, and how many of its kind succeed before.
    planned: Cell<Option<(Operation, u64)>>,
    struck: Cell<bool>,
}

impl Trouble {
    /// Refuses one operation of a kind, behind `successes` more of them.
    pub(crate) fn plan(&self, operation: Operation, successes: u64) {
        self.0.planned.set(Some((operation, successes)));
    }

    /// The disk is sound again.
    pub(crate) fn end(&self) {
        self.0.planned.set(None);
        self.0.struck.set(false);
    }

    /// A turn begins: what was refused before, the process has survived.
    pub(crate) fn forget_strikes(&self) {
        self.0.struck.set(false);
    }

    /// Whether it refused anything in this turn.
    pub(crate) fn has_struck(&self) -> bool {
        self.0.struck.get()
    }

    /// An operation is tried.
    pub(crate) fn check(&self, operation: Operation) -> io::Result<()> {
        match self.0.planned.get() {
            Some((refused, 0)) if refused == operation => {
                self.0.planned.set(None);
                self.0.struck.set(true);
                Err(io::Error::other("input/output error"))
            }
            Some((refused, successes)) if refused == operation => {
                self.0.planned.set(Some((refused, successes - 1)));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
