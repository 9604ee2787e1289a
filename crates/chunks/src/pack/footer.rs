//! What stands behind the last record of a sealed pack: all its record heads, so that a start reads one range a pack.
//!
//! | bytes | field |
//! |---|---|
//! | count × 104 | table: offset u64, record head 96, with a checksum of the pack's nonce inverted |
//! | 4 | magic `CCFT` |
//! | 4 | count |
//! | 8 | offset of the table |
//! | 4 | CRC-32C of the table |
//! | 4 | CRC-32C of the pack's nonce and the 20 bytes before |

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::head::{PACK_HEAD_BYTES, PackHead};
use super::record::{RECORD_HEAD_BYTES, RecordHead};
use super::scan::ScannedRecord;

const MAGIC: [u8; 4] = *b"CCFT";
const ENTRY_BYTES: usize = 8 + RECORD_HEAD_BYTES;
const TRAILER_BYTES: usize = 24;

/// The footer of a pack whose records end at `end`.
pub(crate) fn encode_footer(head: &PackHead, records: &[ScannedRecord], end: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(records.len() * ENTRY_BYTES + TRAILER_BYTES);
    for record in records {
        bytes.extend_from_slice(&record.offset.to_le_bytes());
        bytes.extend_from_slice(&record.head.encode(&table_nonce(head)));
    }
    let table_checksum = crc32c::crc32c(&bytes);
    let count = u32::try_from(records.len()).expect("a pack of 1 GiB has fewer records");
    let trailer_start = bytes.len();
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(&end.to_le_bytes());
    bytes.extend_from_slice(&table_checksum.to_le_bytes());
    let checksum = crc32c::crc32c_append(crc32c::crc32c(&head.nonce), &bytes[trailer_start..]);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The records a sealed pack lists, or `None` when it has no intact footer.
pub(crate) fn read_footer(
    file: &File,
    length: u64,
    head: &PackHead,
) -> io::Result<Option<Vec<ScannedRecord>>> {
    let Some(trailer_offset) =
        length.checked_sub(TRAILER_BYTES as u64).filter(|offset| *offset >= PACK_HEAD_BYTES as u64)
    else {
        return Ok(None);
    };
    let mut trailer = [0; TRAILER_BYTES];
    file.read_exact_at(&mut trailer, trailer_offset)?;
    let Some((count, table_offset, table_checksum)) = decode_trailer(&trailer, head) else {
        return Ok(None);
    };
    let table_bytes = u64::from(count) * ENTRY_BYTES as u64;
    if table_offset.checked_add(table_bytes) != Some(trailer_offset) {
        return Ok(None);
    }
    let mut table =
        vec![0; usize::try_from(table_bytes).expect("less than the file's length, which fits memory")];
    file.read_exact_at(&mut table, table_offset)?;
    if crc32c::crc32c(&table) != table_checksum {
        return Ok(None);
    }
    Ok(table.chunks_exact(ENTRY_BYTES).map(|entry| decode_entry(entry, head, table_offset)).collect())
}

/// A torn footer must not look like records: its heads fit another nonce than theirs.
fn table_nonce(head: &PackHead) -> [u8; 16] {
    head.nonce.map(|byte| !byte)
}

fn decode_trailer(trailer: &[u8; TRAILER_BYTES], head: &PackHead) -> Option<(u32, u64, u32)> {
    let checksum = crc32c::crc32c_append(crc32c::crc32c(&head.nonce), &trailer[..20]);
    if trailer[..4] != MAGIC || trailer[20..] != checksum.to_le_bytes() {
        return None;
    }
    let count = u32::from_le_bytes(trailer[4..8].try_into().ok()?);
    let table_offset = u64::from_le_bytes(trailer[8..16].try_into().ok()?);
    let table_checksum = u32::from_le_bytes(trailer[16..20].try_into().ok()?);
    Some((count, table_offset, table_checksum))
}

fn decode_entry(entry: &[u8], head: &PackHead, end: u64) -> Option<ScannedRecord> {
    let offset = u64::from_le_bytes(entry[..8].try_into().ok()?);
    let record = RecordHead::decode(&entry[8..], &table_nonce(head)).intact()?;
    let inside = offset >= PACK_HEAD_BYTES as u64 && offset.checked_add(record.extent())? <= end;
    inside.then_some(ScannedRecord { offset, head: record })
}
