//! Fixed-size byte newtypes: digests, keys, identifiers.
//!
//! Every identifier is its own type, so that a person's id can never stand where an EHR's belongs. All encode as bare
//! bytes without a length. Identifiers that people type have a text form with a checksum, see [`crate::text`].

use core::fmt;

use serde::{Deserialize, Serialize};

macro_rules! fixed_bytes {
    ($(#[$doc:meta] $name:ident $length:literal;)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        pub struct $name([u8; $length]);

        impl $name {
            /// Length in bytes.
            pub const LENGTH: usize = $length;
            /// All bytes zero: what stands where the format says "zeros if none".
            pub const ZERO: Self = Self([0; $length]);

            /// Wraps the bytes; every value is legal.
            #[must_use]
            pub const fn new(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn get(&self) -> &[u8; $length] {
                &self.0
            }

            /// The bytes as a slice.
            #[must_use]
            pub const fn as_slice(&self) -> &[u8] {
                &self.0
            }

            /// Whether all bytes are zero.
            #[must_use]
            pub fn is_zero(&self) -> bool {
                self.0 == [0; $length]
            }

            /// From a slice of exactly [`Self::LENGTH`] bytes, else `None`.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Some(Self(bytes.try_into().ok()?))
            }

            /// Lower-case hexadecimal of all bytes.
            #[must_use]
            pub fn to_hex(&self) -> String {
                data_encoding::HEXLOWER.encode(&self.0)
            }

            /// Parses [`Self::to_hex`]; upper case, other lengths and other characters give `None`.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                Self::from_slice(&data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($name), data_encoding::HEXLOWER.encode(&self.0[..4]))
            }
        }
    )*};
}

fixed_bytes! {
    /// A BLAKE3 digest with no narrower meaning.
    Digest 32;
    /// BLAKE3 of the genesis file's bytes: names one ledger.
    ChainId 32;
    /// Names one block: derived from its header.
    BlockId 32;
    /// Names one transaction: derived from chain id and body, never from the signature.
    TransactionId 32;
    /// Root of the authenticated state after a block.
    StateRoot 32;
    /// BLAKE3 of a record's ciphertext.
    Root 32;
    /// The public commitment to a record's address.
    Commitment 32;
    /// The address tag: what holders receive in place of the opening.
    AddressTag 32;
    /// The address opening: proves knowledge of the content key without giving it away.
    AddressOpening 32;
    /// What a reader showed to its gateway, hashed: `KDF("address shown", ..)`.
    AddressShown 32;
    /// BLAKE3 subtree value of one 1 MiB chunk at its offset.
    SubtreeValue 32;
    /// Digest of a detached part: BLAKE3(salt ‖ bytes).
    PartDigest 32;
    /// Names a read request: derived from chain id and body.
    RequestDigest 32;
    /// Random 32 bytes beside something that is hashed.
    Salt 32;
    /// Random 16 bytes that make a signed body unique.
    Nonce 16;
    /// 16 random bytes that open an upload and decide its placement.
    UploadId 16;
    /// Ed25519 public key.
    SigningPublicKey 32;
    /// A person: patient, doctor, nurse, registrar and so on.
    PersonId 20;
    /// A department of a hospital.
    DepartmentId 20;
    /// An organisation without a vote.
    OrganisationId 20;
    /// A member hospital.
    HospitalId 20;
    /// One record version on the ledger.
    EhrId 20;
    /// An access request.
    AccessRequestId 20;
    /// A grant.
    GrantId 20;
    /// A mandate: who acts for whom.
    MandateId 20;
    /// Names a signing or sealing key.
    KeyId 20;
}

/// An Ed25519 signature, 64 bytes.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Length in bytes.
    pub const LENGTH: usize = 64;
    /// All bytes zero: never valid under any registered key.
    pub const ZERO: Self = Self([0; 64]);

    /// Wraps the bytes; whether they verify is another question.
    #[must_use]
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn get(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signature({})", data_encoding::HEXLOWER.encode(&self.0[..4]))
    }
}

// serde has no arrays over 32: two halves encode to the same 64 bare bytes.
impl Serialize for Signature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut halves = [[0; 32]; 2];
        halves[0].copy_from_slice(&self.0[..32]);
        halves[1].copy_from_slice(&self.0[32..]);
        halves.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let halves = <[[u8; 32]; 2]>::deserialize(deserializer)?;
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&halves[0]);
        bytes[32..].copy_from_slice(&halves[1]);
        Ok(Self(bytes))
    }
}
