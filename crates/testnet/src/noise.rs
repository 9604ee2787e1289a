//! Bytes that do not compress, the same in every run: what generated images are made of.

use std::io::{self, Read};

/// An endless source of them (xorshift, Marsaglia 2003).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise(u64);

impl Noise {
    /// The same bytes for the same seed.
    #[must_use]
    pub(crate) const fn new(seed: u64) -> Self {
        // Zero is the one state that xorshift never leaves.
        Self(0x9E37_79B9_7F4A_7C15 ^ (seed << 1))
    }

    const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for eight in buffer.chunks_mut(8) {
            eight.copy_from_slice(&self.next().to_le_bytes()[..eight.len()]);
        }
        Ok(buffer.len())
    }
}
