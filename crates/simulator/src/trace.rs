//! The digest of everything that happened, in order: the same seed gives the same digest.

/// A running digest; not cryptographic, it only tells two runs apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Trace(u64);

impl Trace {
    /// Of nothing.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }

    /// The digest.
    #[must_use]
    pub(crate) const fn digest(self) -> u64 {
        self.0
    }

    /// Notes a number.
    pub(crate) const fn note(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 29);
    }

    /// Notes bytes.
    pub(crate) fn note_bytes(&mut self, bytes: &[u8]) {
        self.note(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.note(u64::from_le_bytes(word));
        }
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}
