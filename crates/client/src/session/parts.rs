//! Detached parts: fetched from the node, checked against the proven body, opened by the agent.

use carechain_crypto::{
    Address, Commitment, EhrId, HospitalId, KeyId, PersonId, SealedAddressContext, SealedPartContext,
    SealingPublicKey, Secret, TransactionId, sealed_part_key_id,
};
use carechain_schema::{Method, Route};
use carechain_types::limits::PART_BYTES_MAX;
use carechain_types::{DetachedPart, EhrValue, PartKind, Party, RecipientUse, TransactionBody, decode};

use super::Session;
use crate::error::OperationError;
use crate::trust::TrustError;

/// What an address of a record is sealed with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordFacts {
    pub(crate) ehr_id: EhrId,
    pub(crate) author: Party,
    pub(crate) hospital: HospitalId,
    pub(crate) commitment: Commitment,
    pub(crate) patient: PersonId,
}

impl RecordFacts {
    pub(crate) const fn of(ehr_id: EhrId, value: &EhrValue) -> Self {
        Self {
            ehr_id,
            author: value.author,
            hospital: value.hospital,
            commitment: value.commitment,
            patient: value.patient,
        }
    }
}

impl Session {
    /// What binds an address of a record to one recipient.
    pub(crate) fn address_context(
        &self,
        facts: &RecordFacts,
        recipient_use: RecipientUse,
        recipient: Party,
    ) -> SealedAddressContext {
        SealedAddressContext {
            chain_id: *self.chain_id(),
            use_byte: recipient_use.byte(),
            ehr: facts.ehr_id,
            recipient: recipient.to_bytes(),
            author: facts.author.to_bytes(),
            hospital: facts.hospital,
            commitment: facts.commitment,
            patient: facts.patient,
        }
    }

    /// What binds another sealed part to its sender.
    pub(crate) fn part_context(
        &self,
        kind: PartKind,
        subject: [u8; 20],
        sender: Party,
        hospital: HospitalId,
    ) -> SealedPartContext {
        SealedPartContext {
            chain_id: *self.chain_id(),
            part_kind: kind.byte(),
            subject,
            sender: sender.to_bytes(),
            hospital,
        }
    }

    /// The bytes of one part of a transaction whose body is proven.
    pub(crate) fn part(
        &self,
        id: &TransactionId,
        body: &TransactionBody,
        index: u16,
        kind: PartKind,
    ) -> Result<Vec<u8>, OperationError> {
        let head = body.parts.get(usize::from(index)).ok_or(TrustError::Lacks { what: "a part" })?;
        if head.kind != kind.byte() {
            return Err(TrustError::Lacks { what: "a part of the expected kind" }.into());
        }
        let path = Route::PART.with(&[&id.to_hex(), &index.to_string()]);
        let answer = self.ask(Method::Get, &path, b"")?;
        let part: DetachedPart = decode(&answer.body, PART_BYTES_MAX + 64)?;
        if part.head(head.kind) != *head {
            return Err(TrustError::Lacks { what: "the bytes of a part, its digest differs" }.into());
        }
        Ok(part.bytes.into_inner())
    }

    /// The key of one's own that a key id names.
    pub(crate) fn own_key(&self, key_id: &KeyId) -> Result<SealingPublicKey, OperationError> {
        let keys = self.agent.public_keys().sealing;
        keys.into_iter().find(|key| key.key_id() == *key_id).ok_or(OperationError::WrongKey)
    }

    /// Opens an address that is sealed to oneself; that it is the record's is checked against the commitment.
    pub(crate) fn open_address(
        &self,
        context: &SealedAddressContext,
        key_id: &KeyId,
        sealed: &[u8],
    ) -> Result<Address, OperationError> {
        Ok(context.open(self.agent(), &self.own_key(key_id)?, sealed)?)
    }

    /// Opens another part that is sealed to oneself.
    pub(crate) fn open_part(
        &self,
        context: &SealedPartContext,
        sealed: &[u8],
    ) -> Result<Secret<Vec<u8>>, OperationError> {
        let key = self.own_key(&sealed_part_key_id(sealed)?)?;
        Ok(context.open(self.agent(), &key, sealed)?)
    }
}
