//! The source of every choice: xoshiro256**, seeded through splitmix64.
//!
//! Each part of the world draws from a stream of its own, so that a change in one does not shift all the others.

use carechain_types::Span;

/// A stream of choices.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream `name` of a seed.
    #[must_use]
    pub(crate) fn stream(seed: u64, name: &str) -> Self {
        let mut mixed = seed;
        for byte in name.bytes() {
            mixed = split_mix(mixed ^ u64::from(byte));
        }
        let mut next = || {
            mixed = mixed.wrapping_add(0x9E37_79B9_7F4A_7C15);
            split_mix(mixed)
        };
        Self { state: [next(), next(), next(), next()] }
    }

    /// Any number.
    pub(crate) fn any(&mut self) -> u64 {
        let [first, second, third, fourth] = self.state;
        let result = second.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (third, fourth) = (third ^ first, fourth ^ second);
        self.state = [first ^ fourth, second ^ third, third ^ (second << 17), fourth.rotate_left(45)];
        result
    }

    /// A number below `bound`; 0 if that is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The bias of a remainder is of no account for bounds this small.
        self.any() % bound.max(1)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// An index below a length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length")
    }

    /// Yes, `per_mille` times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// A span from `low` to `high`, both included.
    pub(crate) fn span(&mut self, low: Span, high: Span) -> Span {
        Span::from_micros(self.between(low.as_micros(), high.as_micros()))
    }

    /// One of several.
    ///
    /// # Panics
    /// If there is none.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    /// Bytes.
    pub(crate) fn bytes<const LENGTH: usize>(&mut self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.any().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }
}

const fn split_mix(value: u64) -> u64 {
    let mixed = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
