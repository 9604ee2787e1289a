//! Random number generators for tests: a fixed stream, and a replay of given bytes.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// An endless stream that depends on its seed alone.
pub(crate) struct Counting(blake3::OutputReader);

impl Counting {
    pub(crate) fn new(seed: u64) -> Self {
        Self(blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof())
    }
}

/// Gives exactly the bytes it was made from, then panics.
pub(crate) struct Replay(std::vec::IntoIter<u8>);

impl Replay {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into_iter())
    }
}

trait Fill {
    fn fill(&mut self, bytes: &mut [u8]);
}

impl Fill for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

impl Fill for Replay {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.next().expect("the replay is long enough"));
    }
}

macro_rules! test_generator {
    ($($name:ident)*) => {$(
        impl TryRng for $name {
            type Error = Infallible;

            fn try_next_u32(&mut self) -> Result<u32, Infallible> {
                let mut bytes = [0; 4];
                self.fill(&mut bytes);
                Ok(u32::from_le_bytes(bytes))
            }

            fn try_next_u64(&mut self) -> Result<u64, Infallible> {
                let mut bytes = [0; 8];
                self.fill(&mut bytes);
                Ok(u64::from_le_bytes(bytes))
            }

            fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
                self.fill(bytes);
                Ok(())
            }
        }

        impl TryCryptoRng for $name {}
    )*};
}

test_generator! { Counting Replay }
