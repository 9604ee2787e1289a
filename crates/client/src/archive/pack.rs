//! Packing files and folders into a zip that streams out: nothing is written anywhere but to the sink.
//!
//! Entries are stored, not deflated: images are compressed already, and the file's length is padded anyway.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::limits::{ARCHIVE_DEPTH_MAX, ARCHIVE_ENTRIES_MAX, ARCHIVE_NAME_BYTES_MAX, ARCHIVE_PATH_BYTES_MAX};
use crate::progress::{Progress, Stage};

/// Why nothing was packed. The person mends the input.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file or folder cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Neither file nor folder: links and devices are not packed.
    #[error("{} is neither a file nor a folder", path.display())]
    Kind {
        /// Which.
        path: PathBuf,
    },
    /// A name that others could not unpack.
    #[error("{} has a name that is no UTF-8, too long, too deep, or has a backslash", path.display())]
    Name {
        /// Which.
        path: PathBuf,
    },
    /// Two inputs would have the same name in the record.
    #[error("two inputs are called \"{name}\"")]
    Repeated {
        /// Their name.
        name: String,
    },
    /// Nothing to pack.
    #[error("there is nothing to publish")]
    Empty,
    /// More entries than a record may have, or names that are too long together.
    #[error(
        "more than {ARCHIVE_ENTRIES_MAX} files, or {ARCHIVE_NAME_BYTES_MAX} bytes of names, in one record"
    )]
    TooMany,
    /// The sink failed.
    #[error("writing the archive: {0}")]
    Write(#[source] io::Error),
    /// Nobody wants it any more.
    #[error("cancelled")]
    Cancelled,
}

/// One entry of the archive to be.
struct Source {
    name: String,
    path: PathBuf,
    bytes: Option<u64>,
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
    pub fn collect(inputs: &[PathBuf]) -> Result<Self, PackError> {
        let mut sources = Self { entries: Vec::new(), name_bytes: 0 };
        if let [only] = inputs
            && inspect(only)?.is_dir()
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
        if sources.file_count() == 0 { Err(PackError::Empty) } else { Ok(sources) }
    }

    /// Documents and images in it.
    #[must_use]
    pub fn file_count(&self) -> u64 {
        self.entries.iter().filter(|source| source.bytes.is_some()).count() as u64
    }

    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.entries.iter().filter_map(|source| source.bytes).sum()
    }

    /// Packs everything into `sink`.
    pub fn pack<W: Write>(&self, sink: W, progress: &dyn Progress) -> Result<Packed<W>, PackError> {
        let mut zip = ZipWriter::new_stream(sink);
        let total = self.bytes();
        let mut done = 0;
        let mut buffer = vec![0; 256 * 1_024];
        for source in &self.entries {
            let Some(bytes) = source.bytes else {
                zip.add_directory(source.name.as_str(), options(0)).map_err(failed)?;
                continue;
            };
            let read = |error| PackError::Read { path: source.path.clone(), source: error };
            zip.start_file(source.name.as_str(), options(bytes)).map_err(failed)?;
            let mut file = File::open(&source.path).map_err(read)?;
            loop {
                if progress.is_cancelled() {
                    return Err(PackError::Cancelled);
                }
                let count = file.read(&mut buffer).map_err(read)?;
                if count == 0 {
                    break;
                }
                zip.write_all(&buffer[..count]).map_err(PackError::Write)?;
                done += count as u64;
                progress.advance(Stage::Sealing, done, Some(total));
            }
        }
        let sink = zip.finish().map_err(failed)?.into_inner();
        Ok(Packed { sink, entry_count: self.file_count() })
    }

    fn add(&mut self, path: &Path, name: String, depth: usize) -> Result<(), PackError> {
        let metadata = inspect(path)?;
        if name.len() > ARCHIVE_PATH_BYTES_MAX || name.contains('\\') || depth >= ARCHIVE_DEPTH_MAX {
            return Err(PackError::Name { path: path.to_owned() });
        }
        self.name_bytes += name.len();
        if self.entries.len() >= ARCHIVE_ENTRIES_MAX || self.name_bytes > ARCHIVE_NAME_BYTES_MAX {
            return Err(PackError::TooMany);
        }
        if metadata.is_dir() {
            self.entries.push(Source { name: name.clone(), path: path.to_owned(), bytes: None });
            self.add_folder(path, &name, depth + 1)
        } else if metadata.is_file() {
            self.entries.push(Source { name, path: path.to_owned(), bytes: Some(metadata.len()) });
            Ok(())
        } else {
            Err(PackError::Kind { path: path.to_owned() })
        }
    }

    fn add_folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), PackError> {
        let read = |source| PackError::Read { path: folder.to_owned(), source };
        for child in std::fs::read_dir(folder).map_err(read)? {
            let path = child.map_err(read)?.path();
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

fn inspect(path: &Path) -> Result<Metadata, PackError> {
    std::fs::symlink_metadata(path).map_err(|source| PackError::Read { path: path.to_owned(), source })
}

fn options(bytes: u64) -> SimpleFileOptions {
    // A file may grow while it is read: the long form costs 20 bytes and never fails.
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(bytes >= u64::from(u32::MAX) / 2)
}

fn failed(error: zip::result::ZipError) -> PackError {
    PackError::Write(match error {
        zip::result::ZipError::Io(error) => error,
        other => io::Error::other(other),
    })
}
