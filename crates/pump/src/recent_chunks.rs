//! Chunks just stored, kept for the copies on their way: they are sent without being read back.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use carechain_chunks::LocalUpload;

use crate::limits::RECENT_BYTES_MAX;

/// The newest chunks, oldest first, at most [`RECENT_BYTES_MAX`].
#[derive(Debug, Default)]
pub(super) struct RecentChunks(Mutex<Recent>);

#[derive(Debug, Default)]
struct Recent {
    chunks: VecDeque<(LocalUpload, u32, Bytes)>,
    bytes: usize,
}

impl RecentChunks {
    pub(super) fn put(&self, local: LocalUpload, index: u32, bytes: Bytes) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.bytes += bytes.len();
        recent.chunks.push_back((local, index, bytes));
        while recent.bytes > RECENT_BYTES_MAX
            && let Some((_, _, oldest)) = recent.chunks.pop_front()
        {
            recent.bytes -= oldest.len();
        }
    }

    pub(super) fn get(&self, local: LocalUpload, index: u32) -> Option<Bytes> {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut newest_first = recent.chunks.iter().rev();
        newest_first.find(|(of, at, _)| (*of, *at) == (local, index)).map(|(_, _, bytes)| bytes.clone())
    }

    /// Nothing of this upload is on its way any more.
    pub(super) fn forget(&self, local: LocalUpload) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.chunks.retain(|(of, _, _)| *of != local);
        recent.bytes = recent.chunks.iter().map(|(_, _, bytes)| bytes.len()).sum();
    }
}
