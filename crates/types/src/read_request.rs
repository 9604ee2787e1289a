//! A reader's signed request to one gateway.

use carechain_crypto::{
    AddressOpening, AddressShown, ChainId, Context, EhrId, GrantId, HospitalId, Nonce, PersonId, Purpose,
    RequestDigest, Root, SigningPublicKey, derive,
};
use serde::{Deserialize, Serialize};

use crate::codec::encode;
use crate::keys::SealingKey;
use crate::public_part::AccessPurpose;
use crate::signed::SignedBody;
use crate::time::Time;

/// Version of read requests.
pub const READ_REQUEST_VERSION: u8 = 1;

/// Bytes `start..end` of a file.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ByteRange {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// What a reader signs to read a record once, through the gateway it names.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReadRequest {
    /// Version of this layout.
    pub version: u8,
    /// The gateway asked; every other one refuses.
    pub gateway: HospitalId,
    /// Who reads.
    pub reader: PersonId,
    /// Key that signs.
    pub reader_key: SigningPublicKey,
    /// Fresh key that the response is sealed to.
    pub reply_key: SealingKey,
    /// Whom the reader acts for.
    pub on_behalf_of: Option<PersonId>,
    /// The record.
    pub ehr_id: EhrId,
    /// The grant; none = as owner.
    pub grant: Option<GrantId>,
    /// Why.
    pub purpose: AccessPurpose,
    /// Which bytes of the file.
    pub range: ByteRange,
    /// Random.
    pub salt: Nonce,
    /// As for a transaction.
    pub expiry: Time,
    /// KDF("address shown", {opening, root, length, salt}); zeros if the reader has no address.
    pub shown: AddressShown,
}

impl SignedBody for ReadRequest {
    const PURPOSE: Purpose = Purpose::ReadRequest;
}

#[derive(Serialize)]
struct RequestDigestInput<'a> {
    chain_id: &'a ChainId,
    body: &'a ReadRequest,
}

impl ReadRequest {
    /// KDF("read request", {chain id, body}), without the signature.
    #[must_use]
    pub fn digest(&self, chain_id: &ChainId) -> RequestDigest {
        RequestDigest::new(derive(
            Context::ReadRequest,
            &encode(&RequestDigestInput { chain_id, body: self }),
        ))
    }
}

/// What a reader shows beside its request, to its gateway only, never on the ledger.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ShownAddress {
    /// Opening of the address.
    pub opening: AddressOpening,
    /// Root of the file.
    pub root: Root,
    /// Length of the file, bytes.
    pub length: u64,
}

#[derive(Serialize)]
struct ShownInput {
    shown: ShownAddress,
    salt: Nonce,
}

impl ShownAddress {
    /// What the signed request carries of it.
    #[must_use]
    pub fn digest(&self, salt: Nonce) -> AddressShown {
        AddressShown::new(derive(Context::AddressShown, &encode(&ShownInput { shown: *self, salt })))
    }
}
