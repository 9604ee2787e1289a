//! Buffers of one chunk each, used again and again.
//!
//! Bytes of files pass through many threads. An allocator keeps what each of them freed apart, so memory grows with the
//! length of a transfer; with a pool it stays what is on its way at once.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// The pool. Clones share it.
#[derive(Clone, Debug)]
pub struct ChunkBuffers(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    free: Mutex<Vec<Vec<u8>>>,
    kept_max: usize,
}

/// A buffer that goes back to its pool when the last of its bytes is dropped.
#[derive(Debug)]
pub struct ChunkBuffer {
    bytes: Vec<u8>,
    pool: Arc<Pool>,
}

impl ChunkBuffers {
    /// A pool that keeps up to `kept_max` buffers that nobody uses.
    #[must_use]
    pub fn new(kept_max: usize) -> Self {
        Self(Arc::new(Pool { free: Mutex::default(), kept_max }))
    }

    /// A buffer; what it holds is of before.
    #[must_use]
    pub fn take(&self) -> ChunkBuffer {
        let bytes = self.0.free().pop().unwrap_or_default();
        ChunkBuffer { bytes, pool: Arc::clone(&self.0) }
    }
}

impl Pool {
    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChunkBuffer {
    /// The vector itself, to be filled. Only what it grows by needs zeroing.
    pub const fn as_mut_vec(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// What it holds, to be shared and sliced.
    #[must_use]
    pub fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for ChunkBuffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for ChunkBuffer {
    fn drop(&mut self) {
        let mut free = self.pool.free();
        if free.len() < self.pool.kept_max {
            free.push(mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests;
