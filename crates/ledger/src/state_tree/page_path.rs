//! Where a page stands: the first nibbles of all keys below it.

use core::fmt;

use carechain_crypto::Digest;

/// Up to 63 nibbles of a key.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub struct PagePath {
    /// Number of nibbles.
    depth: u8,
    /// The nibbles, high one first; zeros behind them.
    nibbles: [u8; 32],
}

impl PagePath {
    /// The path of the top page.
    pub const TOP: Self = Self { depth: 0, nibbles: [0; 32] };

    /// Nibbles in the path, which is also the depth of the page.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.depth as usize
    }

    /// The path of the page below slot `slot`.
    #[must_use]
    pub fn child(&self, slot: usize) -> Self {
        let mut child = *self;
        let nibble = u8::try_from(slot).expect("a slot is below 16");
        child.nibbles[self.depth() / 2] |= if self.depth.is_multiple_of(2) { nibble << 4 } else { nibble };
        child.depth += 1;
        child
    }

    /// The row's key: depth u8 ‖ the nibbles, two a byte.
    #[must_use]
    pub fn row_key(&self) -> Vec<u8> {
        let mut key = vec![self.depth];
        key.extend_from_slice(&self.nibbles[..self.depth().div_ceil(2)]);
        key
    }
}

/// The slot of `key` in a page of the given depth.
#[must_use]
pub(super) const fn slot_of(key: &Digest, depth: usize) -> usize {
    let byte = key.get()[depth / 2];
    (if depth.is_multiple_of(2) { byte >> 4 } else { byte & 0xF }) as usize
}

impl fmt::Display for PagePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("/")?;
        for depth in 0..self.depth() {
            write!(formatter, "{:x}", slot_of(&Digest::new(self.nibbles), depth))?;
        }
        Ok(())
    }
}

impl fmt::Debug for PagePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PagePath({self})")
    }
}
