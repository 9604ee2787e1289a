//! Packing and encrypting on all cores: one thread reads, zips and frames; the others seal, hash and write.
//!
//! ```text
//! files ─zip─► framer ─plain chunks─► seal, hash ─► spool file, each chunk at its place
//!                 ▲                       │ (any thread)
//!                 └──── empty buffers ────┘
//! ```

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileExt as _;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

use carechain_crypto::limits::CHUNK_BYTES;
use carechain_crypto::{
    Address, ChunkFramer, ContentKey, Manifest, PlainChunk, RecordHeader, SegmentCipher, SubtreeValue,
    UploadId,
};

use super::spool::record_name;
use crate::archive::{PackError, Sources};
use crate::error::OperationError;
use crate::limits::{SEALING_CHUNKS_WAITING, SEALING_THREADS_MAX};
use crate::progress::Progress;
use crate::random::SystemRandom;
use crate::spool::{Held, SpoolFolder};

/// What was spooled.
pub(super) struct Spooled {
    pub(super) address: Address,
    pub(super) manifest: Manifest,
    pub(super) entry_count: u64,
    /// Until the upload ends, so that nobody takes it for left.
    pub(super) record: Held,
}

/// Seals the sources into the spool file of an upload; a file that was begun is removed on failure.
pub(super) fn seal(
    spool: &SpoolFolder,
    upload_id: UploadId,
    sources: &Sources,
    progress: &dyn Progress,
) -> Result<Spooled, OperationError> {
    let name = record_name(upload_id);
    let access = |source| OperationError::SpoolAccess { path: spool.path().join(&name), source };
    let record = spool.create(&name).map_err(access)?;
    match pack_and_seal(&record, sources, progress) {
        Ok((address, manifest, entry_count)) => Ok(Spooled { address, manifest, entry_count, record }),
        Err(error) => {
            record.remove();
            Err(error)
        }
    }
}

fn pack_and_seal(
    record: &Held,
    sources: &Sources,
    progress: &dyn Progress,
) -> Result<(Address, Manifest, u64), OperationError> {
    let (path, file) = (record.path(), record.file());
    let content_key = ContentKey::generate(&mut SystemRandom);
    let header = RecordHeader::generate(&content_key, &mut SystemRandom);
    let cipher = SegmentCipher::new(&content_key, &header).expect("the header was made for this key");
    let (plain, waiting) = sync_channel(SEALING_CHUNKS_WAITING);
    let (spare, empty) = channel();
    let waiting = Mutex::new(Some(waiting));
    std::thread::scope(|scope| {
        let threads = available_parallelism().map_or(1, usize::from).min(SEALING_THREADS_MAX);
        let sealer = Sealer { file, cipher: &cipher, waiting: &waiting };
        let sealing: Vec<_> = (0..threads)
            .map(|_| {
                let spare = spare.clone();
                scope.spawn(move || sealer.run(&spare))
            })
            .collect();
        let packed = Framing { framer: ChunkFramer::new(&header), plain, empty }.pack(sources, progress);
        // The chunks' sender is gone: the threads end. Why one ended early says more than that it is gone.
        let mut values = Vec::new();
        for thread in sealing {
            let sealed = thread.join().expect("sealing does not panic");
            values.extend(
                sealed.map_err(|source| OperationError::SpoolAccess { path: path.to_owned(), source })?,
            );
        }
        let (length, entry_count) = packed?;
        values.sort_unstable_by_key(|(index, _)| *index);
        let values = values.into_iter().map(|(_, value)| value).collect();
        let manifest = Manifest::new(length, values).expect("every chunk was sealed once");
        Ok((Address::new(length, manifest.root(), content_key), manifest, entry_count))
    })
}

/// Values of the chunks a thread sealed, by index.
type Values = Vec<(u32, SubtreeValue)>;

/// What a sealing thread works with.
#[derive(Clone, Copy)]
struct Sealer<'a> {
    file: &'a File,
    cipher: &'a SegmentCipher,
    /// None once a thread failed.
    waiting: &'a Mutex<Option<Receiver<PlainChunk>>>,
}

impl Sealer<'_> {
    fn run(self, spare: &Sender<Vec<u8>>) -> io::Result<Values> {
        let mut values = Vec::new();
        while let Some(chunk) = self.next() {
            let sealed = chunk.seal(self.cipher);
            let written = self.file.write_all_at(&sealed.bytes, u64::from(sealed.index) * CHUNK_BYTES as u64);
            if let Err(error) = written {
                // The file is lost: packing and the other threads end.
                *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = None;
                return Err(error);
            }
            values.push((sealed.index, sealed.value));
            // Packing may have ended.
            let _ = spare.send(sealed.bytes);
        }
        Ok(values)
    }

    fn next(&self) -> Option<PlainChunk> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.recv().ok()
    }
}

/// Cuts what the zip writes into chunks.
struct Framing {
    framer: ChunkFramer,
    plain: SyncSender<PlainChunk>,
    /// Buffers of chunks that are written.
    empty: Receiver<Vec<u8>>,
}

impl Framing {
    /// Length of the file and number of entries.
    fn pack(self, sources: &Sources, progress: &dyn Progress) -> Result<(u64, u64), OperationError> {
        let packed = sources.pack(self, progress)?;
        let Self { framer, plain, empty } = packed.sink;
        let mut end = framer.finish()?;
        while let Some(chunk) = end.next_chunk(empty.try_recv().unwrap_or_default()) {
            plain.send(chunk).map_err(|_| PackError::Write(gone()))?;
        }
        Ok((end.length(), packed.entry_count))
    }
}

impl Write for Framing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count =
            self.framer.push(bytes).map_err(|error| io::Error::new(ErrorKind::FileTooLarge, error))?;
        if self.framer.is_full()
            && let Some(chunk) = self.framer.take(self.empty.try_recv().unwrap_or_default())
        {
            self.plain.send(chunk).map_err(|_| gone())?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gone() -> io::Error {
    io::Error::new(ErrorKind::BrokenPipe, "sealing has ended")
}
