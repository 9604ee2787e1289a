//! Opening an archive in bounded memory: its directory is read and held whole, so its bytes are counted first.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::limits::ARCHIVE_DIRECTORY_BYTES_MAX;

/// Bytes that may still be read; none = any number.
type Budget = Rc<Cell<Option<u64>>>;

/// A reader that gives no more bytes than it has a budget for.
pub(super) struct Budgeted<R> {
    inner: R,
    budget: Budget,
}

impl<R: Read> Read for Budgeted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(left) = self.budget.get() {
            let left = left.checked_sub(count as u64).ok_or_else(too_long)?;
            self.budget.set(Some(left));
        }
        Ok(count)
    }
}

impl<R: Seek> Seek for Budgeted<R> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        self.inner.seek(target)
    }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "the directory of the archive is longer than any")
}

/// The archive with its directory; fails before more of it is held than
/// [`ARCHIVE_DIRECTORY_BYTES_MAX`], whatever it says about itself.
pub(super) fn open<R: Read + Seek>(archive: R) -> Result<ZipArchive<Budgeted<R>>, ZipError> {
    let budget = Rc::new(Cell::new(Some(ARCHIVE_DIRECTORY_BYTES_MAX)));
    let zip = ZipArchive::new(Budgeted { inner: archive, budget: Rc::clone(&budget) })?;
    budget.set(None);
    Ok(zip)
}
