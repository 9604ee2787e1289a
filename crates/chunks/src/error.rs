//! Why the store could not do what was asked.

use std::io;

use carechain_crypto::{Commitment, Root, SubtreeValue};
use rustix::io::Errno;

use crate::limits::PACK_VERSION;
use crate::pack::{PackFailure, PackOperation};
use crate::upload::LocalUpload;

/// An operation of the store failed. Nothing that was acknowledged is lost by any of these.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full. Reads go on; writing works again once there is space.
    #[error("disk full: {bytes} bytes at offset {offset} of pack {pack} could not be written")]
    DiskFull {
        /// Pack that was written.
        pack: u64,
        /// Where.
        offset: u64,
        /// How many bytes were to be written.
        bytes: u64,
    },
    /// Too little of the disk would stay free. The caller refuses the file; the operator makes room.
    #[error(
        "disk reserve: {length} bytes offered, {promised_bytes} bytes promised to open uploads, {free_bytes} of \
         {total_bytes} bytes free, {reserve_bytes} must stay free"
    )]
    DiskReserve {
        /// Length of the refused file.
        length: u64,
        /// Bytes of open uploads still to come.
        promised_bytes: u64,
        /// Bytes free on the file system.
        free_bytes: u64,
        /// Bytes of the file system.
        total_bytes: u64,
        /// Bytes that must stay free.
        reserve_bytes: u64,
    },
    /// The store's quota is used up. The caller refuses the file.
    #[error("quota: {length} bytes offered, {reserved_bytes} of {quota_bytes} bytes are taken")]
    Quota {
        /// Length of the refused file.
        length: u64,
        /// Bytes of files and open uploads.
        reserved_bytes: u64,
        /// Bytes this store may hold.
        quota_bytes: u64,
    },
    /// One who opens uploads would take more than a fair part of what is left, and others none. The caller refuses the
    /// file until the uploads open are complete.
    #[error(
        "share: {length} bytes offered beside {open} open uploads of the same origin with {promised_bytes} bytes to \
         come, {available_bytes} bytes are left for all"
    )]
    Share {
        /// Length of the refused file.
        length: u64,
        /// Uploads the same origin has open.
        open: usize,
        /// Bytes of those still to come.
        promised_bytes: u64,
        /// Bytes left for all.
        available_bytes: u64,
    },
    /// Too many uploads are open. The caller tries later or collects expired ones.
    #[error("{open} uploads are open, at most {open_max} may be")]
    TooManyOpen {
        /// Uploads open.
        open: usize,
        /// How many may be.
        open_max: usize,
    },
    /// A file of no bytes or of too many. The caller refuses it.
    #[error("a file has 1 to {length_max} bytes, not {length}")]
    FileLength {
        /// Bytes offered.
        length: u64,
        /// Bytes allowed.
        length_max: u64,
    },
    /// No such upload or file here, or it was erased.
    #[error("upload {local} is not held")]
    NotHeld {
        /// The upload asked for.
        local: LocalUpload,
    },
    /// The chunk lies outside its file.
    #[error("chunk {index} of {chunks}")]
    NoSuchChunk {
        /// Index asked for.
        index: u32,
        /// Chunks of the file.
        chunks: u32,
    },
    /// A chunk has one exact length. The sender is wrong.
    #[error("chunk {index} has {bytes_expected} bytes, not {bytes}")]
    ChunkLength {
        /// Index of the chunk.
        index: u32,
        /// Bytes offered.
        bytes: u64,
        /// Bytes it has.
        bytes_expected: u32,
    },
    /// The bytes do not give the subtree value that came with them. The sender is wrong.
    #[error("chunk {index} does not match its subtree value")]
    ChunkValue {
        /// Index of the chunk.
        index: u32,
        /// Value that was claimed.
        claimed: SubtreeValue,
        /// Value of the bytes.
        computed: SubtreeValue,
    },
    /// Another chunk is already held under this index. The sender begins a new upload.
    #[error("chunk {index} of upload {local} is held with another value")]
    ChunkDiffers {
        /// The upload.
        local: LocalUpload,
        /// Index of the chunk.
        index: u32,
    },
    /// The file still lacks chunks. The sender sends them.
    #[error("upload {local} lacks {missing} of {chunks} chunks, the first is {first_missing}")]
    Incomplete {
        /// The upload.
        local: LocalUpload,
        /// Chunks missing.
        missing: u32,
        /// Chunks of the file.
        chunks: u32,
        /// The first of them.
        first_missing: u32,
    },
    /// The chunks give another root than the one claimed. The sender is wrong.
    #[error("the manifest of upload {local} gives another root")]
    RootDiffers {
        /// The upload.
        local: LocalUpload,
        /// Root that was claimed.
        claimed: Root,
        /// Root of the chunks held.
        computed: Root,
    },
    /// Tag, root, length, author and patient give another commitment. The sender is wrong.
    #[error("upload {local} gives another commitment")]
    CommitmentDiffers {
        /// The upload.
        local: LocalUpload,
        /// Commitment that was claimed.
        claimed: Commitment,
        /// Commitment of what is held.
        computed: Commitment,
    },
    /// The upload was completed before, as another file.
    #[error("upload {local} was completed as another file")]
    AlreadyComplete {
        /// The upload.
        local: LocalUpload,
    },
    /// The upload is not completed, so this cannot be asked of it.
    #[error("upload {local} is not complete")]
    NotComplete {
        /// The upload.
        local: LocalUpload,
    },
    /// The chunk is not here although its file is. The caller repairs it from another holder.
    #[error("chunk {index} of upload {local} is missing")]
    ChunkMissing {
        /// The upload.
        local: LocalUpload,
        /// Index of the chunk.
        index: u32,
    },
    /// The bytes on disk are not what was stored. They were not served; the caller repairs the chunk from another
    /// holder.
    #[error("chunk {index} of upload {local} is corrupt: pack {pack}, offset {offset}")]
    Corrupt {
        /// The upload.
        local: LocalUpload,
        /// Index of the chunk.
        index: u32,
        /// Pack it lies in.
        pack: u64,
        /// Offset of its record in that pack.
        offset: u64,
        /// Value it was stored with.
        expected: SubtreeValue,
        /// Value of the bytes on disk, or `None` when they could not be read.
        computed: Option<SubtreeValue>,
    },
    /// A range outside its file.
    #[error("range {start}..{end} of a file of {length} bytes")]
    RangeOutside {
        /// First byte asked for.
        start: u64,
        /// Byte after the last one asked for.
        end: u64,
        /// Bytes of the file.
        length: u64,
    },
    /// A sync failed, so what was written since the one before may not be durable. The store only reads until
    /// [`ChunkStore::recover`](crate::ChunkStore::recover) succeeds.
    #[error("the store only reads until a new pack is begun: {0}")]
    Poisoned(PackFailure),
    /// The system refused an operation on a pack for another reason than space. If it was a sync of the pack being
    /// written, the store is [`StoreError::Poisoned`] from now on.
    #[error("{0}")]
    Pack(PackFailure),
    /// Changing the folder failed.
    #[error("write failed: {0}")]
    Write(io::Error),
    /// Reading a folder or file failed.
    #[error("read failed: {0}")]
    Read(io::Error),
    /// Another process has this store open.
    #[error("the store is in use by another process")]
    InUse,
    /// The folder holds packs of another chain or hospital. The caller was given the wrong folder.
    #[error("pack {pack} belongs to another chain or hospital")]
    Foreign {
        /// The pack.
        pack: u64,
    },
    /// A pack, or a record in it, is whole and of another version of the format. The folder was not changed. The
    /// operator starts the version that wrote it.
    #[error(
        "pack {pack} was written by another version of carechain (format {found}, this one reads {PACK_VERSION}): \
         nothing was changed"
    )]
    PackVersion {
        /// The pack.
        pack: u64,
        /// The version it states.
        found: u16,
    },
    /// The folder holds a pack of the greatest number, which no store of ours reaches: somebody put or renamed it there.
    #[error("no pack number is left behind {last}: the folder holds a file that this store did not write")]
    PackNumbers {
        /// The greatest number in the folder.
        last: u64,
    },
}

impl StoreError {
    pub(crate) const fn other_version(pack: u64, found: u16) -> Self {
        Self::PackVersion { pack, found }
    }

    pub(crate) fn reading(error: io::Error) -> Self {
        Self::Read(error)
    }

    pub(crate) fn writing(error: io::Error, pack: u64, offset: u64, bytes: u64) -> Self {
        let full = [Errno::NOSPC, Errno::DQUOT, Errno::FBIG].map(|errno| Some(errno.raw_os_error()));
        if full.contains(&error.raw_os_error()) || error.kind() == io::ErrorKind::WriteZero {
            return Self::DiskFull { pack, offset, bytes };
        }
        Self::Pack(PackFailure::new(pack, PackOperation::Write, &error))
    }
}
