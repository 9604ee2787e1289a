//! Detached parts as the contract sees them: kind, length, place. Never their bytes.

use std::collections::BTreeSet;

use carechain_crypto::KEM_X25519;
use carechain_crypto::limits::PART_PLAINTEXT_BYTES;
use carechain_types::{PartHead, PartKind, Refusal, SealingKey};

use crate::effect::require;
use crate::limits::{SEALED_ADDRESS_PART_BYTES, SEALED_PART_OVERHEAD_BYTES};

/// The parts of one transaction while a rule says what each is for. What nobody took at the end has no place.
#[derive(Clone, Debug)]
pub(crate) struct Parts<'a> {
    heads: &'a [PartHead],
    taken: BTreeSet<usize>,
}

impl<'a> Parts<'a> {
    /// None taken so far.
    pub(crate) const fn new(heads: &'a [PartHead]) -> Self {
        Self { heads, taken: BTreeSet::new() }
    }

    /// Takes the address sealed to a key: exactly one part for each.
    pub(crate) fn take_address(&mut self, part: u16, key: &SealingKey) -> Result<(), Refusal> {
        let index = usize::from(part);
        let head = self.heads.get(index).ok_or(Refusal::WrongPart)?;
        require(head.kind == PartKind::SealedAddress.byte(), Refusal::WrongPart)?;
        require(key.kem == KEM_X25519, Refusal::BadKey)?;
        require(head.bytes as usize == SEALED_ADDRESS_PART_BYTES, Refusal::WrongPart)?;
        require(self.taken.insert(index), Refusal::WrongPart)
    }

    /// Takes the one part of a kind that may be absent and whose plaintext is padded.
    pub(crate) fn take_optional(&mut self, kind: PartKind) -> Result<(), Refusal> {
        let Some(index) = self.heads.iter().position(|head| head.kind == kind.byte()) else { return Ok(()) };
        let bytes = self.heads[index].bytes as usize;
        let padded = PART_PLAINTEXT_BYTES.iter().any(|size| bytes == SEALED_PART_OVERHEAD_BYTES + size);
        require(padded, Refusal::WrongPart)?;
        require(self.taken.insert(index), Refusal::WrongPart)
    }

    /// Refuses if any part was not taken.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        require(self.taken.len() == self.heads.len(), Refusal::WrongPart)
    }
}
