//! Reading a pack record by record: what is intact, what is damaged, where it ends.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::decoded::Decoded;
use super::head::{PACK_HEAD_BYTES, PackHead};
use super::record::{RECORD_HEAD_BYTES, RECORD_MAGIC, RecordHead};
use crate::error::StoreError;
use crate::limits::{FINDINGS_MAX, SEARCH_BYTES};
use crate::values::payload_value;

/// One record and where its head stands in the pack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ScannedRecord {
    pub(crate) offset: u64,
    pub(crate) head: RecordHead,
}

impl ScannedRecord {
    pub(crate) const fn payload_offset(&self) -> u64 {
        self.offset + RECORD_HEAD_BYTES as u64
    }
}

/// What a pack holds.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Records with an intact head, in order.
    pub(crate) records: Vec<ScannedRecord>,
    /// Offsets of those whose payload does not verify: damaged, or erased.
    pub(crate) damaged: BTreeSet<u64>,
    /// Regions (offset, bytes) that belong to no record. At most [`FINDINGS_MAX`].
    pub(crate) damages: Vec<(u64, u64)>,
    /// Where the last whole record ends: what lies behind it is a torn tail.
    pub(crate) end: u64,
}

/// Walks all records of an unsealed pack and verifies every payload.
/// # Errors
/// `PackVersion` at the first record of another version: what stands behind it cannot be judged.
pub(crate) fn scan(file: &File, length: u64, head: &PackHead) -> Result<Scan, StoreError> {
    let mut found = Scan { end: PACK_HEAD_BYTES as u64, ..Scan::default() };
    let mut offset = found.end;
    loop {
        let Some(record) = next_record(file, length, head, offset)? else {
            return Ok(found);
        };
        if record.offset > offset {
            found.damage(offset, record.offset - offset);
        }
        let payload = read_payload(file, &record).map_err(StoreError::Read)?;
        if payload_value(&record.head, &payload) != Some(record.head.value) {
            found.damaged.insert(record.offset);
        }
        found.records.push(record);
        offset = record.offset + record.head.extent();
        found.end = offset;
    }
}

impl Scan {
    fn damage(&mut self, offset: u64, bytes: u64) {
        if self.damages.len() < FINDINGS_MAX {
            self.damages.push((offset, bytes));
        }
    }
}

/// The payload of a record that lies whole in its file; unverified.
pub(crate) fn read_payload(file: &File, record: &ScannedRecord) -> io::Result<Vec<u8>> {
    let mut payload = vec![0; record.head.bytes as usize];
    file.read_exact_at(&mut payload, record.payload_offset())?;
    Ok(payload)
}

/// The first whole record at or after `offset`.
fn next_record(
    file: &File,
    length: u64,
    head: &PackHead,
    offset: u64,
) -> Result<Option<ScannedRecord>, StoreError> {
    if let Some(record) = record_at(file, length, head, offset)? {
        return Ok(Some(record));
    }
    let mut window = vec![0; SEARCH_BYTES];
    let mut start = offset + 1;
    while start + RECORD_HEAD_BYTES as u64 <= length {
        let bytes = usize::try_from((length - start).min(SEARCH_BYTES as u64)).expect("at most the window");
        let window = &mut window[..bytes];
        file.read_exact_at(window, start).map_err(StoreError::Read)?;
        for (position, candidate) in window.windows(RECORD_HEAD_BYTES).enumerate() {
            if candidate[..4] == RECORD_MAGIC
                && let Some(record) = whole_record(candidate, start + position as u64, length, head)?
            {
                return Ok(Some(record));
            }
        }
        start += (bytes - RECORD_HEAD_BYTES + 1) as u64;
    }
    Ok(None)
}

fn record_at(
    file: &File,
    length: u64,
    head: &PackHead,
    offset: u64,
) -> Result<Option<ScannedRecord>, StoreError> {
    if offset + RECORD_HEAD_BYTES as u64 > length {
        return Ok(None);
    }
    let mut bytes = [0; RECORD_HEAD_BYTES];
    file.read_exact_at(&mut bytes, offset).map_err(StoreError::Read)?;
    whole_record(&bytes, offset, length, head)
}

fn whole_record(
    bytes: &[u8],
    offset: u64,
    length: u64,
    head: &PackHead,
) -> Result<Option<ScannedRecord>, StoreError> {
    match RecordHead::decode(bytes, &head.nonce) {
        Decoded::Intact(record) => {
            let end = offset.checked_add(record.extent());
            let whole = end.is_some_and(|end| end <= length);
            Ok(whole.then_some(ScannedRecord { offset, head: record }))
        }
        Decoded::OtherVersion(found) => Err(StoreError::other_version(head.pack.get(), found)),
        Decoded::Damaged => Ok(None),
    }
}
