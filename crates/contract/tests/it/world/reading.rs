//! Reading on the test ledger.

use carechain_contract::Execution;
use carechain_crypto::{AddressShown, EhrId, GrantId, Nonce};
use carechain_types::limits::{OUTCOME_RESULT_BYTES_MAX, TRANSACTION_LIFE_DEFAULT};
use carechain_types::{
    AccessEntry, AccessPurpose, AccessValue, ByteRange, CountsValue, DecisionReason, PublicPart,
    READ_REQUEST_VERSION, ReadPart, ReadRequest, ReadResult, RecordCounts, StateKey, decode,
};

use super::{Hand, Person, World, refusal};

impl World {
    /// A read request of a reader to a gateway.
    pub(crate) fn read_request(
        &mut self,
        reader: &Person,
        gateway: usize,
        ehr_id: EhrId,
        grant: Option<GrantId>,
    ) -> ReadRequest {
        ReadRequest {
            version: READ_REQUEST_VERSION,
            gateway: self.hospitals[gateway].id,
            reader: reader.id,
            reader_key: reader.sender.hand.public(),
            reply_key: reader.sender.hand.sealing.clone(),
            on_behalf_of: None,
            ehr_id,
            grant,
            purpose: AccessPurpose::Treatment,
            range: ByteRange { start: 0, end: 65_536 },
            salt: Nonce::new(self.fresh_bytes()),
            expiry: self.now.after(TRANSACTION_LIFE_DEFAULT),
            shown: AddressShown::ZERO,
        }
    }

    /// The gateway's wrap of a request, signed by a key holder.
    pub(crate) fn wrap(&self, request: ReadRequest, hand: &Hand) -> PublicPart {
        let signature = hand.sign(&self.chain_id, &request);
        PublicPart::Read(ReadPart { request, signature, address_matches: 1 })
    }

    /// Reads through the first hospital.
    pub(crate) fn read(&mut self, reader: &Person, ehr_id: EhrId, grant: Option<GrantId>) -> ReadResult {
        let request = self.read_request(reader, 0, ehr_id, grant);
        self.read_with(reader, request)
    }

    /// Reads by this request.
    pub(crate) fn read_with(&mut self, reader: &Person, request: ReadRequest) -> ReadResult {
        let gateway =
            self.hospitals.iter().find(|hospital| hospital.id == request.gateway).unwrap().node.clone();
        let part = self.wrap(request, &reader.sender.hand);
        read_result(&self.submit(&gateway, &part, &[]))
    }

    /// Why the next read would be decided as it would, without keeping it.
    pub(crate) fn reason(&self, reader: &Person, ehr_id: EhrId, grant: Option<GrantId>) -> DecisionReason {
        self.clone().read(reader, ehr_id, grant).reason
    }

    /// All access entries of a record.
    pub(crate) fn entries(&self, ehr_id: EhrId) -> Vec<AccessEntry> {
        let counts: Option<CountsValue<RecordCounts>> = self.value(&StateKey::counts(ehr_id.get()));
        let count = counts.map_or(0, |value| value.counts.access_entries);
        let entry = |index| self.value::<AccessValue>(&StateKey::access(&ehr_id, index)).unwrap().entry;
        (0..count).map(entry).collect()
    }
}

/// The decision in an outcome.
#[track_caller]
pub(crate) fn read_result(execution: &Execution) -> ReadResult {
    assert_eq!(refusal(execution), None);
    decode(&execution.outcome.result, OUTCOME_RESULT_BYTES_MAX).unwrap()
}
