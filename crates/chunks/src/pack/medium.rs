//! The few operations of the file system that may fail at any moment, as a trait so that tests can make them fail.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use rustix::fs::{Advice, FallocateFlags, fadvise, fallocate};
use rustix::io::Errno;

/// What carries the bytes of packs.
pub trait Medium: Send + Sync {
    /// Writes all bytes at an offset. After an error any prefix may stand there.
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Returns after everything written to the file is durable.
    fn sync(&self, file: &File) -> io::Result<()>;

    /// Asks the system to drop its cache of a file. After a failed sync the cache may hold bytes that the disk does not, and
    /// a pack that is opened must be read as it is on the disk.
    fn forget_cached(&self, file: &File) {
        // Advice: where the system does not take it, such as in memory, there is no disk to differ from.
        let _ = fadvise(file, 0, None, Advice::DontNeed);
    }

    /// Turns a range of a file into zeros and gives its space back where the file system can. Durable after a sync.
    fn punch(&self, file: &File, offset: u64, bytes: u64) -> io::Result<()> {
        punch(file, offset, bytes)
    }
}

/// The real disk.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Medium for Disk {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

fn punch(file: &File, offset: u64, bytes: u64) -> io::Result<()> {
    if bytes == 0 {
        return Ok(());
    }
    match fallocate(file, FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, offset, bytes) {
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => overwrite_with_zeros(file, offset, bytes),
        outcome => outcome.map_err(io::Error::from),
    }
}

fn overwrite_with_zeros(file: &File, offset: u64, bytes: u64) -> io::Result<()> {
    let zeros = [0; 1 << 16];
    let mut done = 0;
    while done < bytes {
        let part = (bytes - done).min(zeros.len() as u64);
        file.write_all_at(&zeros[..usize::try_from(part).expect("at most 64 KiB")], offset + done)?;
        done += part;
    }
    Ok(())
}
