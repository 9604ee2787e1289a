//! Unpacking an archive that a stranger made: every entry is looked at before the first is written.
//!
//! Refused: absolute paths, `..`, backslashes, links and devices, encrypted entries, two entries of one name or sharing
//! bytes, more entries, bytes or depth than a record may have, and ratios that only bombs have.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::time::SystemTime;

use zip::ZipArchive;
use zip::read::HasZipMetadata as _;

use super::directory;
use super::entry;
use super::error::UnpackError;
use crate::limits::{
    ARCHIVE_BYTES_MAX, ARCHIVE_DEPTH_MAX, ARCHIVE_ENTRIES_MAX, ARCHIVE_PATH_BYTES_MAX,
    ARCHIVE_RATIO_FREE_BYTES, ARCHIVE_RATIO_FREE_BYTES_ALL, ARCHIVE_RATIO_MAX,
};
use crate::progress::{Progress, Stage};

/// What was unpacked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unpacked {
    /// Documents and images.
    pub entry_count: u64,
    /// Their bytes.
    pub bytes: u64,
}

struct Entry {
    path: PathBuf,
    bytes: u64,
    packed: u64,
    is_folder: bool,
    modified: Option<SystemTime>,
}

/// Unpacks an archive into a folder that is absent, and is made with mode 0700, or empty and the caller's alone; on failure the
/// folder is gone.
pub fn unpack<R: Read + Seek>(
    archive: R,
    output: &Path,
    progress: &dyn Progress,
) -> Result<Unpacked, UnpackError> {
    let mut zip = directory::open(archive).map_err(UnpackError::Damaged)?;
    let entries = inspect(&mut zip)?;
    folder(output)?;
    let unpacked = write_entries(&mut zip, &entries, output, progress);
    if unpacked.is_err() {
        // What is left is in a private folder, and the reason why it is of no use is told.
        let _ = std::fs::remove_dir_all(output);
    }
    unpacked
}

fn write_entries<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    entries: &[Entry],
    output: &Path,
    progress: &dyn Progress,
) -> Result<Unpacked, UnpackError> {
    let total = entries.iter().map(|entry| entry.bytes).sum();
    let mut done = 0;
    let mut entry_count = 0;
    for (index, entry) in entries.iter().enumerate() {
        let target = output.join(&entry.path);
        if entry.is_folder {
            folder(&target)?;
            continue;
        }
        if let Some(parent) = target.parent() {
            folder(parent)?;
        }
        let advance = |bytes| progress.advance(Stage::Unpacking, done + bytes, Some(total));
        extract(zip, index, entry, &target, progress, &advance)?;
        done += entry.bytes;
        entry_count += 1;
    }
    // Folders last, the inner before the outer: what is written into one changes its time.
    for entry in entries.iter().filter(|entry| entry.is_folder).rev() {
        let Some(modified) = entry.modified else { continue };
        let target = output.join(&entry.path);
        let write = |source| UnpackError::Write { path: target.clone(), source };
        File::open(&target).and_then(|folder| folder.set_modified(modified)).map_err(write)?;
    }
    Ok(Unpacked { entry_count, bytes: done })
}

