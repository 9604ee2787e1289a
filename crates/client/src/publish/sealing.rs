//! Packing and encrypting on two threads: one reads and zips, one seals, hashes and writes ciphertext.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use carechain_crypto::{Address, Manifest, RecordError, RecordSealer, UploadId};
use zeroize::Zeroizing;

use super::spool::record_path;
use crate::archive::{PackError, Sources};
use crate::error::OperationError;
use crate::progress::Progress;
use crate::random::SystemRandom;

/// A block of the archive on its way from the zip to the cipher; wiped when sealed.
type Block = Zeroizing<Vec<u8>>;

const BLOCK_BYTES: usize = 256 * 1_024;
/// Blocks between the two threads: 1 MiB of plaintext at most.
const BLOCKS_MAX: usize = 4;

/// What was spooled.
pub(super) struct Spooled {
    pub(super) address: Address,
    pub(super) manifest: Manifest,
    pub(super) entry_count: u64,
}

/// Seals the sources into the spool file of an upload; a file that was begun is removed on failure.
pub(super) fn seal(
    folder: &Path,
    upload_id: UploadId,
    sources: &Sources,
    progress: &dyn Progress,
) -> Result<Spooled, OperationError> {
    let path = record_path(folder, upload_id);
    let access = |source| OperationError::SpoolAccess { path: path.clone(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(access)?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(access)?;
    let sealed = pack_and_seal(file, sources, progress);
    if sealed.is_err() {
        // What was begun is of no use; that it cannot be removed is of no use to say.
        let _ = std::fs::remove_file(&path);
    }
    sealed
}

fn pack_and_seal(file: File, sources: &Sources, progress: &dyn Progress) -> Result<Spooled, OperationError> {
    let (sender, blocks) = sync_channel::<Block>(BLOCKS_MAX);
    std::thread::scope(|scope| {
        let sealing = scope.spawn(move || -> Result<(Address, Manifest), RecordError> {
            let mut sealer = RecordSealer::new(file, &mut SystemRandom);
            for block in blocks {
                sealer.write_all(&block)?;
            }
            let sealed = sealer.finish()?;
            Ok((sealed.address, sealed.manifest))
        });
        let packed = sources.pack(BlockWriter { sender, block: Block::default() }, progress);
        let packed = packed.and_then(|packed| {
            let mut sink = packed.sink;
            sink.flush().map_err(PackError::Write)?;
            Ok(packed.entry_count)
        });
        // The sender is gone: the sealer ends, and why it ended early says more than that it is gone.
        let sealed = sealing.join().expect("sealing does not panic");
        match (packed, sealed) {
            (Ok(entry_count), Ok((address, manifest))) => Ok(Spooled { address, manifest, entry_count }),
            (_, Err(error)) => Err(error.into()),
            (Err(error), Ok(_)) => Err(error.into()),
        }
    })
}

/// Collects what the zip writes into blocks.
struct BlockWriter {
    sender: SyncSender<Block>,
    block: Block,
}

impl Write for BlockWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.capacity() == 0 {
            self.block.reserve_exact(BLOCK_BYTES);
        }
        let count = bytes.len().min(BLOCK_BYTES - self.block.len());
        self.block.extend_from_slice(&bytes[..count]);
        if self.block.len() == BLOCK_BYTES {
            self.flush()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let block = core::mem::take(&mut self.block);
        self.sender.send(block).map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "sealing has ended"))
    }
}
