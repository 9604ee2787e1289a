//! Signed bodies of an upload and of a repair; forwarded as they are, not stored.

use carechain_crypto::{
    AddressTag, Commitment, HospitalId, Nonce, PersonId, Purpose, Root, SigningPublicKey, UploadId,
};
use serde::{Deserialize, Serialize};

use crate::numbers::Epoch;
use crate::party::Party;
use crate::signed::SignedBody;
use crate::time::Time;

/// The client opens an upload at its hospital's node.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct UploadOpen {
    /// The node asked.
    pub hospital: HospitalId,
    /// 16 random bytes; decide the placement.
    pub upload_id: UploadId,
    /// Who will publish.
    pub author: Party,
    /// Whose record it is.
    pub patient: PersonId,
    /// Hospital the record comes from.
    pub publishing_hospital: HospitalId,
    /// Length of the file, bytes.
    pub length: u64,
    /// Key that signs.
    pub key: SigningPublicKey,
    /// Of the upload's secret, see `UploadSecret::capability`: whoever shows that secret may go on with the upload.
    pub capability: Nonce,
    /// The abstract must be on the ledger by then.
    pub expiry: Time,
}

impl SignedBody for UploadOpen {
    const PURPOSE: Purpose = Purpose::UploadOpen;
}

/// The client says what the bytes should be, once all are sent.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct UploadComplete {
    /// The upload.
    pub upload_id: UploadId,
    /// Tag of the address.
    pub tag: AddressTag,
    /// BLAKE3 of the file.
    pub root: Root,
}

impl SignedBody for UploadComplete {
    const PURPOSE: Purpose = Purpose::UploadComplete;
}

/// A member asks another for chunks that placement says it should hold.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RepairFetch {
    /// Epoch of the placement.
    pub epoch: Epoch,
    /// Who is asked.
    pub holder: HospitalId,
    /// The file.
    pub commitment: Commitment,
    /// First chunk.
    pub chunk_start: u32,
    /// One past the last chunk.
    pub chunk_end: u32,
    /// Random.
    pub salt: Nonce,
    /// When it ends.
    pub expiry: Time,
}

impl SignedBody for RepairFetch {
    const PURPOSE: Purpose = Purpose::RepairFetch;
}