fn inspect<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Vec<Entry>, UnpackError> {
    let count = zip.len();
    if count > ARCHIVE_ENTRIES_MAX {
        return Err(UnpackError::TooMany { count });
    }
    if zip.has_duplicate_names() {
        return Err(UnpackError::Hostile { index: 0, problem: "two entries have one name" });
    }
    if zip.has_overlapping_files().map_err(UnpackError::Damaged)? {
        return Err(UnpackError::Hostile { index: 0, problem: "entries share bytes" });
    }
    let (mut total, mut packed): (u64, u64) = (0, 0);
    let mut entries = Vec::with_capacity(count);
    for index in 0..count {
        let entry = inspect_entry(zip, index)?;
        total = total.saturating_add(entry.bytes);
        if total > ARCHIVE_BYTES_MAX {
            return Err(UnpackError::Hostile { index, problem: "the entries have too many bytes" });
        }
        packed = packed.saturating_add(entry.packed);
        if total > ARCHIVE_RATIO_FREE_BYTES_ALL && total > packed.saturating_mul(ARCHIVE_RATIO_MAX) {
            let problem = "with those before it, it unpacks to far more than documents do";
            return Err(UnpackError::Hostile { index, problem });
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn inspect_entry<R: Read + Seek>(zip: &mut ZipArchive<R>, index: usize) -> Result<Entry, UnpackError> {
    let hostile = |problem| UnpackError::Hostile { index, problem };
    let file = zip.by_index_raw(index).map_err(UnpackError::Damaged)?;
    let name = std::str::from_utf8(file.name_raw()).map_err(|_| hostile("its name is no UTF-8"))?;
    let path = safe_path(name).map_err(hostile)?;
    if file.get_metadata().is_encrypted() {
        return Err(hostile("it is encrypted inside the record"));
    }
    let is_folder = name.ends_with('/');
    let kind = file.unix_mode().unwrap_or(0) & KIND_MASK;
    let expected = if is_folder { KIND_FOLDER } else { KIND_FILE };
    if kind != 0 && kind != expected {
        return Err(hostile("it is a link or a device"));
    }
    let (bytes, packed) = (file.size(), file.compressed_size());
    if bytes > ARCHIVE_RATIO_FREE_BYTES && bytes > packed.saturating_mul(ARCHIVE_RATIO_MAX) {
        return Err(hostile("it unpacks to far more than any document does"));
    }
    let modified = entry::modified(&file);
    Ok(Entry { path, bytes, packed, is_folder, modified })
}

/// The path of an entry below the output folder.
fn safe_path(name: &str) -> Result<PathBuf, &'static str> {
    if name.len() > ARCHIVE_PATH_BYTES_MAX {
        return Err("its path is too long");
    }
    if name.contains(['\\', '\0']) {
        return Err("its path has a backslash or a zero byte");
    }
    let parts: Vec<_> = name.strip_suffix('/').unwrap_or(name).split('/').collect();
    if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
        return Err("its path leads out of the folder");
    }
    if parts.len() > ARCHIVE_DEPTH_MAX {
        return Err("its path is too deep");
    }
    Ok(parts.iter().collect())
}

/// Decrypts on this thread and writes on another: each has a core of its own on the smallest workstation.
fn extract<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    index: usize,
    expected: &Entry,
    target: &Path,
    progress: &dyn Progress,
    advance: &dyn Fn(u64),
) -> Result<(), UnpackError> {
    let write = |source| UnpackError::Write { path: target.to_owned(), source };
    let (bytes, modified) = (expected.bytes, expected.modified);
    let mut file = create(target).map_err(write)?;
    let mut entry = zip.by_index(index).map_err(UnpackError::Damaged)?;
    let (sender, blocks) = sync_channel::<Vec<u8>>(BLOCKS_MAX);
    std::thread::scope(|scope| {
        let writing = scope.spawn(move || {
            blocks.iter().try_for_each(|block| file.write_all(&block))?;
            modified.map_or(Ok(()), |modified| file.set_modified(modified))
        });
        let mut got = 0;
        let read = loop {
            if progress.is_cancelled() {
                break Err(UnpackError::Cancelled);
            }
            let mut block = Vec::with_capacity(BLOCK_BYTES);
            if let Err(source) = entry.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut block) {
                break Err(UnpackError::Read { index, source });
            }
            if block.is_empty() {
                break Ok(got);
            }
            got += block.len() as u64;
            if got > bytes {
                break Err(UnpackError::Hostile { index, problem: "it has more bytes than it says" });
            }
            if sender.send(block).is_err() {
                // The writer has ended, and says why.
                break Ok(bytes);
            }
            advance(got);
        };
        drop(sender);
        writing.join().expect("writing does not panic").map_err(write)?;
        match read? {
            got if got == bytes => Ok(()),
            _ => Err(UnpackError::Hostile { index, problem: "it has fewer bytes than it says" }),
        }
    })
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn folder(path: &Path) -> Result<(), UnpackError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| UnpackError::Write { path: path.to_owned(), source })
}

/// Bytes of one step, and steps between the two threads: a megabyte of plaintext at most.
const BLOCK_BYTES: usize = 256 * 1_024;
const BLOCKS_MAX: usize = 4;

/// Kind of a file in the upper bits of its Unix mode.
const KIND_MASK: u32 = 0o170_000;
const KIND_FILE: u32 = 0o100_000;
const KIND_FOLDER: u32 = 0o040_000;
