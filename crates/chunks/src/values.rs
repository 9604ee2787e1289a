//! Hashes of what is stored: subtree values of chunks, roots of files, commitments, payloads of records.

use carechain_crypto::{
    Commitment, Root, SubtreeValue, address_commitment, chunk_subtree_value, hash, root_from_manifest,
};

use crate::pack::{RecordHead, RecordKind};
use crate::upload::{Completion, UploadOpening};

/// The value a record head must carry for this payload; `None` when no head could have carried one.
pub(crate) fn payload_value(head: &RecordHead, payload: &[u8]) -> Option<SubtreeValue> {
    match head.kind {
        // A head does not know how many chunks its file has: as the last of at least two, any length may stand.
        RecordKind::Chunk => {
            let count = head.index.checked_add(1)?.max(2);
            chunk_subtree_value(head.index, count, payload).ok()
        }
        RecordKind::OnlyChunk => chunk_subtree_value(0, 1, payload).ok(),
        RecordKind::File | RecordKind::Erased | RecordKind::Punched | RecordKind::Opened => {
            Some(SubtreeValue::new(*hash(payload).get()))
        }
    }
}

/// The manifest's entry of one chunk, whose length the caller has checked.
pub(crate) fn value_of_chunk(opening: &UploadOpening, index: u32, bytes: &[u8]) -> SubtreeValue {
    chunk_subtree_value(index, opening.chunks(), bytes).expect("the caller has checked index and length")
}

/// The root of a file, of whose manifest the caller has every entry.
pub(crate) fn root_of(opening: &UploadOpening, manifest: &[SubtreeValue]) -> Root {
    root_from_manifest(manifest, opening.length).expect("the caller has an entry for every chunk")
}

/// The address commitment of what is held.
pub(crate) fn commitment_of(opening: &UploadOpening, completion: &Completion) -> Commitment {
    let author = opening.author.to_bytes();
    address_commitment(&completion.tag, &completion.root, opening.length, &author, &opening.patient)
}
