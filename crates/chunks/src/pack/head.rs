//! The first 4 KiB of a pack: what it is and whose.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 8 | magic `CCPACK1\n` |
//! | 8 | 2 | version |
//! | 10 | 6 | zeros |
//! | 16 | 32 | chain id |
//! | 48 | 20 | hospital |
//! | 68 | 4 | zeros |
//! | 72 | 8 | pack id |
//! | 80 | 8 | the lowest local upload number never used when the pack was begun |
//! | 88 | 16 | nonce, mixed into the checksum of every record head of this pack |
//! | 104 | 3,988 | zeros |
//! | 4,092 | 4 | CRC-32C of all before |
//!
//! The nonce is why nobody who uploads bytes can place a record head in them: after damage the rest of a pack is
//! searched for heads, and one that the store did not write does not fit the checksum.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use carechain_crypto::{ChainId, HospitalId};

use super::decoded::Decoded;
use crate::error::StoreError;
use crate::limits::PACK_VERSION;

/// Bytes of the head of a pack.
pub(crate) const PACK_HEAD_BYTES: usize = 4096;

/// What the heads of all versions begin with. All of them have their version and checksum where this one has.
const MAGIC_OF_ANY: &[u8; 6] = b"CCPACK";
const MAGIC: &[u8; 8] = b"CCPACK1\n";

/// Number of a pack within its store; ascending, never reused.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct PackId(u64);

impl PackId {
    pub(crate) const FIRST: Self = Self(1);

    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    /// The number after it. The numbers are read from a disk, so they may run out.
    pub(crate) fn next(self) -> Result<Self, StoreError> {
        self.0.checked_add(1).map(Self).ok_or(StoreError::PackNumbers { last: self.0 })
    }
}

/// Whose packs: bytes of another chain or hospital are never taken for ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PackOrigin {
    pub(crate) chain: ChainId,
    pub(crate) hospital: HospitalId,
}

/// The head of one pack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PackHead {
    pub(crate) origin: PackOrigin,
    pub(crate) pack: PackId,
    pub(crate) local_next: u64,
    pub(crate) nonce: [u8; 16],
}

impl PackHead {
    /// A head for a new pack, with a nonce nobody can foresee.
    pub(crate) fn begin(origin: PackOrigin, pack: PackId, local_next: u64) -> Self {
        let mut nonce = [0; 16];
        for half in nonce.chunks_exact_mut(8) {
            // The standard library seeds every `RandomState` from the operating system.
            let mut hasher = RandomState::new().build_hasher();
            hasher.write_u64(pack.get());
            half.copy_from_slice(&hasher.finish().to_le_bytes());
        }
        Self { origin, pack, local_next, nonce }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![0; PACK_HEAD_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&PACK_VERSION.to_le_bytes());
        bytes[16..48].copy_from_slice(self.origin.chain.as_slice());
        bytes[48..68].copy_from_slice(self.origin.hospital.as_slice());
        bytes[72..80].copy_from_slice(&self.pack.get().to_le_bytes());
        bytes[80..88].copy_from_slice(&self.local_next.to_le_bytes());
        bytes[88..104].copy_from_slice(&self.nonce);
        let checksum = crc32c::crc32c(&bytes[..PACK_HEAD_BYTES - 4]);
        bytes[PACK_HEAD_BYTES - 4..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The head these bytes hold.
    pub(crate) fn decode(bytes: &[u8]) -> Decoded<Self> {
        let Some((fields, checksum)) = bytes.split_at_checked(PACK_HEAD_BYTES - 4) else {
            return Decoded::Damaged;
        };
        if checksum != crc32c::crc32c(fields).to_le_bytes() || !fields.starts_with(MAGIC_OF_ANY) {
            return Decoded::Damaged;
        }
        let version = u16::from_le_bytes([fields[8], fields[9]]);
        if !fields.starts_with(MAGIC) || version != PACK_VERSION {
            return Decoded::OtherVersion(version);
        }
        Self::from_fields(fields).into()
    }

    fn from_fields(fields: &[u8]) -> Option<Self> {
        Some(Self {
            origin: PackOrigin {
                chain: ChainId::from_slice(&fields[16..48])?,
                hospital: HospitalId::from_slice(&fields[48..68])?,
            },
            pack: PackId(u64::from_le_bytes(fields[72..80].try_into().ok()?)),
            local_next: u64::from_le_bytes(fields[80..88].try_into().ok()?),
            nonce: fields[88..104].try_into().ok()?,
        })
    }
}

/// Where the pack of this number lies.
pub(crate) fn pack_path(directory: &Path, pack: PackId) -> PathBuf {
    directory.join(format!("{:016}.pack", pack.get()))
}

/// The packs of a folder in ascending order.
pub(crate) fn packs_in(directory: &Path) -> Result<Vec<PackId>, StoreError> {
    let mut packs = Vec::new();
    for entry in fs::read_dir(directory).map_err(StoreError::reading)? {
        let name = entry.map_err(StoreError::reading)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".pack")).map(str::parse::<u64>);
        match number {
            Some(Ok(number)) => packs.push(PackId(number)),
            Some(Err(_)) => {
                return Err(StoreError::reading(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a file ends in .pack but its name is not a number",
                )));
            }
            None => {}
        }
    }
    packs.sort_unstable();
    Ok(packs)
}
