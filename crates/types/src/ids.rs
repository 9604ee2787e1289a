//! How identifiers derive from what they name.

use carechain_crypto::{
    AccessRequestId, ChainId, Commitment, Context, DepartmentId, EhrId, GrantId, HospitalId, PersonId,
    SigningPublicKey, TransactionId, derive_id,
};
use serde::Serialize;

use crate::bounded::{BoundedString, BoundedVec};
use crate::codec::encode;
use crate::limits::{GOVERNANCE_KEYS_MAX, NAME_BYTES_MAX};
use crate::party::Party;

fn from_transaction(context: Context, transaction: &TransactionId) -> [u8; 20] {
    derive_id(context, &encode(transaction))
}

/// The person that a `person` transaction enrols.
#[must_use]
pub fn person_id(transaction: &TransactionId) -> PersonId {
    PersonId::new(from_transaction(Context::PersonId, transaction))
}

/// The department that a `department` transaction enrols.
#[must_use]
pub fn department_id(transaction: &TransactionId) -> DepartmentId {
    DepartmentId::new(from_transaction(Context::DepartmentId, transaction))
}

/// The access request that a `request` transaction opens.
#[must_use]
pub fn request_id(transaction: &TransactionId) -> AccessRequestId {
    AccessRequestId::new(from_transaction(Context::RequestId, transaction))
}

/// The grant that a `grant` transaction makes.
#[must_use]
pub fn grant_id(transaction: &TransactionId) -> GrantId {
    GrantId::new(from_transaction(Context::GrantId, transaction))
}

#[derive(Serialize)]
struct HospitalIdInput<'a> {
    name: &'a BoundedString<NAME_BYTES_MAX>,
    governance_threshold: u8,
    governance_keys: &'a BoundedVec<SigningPublicKey, GOVERNANCE_KEYS_MAX>,
}

/// A hospital: from its name and governance keys (ascending), recomputed at genesis and on joining.
#[must_use]
pub fn hospital_id(
    name: &BoundedString<NAME_BYTES_MAX>,
    governance_threshold: u8,
    governance_keys: &BoundedVec<SigningPublicKey, GOVERNANCE_KEYS_MAX>,
) -> HospitalId {
    let input = HospitalIdInput { name, governance_threshold, governance_keys };
    HospitalId::new(derive_id(Context::HospitalId, &encode(&input)))
}

#[derive(Serialize)]
struct EhrIdInput {
    chain_id: ChainId,
    author: Party,
    commitment: Commitment,
}

/// An EHR: known before its transaction is, so that sealed addresses can name it.
#[must_use]
pub fn ehr_id(chain_id: &ChainId, author: &Party, commitment: &Commitment) -> EhrId {
    let input = EhrIdInput { chain_id: *chain_id, author: *author, commitment: *commitment };
    EhrId::new(derive_id(Context::EhrId, &encode(&input)))
}
