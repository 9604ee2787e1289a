//! Packing files and folders into a zip that streams out: nothing is written anywhere but to the sink.
//!
//! Entries are stored, not deflated: images are compressed already, and the file's length is padded anyway. A file that
//! changes between the look at it and its last byte fails the whole: half of an old and half of a new report is neither.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zip::write::ZipWriter;

use super::entry::options;
use super::error::PackError;
use super::keys::Keys;
use super::seen::Seen;
use crate::limits::{ARCHIVE_DEPTH_MAX, ARCHIVE_ENTRIES_MAX, ARCHIVE_NAME_BYTES_MAX, ARCHIVE_PATH_BYTES_MAX};
use crate::progress::{Progress, Stage};

/// One entry of the archive to be.
struct Source {
    name: String,
    path: PathBuf,
    seen: Seen,
}

/// What will be packed: looked at, in order, with every name checked.
pub struct Sources {
    entries: Vec<Source>,
    name_bytes: usize,
}

/// A finished archive.
#[derive(Debug)]
pub struct Packed<W> {
    /// Where it went.
    pub sink: W,
    /// Documents and images in it.
    pub entry_count: u64,
}

impl Sources {
    /// Looks at files and folders. The contents of a folder that stands alone are at the top; beside others it keeps
    /// its name.
    pub fn collect(inputs: &[PathBuf], keys: &Keys) -> Result<Self, PackError> {
        let mut sources = Self { entries: Vec::new(), name_bytes: 0 };
        if let [only] = inputs
            && Seen::at(only).map_err(unreadable(only))?.is_folder()
        {
            sources.add_folder(only, "", 0)?;
        } else {
            for input in inputs {
                let name = input.file_name().and_then(|name| name.to_str());
                let name = name.ok_or_else(|| PackError::Name { path: input.clone() })?.to_owned();
                sources.add(input, name, 0)?;
            }
        }
        sources.entries.sort_by(|one, other| one.name.cmp(&other.name));
        for pair in sources.entries.windows(2) {
            if pair[0].name == pair[1].name {
                return Err(PackError::Repeated { name: pair[0].name.clone() });
            }
        }
        for source in sources.files() {
            keys.check(&source.path, &source.seen)?;
        }
        if sources.file_count() == 0 { Err(PackError::Empty) } else { Ok(sources) }
    }

    /// Documents and images in it.
    #[must_use]
    pub fn file_count(&self) -> u64 {
        self.files().count() as u64
    }

    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files().fold(0, |sum, source| sum.saturating_add(source.seen.bytes))
    }

    fn files(&self) -> impl Iterator<Item = &Source> {
        self.entries.iter().filter(|source| !source.seen.is_folder())
    }

    /// Packs everything into `sink`.
    pub fn pack<W: Write>(&self, sink: W, progress: &dyn Progress) -> Result<Packed<W>, PackError> {
        let mut zip = ZipWriter::new_stream(sink);
        let total = self.bytes();
        let mut done = 0;
        let mut buffer = vec![0; 256 * 1_024];
        for source in &self.entries {
            let options = options(&source.seen).map_err(failed)?;
            if source.seen.is_folder() {
                zip.add_directory(source.name.as_str(), options).map_err(failed)?;
                continue;
            }
            zip.start_file(source.name.as_str(), options).map_err(failed)?;
            let advance = |bytes| progress.advance(Stage::Sealing, done + bytes, Some(total));
            done += source.copy(&mut zip, &mut buffer, progress, &advance)?;
        }
        let sink = zip.finish().map_err(failed)?.into_inner();
        Ok(Packed { sink, entry_count: self.file_count() })
    }

    fn add(&mut self, path: &Path, name: String, depth: usize) -> Result<(), PackError> {
        let seen = Seen::at(path).map_err(unreadable(path))?;
        if name.len() > ARCHIVE_PATH_BYTES_MAX || name.contains('\\') || depth >= ARCHIVE_DEPTH_MAX {
            return Err(PackError::Name { path: path.to_owned() });
        }
        self.name_bytes += name.len();
        if self.entries.len() >= ARCHIVE_ENTRIES_MAX || self.name_bytes > ARCHIVE_NAME_BYTES_MAX {
            return Err(PackError::TooMany);
        }
        if seen.is_other() {
            return Err(PackError::Kind { path: path.to_owned() });
        }
        self.entries.push(Source { name: name.clone(), path: path.to_owned(), seen });
        if seen.is_folder() { self.add_folder(path, &name, depth + 1) } else { Ok(()) }
    }

    fn add_folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), PackError> {
        let read = unreadable(folder);
        for child in std::fs::read_dir(folder).map_err(&read)? {
            let path = child.map_err(&read)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.ok_or_else(|| PackError::Name { path: path.clone() })?;
            let name = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
            self.add(&path, name, depth)?;
        }
        Ok(())
    }
}

impl core::fmt::Debug for Sources {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Sources({} files)", self.file_count())
    }
}

impl Source {
    /// Copies the file; gives its bytes, which are as many as were there when it was looked at.
    fn copy(
        &self,
        sink: &mut impl Write,
        buffer: &mut [u8],
        progress: &dyn Progress,
        advance: &dyn Fn(u64),
    ) -> Result<u64, PackError> {
        let changed = || PackError::Changed { path: self.path.clone() };
        let mut file = self.seen.open(&self.path).map_err(unreadable(&self.path))?.ok_or_else(changed)?;
        let mut done = 0;
        loop {
            if progress.is_cancelled() {
                return Err(PackError::Cancelled);
            }
            let count = file.read(buffer).map_err(unreadable(&self.path))?;
            if count == 0 {
                break;
            }
            done += count as u64;
            // One that grows without an end would never come to one.
            if done > self.seen.bytes {
                return Err(changed());
            }
            sink.write_all(&buffer[..count]).map_err(PackError::Write)?;
            advance(done);
        }
        let same = self.seen.is_still(&file).map_err(unreadable(&self.path))?;
        if same && done == self.seen.bytes { Ok(done) } else { Err(changed()) }
    }
}

/// That a path cannot be read.
fn unreadable(path: &Path) -> impl Fn(io::Error) -> PackError {
    move |source| PackError::Read { path: path.to_owned(), source }
}

fn failed(error: zip::result::ZipError) -> PackError {
    PackError::Write(match error {
        zip::result::ZipError::Io(error) => error,
        other => io::Error::other(other),
    })
}
