//! Randomness of the operating system.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl SystemRandom {
    /// Fresh bytes.
    #[must_use]
    pub fn bytes<const COUNT: usize>() -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        fill(&mut bytes);
        bytes
    }
}

fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("a system without randomness cannot run this program");
}

impl TryRng for SystemRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(Self::bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(Self::bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for SystemRandom {}
