//! Fixed-size identifiers and keys, key derivation, sealed boxes and the record format.
//!
//! Protocol: `docs/formats.md`. Randomness and time are arguments; associated data arrive as bytes.

mod address;
mod content_key;
mod fixed;
mod hash;
mod index_key_share;
mod kdf;
mod key_id;
pub mod limits;
mod manifest;
pub mod purpose;
mod record;
mod response;
mod sealed_address;
mod sealed_box;
mod sealed_part;
mod sealing_key;
mod secret;
mod signing;
#[cfg(test)]
mod test_random;
mod text;
mod upload_secret;

pub use address::{Address, AddressError, address_commitment, address_shown, address_tag};
pub use content_key::{ContentKey, SUITE_XCHACHA20_POLY1305};
pub use fixed::{
    AccessRequestId, AddressOpening, AddressShown, AddressTag, BlockId, ChainId, Commitment, DepartmentId,
    Digest, EhrId, GrantId, HospitalId, KeyId, MandateId, Nonce, OrganisationId, PartDigest, PersonId,
    RequestDigest, Root, Salt, Signature, SigningPublicKey, StateRoot, SubtreeValue, TransactionId, UploadId,
};
pub use hash::{Hasher, hash, hash_parts};
pub use index_key_share::{INDEX_KEY_SHARE_BYTES, IndexKeyShareContext, IndexKeyShareError};
pub use kdf::{Context, derive, derive_id, derive_parts};
pub use key_id::{ALGORITHM_ED25519, key_id};
pub use manifest::{
    Manifest, ManifestBuilder, ManifestError, chunk_count, chunk_length, chunk_subtree_value,
    root_from_manifest,
};
pub use purpose::{Purpose, signing_bytes};
pub use record::{
    ChunkFramer, HEADER_BYTES, OpenedSegment, PlainChunk, Position, RecordEnd, RecordError, RecordHeader,
    RecordOpener, RecordReader, RecordSealer, Sealed, SealedChunk, SegmentCipher, VerifiedRecord,
    copy_record, file_length, segment_count, segment_length, verify_record, zip_length_max,
};
pub use response::{
    FrameOpener, FrameReader, FrameSealer, RESPONSE_HEAD_BYTES, ResponseContext, ResponseError,
};
pub use sealed_address::{SEALED_ADDRESS_BYTES, SealedAddressContext, SealedAddressError};
pub use sealed_box::{OpenError, OpeningContext, SealError, SealedBox, SealingContext, open_box, seal_box};
pub use sealed_part::{SealedPartContext, SealedPartError, sealed_part_key_id};
pub use sealing_key::{
    Agree, AgreeError, KEM_X25519, SealingKeyError, SealingKeyPair, SealingPublicKey, check_sealing_key,
};
pub use secret::Secret;
pub use signing::{SigningKeyError, SigningKeyPair, check_signing_key, verify_strict};
pub use text::IdTextError;
pub use upload_secret::UploadSecret;
