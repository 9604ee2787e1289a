//! Publishing, requesting and granting on the test ledger.

use carechain_contract::limits::{SEALED_ADDRESS_PART_BYTES, SEALED_PART_OVERHEAD_BYTES};
use carechain_crypto::{AccessRequestId, Commitment, EhrId, GrantId, PartDigest, Signature, UploadId};
use carechain_types::{
    AccessKind, AccessPurpose, BoundedVec, EhrKind, Epoch, GrantLine, GrantPart, PartHead, PartKind,
    PublicPart, PublishPart, RECEIPT_VERSION, Receipt, ReceiptLeaf, Recipient, RecipientUse, RequestPart,
    RequestSelection, RevokePart, Span, Time, Visibility,
};

use super::{Person, World, created, created_grant, created_request};

/// Head of an address sealed to one key.
pub(crate) fn address_head() -> PartHead {
    let bytes = u32::try_from(SEALED_ADDRESS_PART_BYTES).unwrap();
    PartHead { kind: PartKind::SealedAddress.byte(), bytes, digest: PartDigest::ZERO }
}

/// Head of another part, padded to the smallest size.
pub(crate) fn padded_head(kind: PartKind) -> PartHead {
    let bytes = u32::try_from(SEALED_PART_OVERHEAD_BYTES + 256).unwrap();
    PartHead { kind: kind.byte(), bytes, digest: PartDigest::ZERO }
}

impl World {
    /// An abstract of a new record by a doctor of a hospital, or by the patient, without receipts.
    pub(crate) fn abstract_part(&mut self, hospital: usize, patient: &Person) -> PublishPart {
        let recipient = Recipient {
            recipient_use: RecipientUse::Patient,
            recipient: patient.party(),
            key_id: patient.key_id(),
            part: 0,
        };
        PublishPart {
            patient: patient.id,
            hospital: self.hospitals[hospital].id,
            upload_id: UploadId::new(self.fresh_bytes()),
            commitment: Commitment::new(self.fresh_bytes()),
            length: 65_536,
            kind: EhrKind::Study,
            amends: None,
            grant: None,
            visibility: Visibility::Searchable,
            recipients: BoundedVec::new(vec![recipient]).unwrap(),
            receipts: BoundedVec::empty(),
        }
    }

    /// What a holder promises for an abstract.
    pub(crate) fn promise(&self, author: &Person, part: &PublishPart, holder: usize) -> ReceiptLeaf {
        ReceiptLeaf {
            version: RECEIPT_VERSION,
            epoch: Epoch::ZERO,
            hospital: self.hospitals[holder].id,
            upload_id: part.upload_id,
            commitment: part.commitment,
            length: part.length,
            author: author.party(),
            publishing_hospital: part.hospital,
            patient: part.patient,
            expiry: self.now.after(Span::HOUR),
            node_key: self.hospitals[holder].node.hand.public(),
        }
    }

    /// A receipt signed by a hospital's node.
    pub(crate) fn receipt(&self, leaf: ReceiptLeaf, holder: usize) -> Receipt {
        let signature = Signature::ZERO;
        let receipt = Receipt { leaf, leaf_index: 0, leaf_count: 1, path: BoundedVec::empty(), signature };
        let root = receipt.root().unwrap();
        Receipt { signature: self.hospitals[holder].node.hand.sign(&self.chain_id, &root), ..receipt }
    }

    /// The abstract with receipts of these holders.
    pub(crate) fn with_receipts(&self, author: &Person, part: PublishPart, holders: &[usize]) -> PublishPart {
        let receipt = |holder: &usize| self.receipt(self.promise(author, &part, *holder), *holder);
        let receipts = BoundedVec::new(holders.iter().map(receipt).collect()).unwrap();
        PublishPart { receipts, ..part }
    }

    /// A complete abstract with two receipts.
    pub(crate) fn publish_part(&mut self, author: &Person, hospital: usize, patient: &Person) -> PublishPart {
        let part = self.abstract_part(hospital, patient);
        self.with_receipts(author, part, &[hospital, (hospital + 1) % self.hospitals.len()])
    }

    /// Publishes a record.
    #[track_caller]
    pub(crate) fn publish(&mut self, author: &Person, hospital: usize, patient: &Person) -> EhrId {
        let part = self.publish_part(author, hospital, patient);
        let execution = self.submit(&author.sender, &PublicPart::Publish(part), &[address_head()]);
        EhrId::new(created(&execution))
    }

    /// A request of a reader for records of a patient.
    pub(crate) fn request_part(&self, reader: &Person, patient: &Person, ehr_ids: &[EhrId]) -> RequestPart {
        RequestPart {
            patient: patient.id,
            grantee: reader.party(),
            access: AccessKind::Read,
            purpose: AccessPurpose::Treatment,
            selection: RequestSelection {
                ehr_ids: BoundedVec::new(ehr_ids.to_vec()).unwrap(),
                ..RequestSelection::default()
            },
        }
    }

    /// Opens a request.
    #[track_caller]
    pub(crate) fn request(
        &mut self,
        reader: &Person,
        patient: &Person,
        ehr_ids: &[EhrId],
    ) -> AccessRequestId {
        let part = self.request_part(reader, patient, ehr_ids);
        created_request(&self.submit(&reader.sender, &PublicPart::Request(part), &[]))
    }

    /// A grant of these records to a reader for a day from now, with one part for each.
    pub(crate) fn grant_part(
        &self,
        patient: &Person,
        reader: &Person,
        ehr_ids: &[EhrId],
    ) -> (GrantPart, Vec<PartHead>) {
        let lines = ehr_ids.iter().zip(0..).map(|(ehr_id, part)| GrantLine { ehr_id: *ehr_id, part });
        let part = GrantPart {
            request: None,
            patient: patient.id,
            grantee: reader.party(),
            grantee_key_id: reader.key_id(),
            access: AccessKind::Read,
            purpose: AccessPurpose::Treatment,
            from: Time::ZERO,
            duration: Span::DAY,
            lines: BoundedVec::new(lines.collect()).unwrap(),
        };
        (part, vec![address_head(); ehr_ids.len()])
    }

    /// Grants.
    #[track_caller]
    pub(crate) fn grant(&mut self, patient: &Person, reader: &Person, ehr_ids: &[EhrId]) -> GrantId {
        let (part, heads) = self.grant_part(patient, reader, ehr_ids);
        created_grant(&self.submit(&patient.sender, &PublicPart::Grant(part), &heads))
    }

    /// Revokes a grant or a line of it; the result byte says what happened.
    #[track_caller]
    pub(crate) fn revoke(&mut self, patient: &Person, grant: GrantId, ehr_id: Option<EhrId>) -> u8 {
        let part = PublicPart::Revoke(RevokePart { grant, ehr_id });
        let execution = self.submit(&patient.sender, &part, &[]);
        assert_eq!(super::refusal(&execution), None);
        execution.outcome.result[0]
    }
}
