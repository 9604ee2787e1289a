//! Frames: how entries lie in a journal, and how far a journal can be trusted after a crash.
//!
//! | bytes | field |
//! |---|---|
//! | 4 | `CCJF` |
//! | 1 | kind: 1 entry, 2 mark |
//! | 3 | zeros |
//! | 4 | length of the payload u32 |
//! | 4 | crc32c of the payload |
//! | 8 | sequence u64: one above the frame before, across segments |
//! | 8 | synced u64: everything before this offset of the segment was synced when the frame was made |
//! | 4 | crc32c of the journal's nonce and the 32 bytes above |
//! | n | payload; empty in a mark |
//!
//! A mark is written after each sync, itself unsynced, so that the newest synced entries are vouched for too. Behind the
//! last frame there may be zeros. When a frame does not check and the head of one behind it says that it was synced,
//! that is corruption; else it is the torn end of unsynced writes, and everything from there on is cut. The nonce is
//! random and local, so that no peer can put bytes that look like a frame into an entry.

use std::ops::Range;

use super::JournalError;
use crate::limits::JOURNAL_ENTRY_BYTES_MAX;

pub(super) const FRAME_HEAD_BYTES: usize = 36;

const MAGIC: [u8; 4] = *b"CCJF";
const KIND_ENTRY: u8 = 1;
const KIND_MARK: u8 = 2;
const CHECKED_BYTES: usize = 32;

/// Makes frames: knows what the next one must say.
#[derive(Clone, Debug)]
pub(super) struct Framer {
    nonce: u64,
    next_sequence: u64,
    /// Offset below which everything is synced.
    pub(super) synced: usize,
}

impl Framer {
    /// For an empty segment whose first frame gets this sequence.
    pub(super) const fn new(nonce: u64, next_sequence: u64) -> Self {
        Self { nonce, next_sequence, synced: 0 }
    }

    pub(super) const fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    pub(super) const fn nonce(&self) -> u64 {
        self.nonce
    }

    /// Appends an entry's frame.
    pub(super) fn push_entry(&mut self, bytes: &mut Vec<u8>, entry: &[u8]) -> Result<(), JournalError> {
        if entry.len() > JOURNAL_ENTRY_BYTES_MAX {
            return Err(JournalError::EntryTooLong {
                bytes: entry.len(),
                bytes_max: JOURNAL_ENTRY_BYTES_MAX,
            });
        }
        self.push(bytes, KIND_ENTRY, entry);
        Ok(())
    }

    /// Appends a mark.
    pub(super) fn push_mark(&mut self, bytes: &mut Vec<u8>) {
        self.push(bytes, KIND_MARK, &[]);
    }

    fn push(&mut self, bytes: &mut Vec<u8>, kind: u8, payload: &[u8]) {
        let length = u32::try_from(payload.len()).expect("checked against the bound");
        let mut head = [0; CHECKED_BYTES];
        head[..4].copy_from_slice(&MAGIC);
        head[4] = kind;
        head[8..12].copy_from_slice(&length.to_le_bytes());
        head[12..16].copy_from_slice(&crc32c::crc32c(payload).to_le_bytes());
        head[16..24].copy_from_slice(&self.next_sequence.to_le_bytes());
        head[24..].copy_from_slice(&(self.synced as u64).to_le_bytes());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&head_checksum(self.nonce, &head).to_le_bytes());
        bytes.extend_from_slice(payload);
        self.next_sequence += 1;
    }
}

fn head_checksum(nonce: u64, head: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&nonce.to_le_bytes()), head)
}

/// What a segment's bytes hold.
#[derive(Debug)]
pub(super) struct Scan {
    /// Where the entries' payloads lie, oldest first.
    pub(super) entries: Vec<Range<usize>>,
    /// End of the last frame: what is behind it is zeros or torn.
    pub(super) end: usize,
    /// Goes on behind the last frame.
    pub(super) framer: Framer,
}

/// A frame head that checks; its payload may not.
struct FrameHead {
    kind: u8,
    payload: Range<usize>,
    payload_checksum: u32,
    sequence: u64,
    synced: u64,
}

/// Reads all frames of a segment that `framer` would begin; the error is where the first damaged frame starts.
pub(super) fn scan(bytes: &[u8], framer: Framer) -> Result<Scan, usize> {
    let mut scan = Scan { entries: Vec::new(), end: 0, framer };
    while let Some(frame) = next_frame(bytes, &scan) {
        scan.end = frame.payload.end;
        scan.framer.next_sequence += 1;
        if frame.kind == KIND_ENTRY {
            scan.entries.push(frame.payload);
        }
    }
    if is_synced_behind(bytes, scan.end, scan.framer.nonce) {
        return Err(scan.end);
    }
    scan.framer.synced = scan.end;
    Ok(scan)
}

fn next_frame(bytes: &[u8], scan: &Scan) -> Option<FrameHead> {
    let frame = frame_head_at(bytes, scan.end, scan.framer.nonce)?;
    let payload = bytes.get(frame.payload.clone())?;
    let checks =
        frame.sequence == scan.framer.next_sequence && crc32c::crc32c(payload) == frame.payload_checksum;
    checks.then_some(frame)
}

/// Whether a frame at or behind `end` says that something behind `end` had been synced.
pub(super) fn is_synced_behind(bytes: &[u8], end: usize, nonce: u64) -> bool {
    let rest = bytes.get(end..).unwrap_or_default();
    let starts = rest.windows(MAGIC.len()).enumerate().filter(|(_, window)| *window == MAGIC);
    let heads = starts.filter_map(|(offset, _)| frame_head_at(bytes, end + offset, nonce));
    heads.into_iter().any(|frame| frame.synced > end as u64)
}

fn frame_head_at(bytes: &[u8], offset: usize, nonce: u64) -> Option<FrameHead> {
    let (head, _) = bytes.get(offset..)?.split_first_chunk::<FRAME_HEAD_BYTES>()?;
    let (checked, sum) = head.split_first_chunk::<CHECKED_BYTES>()?;
    if head[..4] != MAGIC || head_checksum(nonce, checked).to_le_bytes() != *sum {
        return None;
    }
    let short = |from: usize| u32::from_le_bytes(checked[from..from + 4].try_into().expect("four bytes"));
    let long = |from: usize| u64::from_le_bytes(checked[from..from + 8].try_into().expect("eight bytes"));
    let (start, length) = (offset + FRAME_HEAD_BYTES, short(8) as usize);
    let is_known = matches!(head[4], KIND_ENTRY | KIND_MARK) && length <= JOURNAL_ENTRY_BYTES_MAX;
    is_known.then(|| FrameHead {
        kind: head[4],
        payload: start..start + length,
        payload_checksum: short(12),
        sequence: long(16),
        synced: long(24),
    })
}
