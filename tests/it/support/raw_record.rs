//! Publishing bytes that no client of ours packs: what a doctor with a client of their own could do.

use std::io::Write as _;

use carechain_client::{Call, Draft, Keystore, Session, SystemRandom, now};
use carechain_crypto::limits::CHUNK_BYTES;
use carechain_crypto::{
    RecordSealer, Sealed, SealedAddressContext, SubtreeValue, UploadId, UploadSecret, chunk_subtree_value,
};
use carechain_schema::{ErrorCode, Route};
use carechain_types::{
    BoundedVec, EhrKind, KeyAgent as _, PartKind, Party, PersonBody, PublicPart, PublishPart, Receipt,
    Recipient, RecipientUse, Role, SignedUploadComplete, SignedUploadOpen, Span, UploadComplete, UploadOpen,
    UploadReceipts, Visibility, decode, ehr_id, encode,
};

use super::network::Network;
use super::person::Person;
use super::wait_for;

/// Bytes of receipts, generously.
const RECEIPTS_BYTES_MAX: usize = 1 << 20;

/// A sealed record that is being uploaded.
pub(crate) struct RawUpload {
    session: Session,
    keys: Keystore,
    open: UploadOpen,
    secret: UploadSecret,
    sealed: Sealed<Vec<u8>>,
}

impl Person {
    /// Seals these bytes as a record of the patient and opens its upload at a node of their own hospital.
    pub(crate) fn upload_raw(
        &self,
        network: &Network,
        node: usize,
        patient: &Self,
        bytes: &[u8],
    ) -> RawUpload {
        let session = self.session(network, node, Role::Doctor);
        let mut sealer = RecordSealer::new(Vec::new(), &mut SystemRandom);
        sealer.write_all(bytes).unwrap();
        let sealed = sealer.finish().unwrap();
        let keys = self.keystore();
        let secret = UploadSecret::new(SystemRandom::bytes());
        let open = UploadOpen {
            hospital: session.gateway(),
            upload_id: UploadId::new(SystemRandom::bytes()),
            author: Party::Person(self.id.parse().unwrap()),
            patient: patient.id.parse().unwrap(),
            publishing_hospital: session.gateway(),
            length: sealed.address.length,
            key: keys.public_keys().signing,
            capability: secret.capability(),
            expiry: now().after(Span::HOUR),
        };
        let signature = keys.sign(session.chain_id(), &PersonBody::UploadOpen(&open)).unwrap();
        let opening = encode(&SignedUploadOpen { open, signature });
        post(&session, &secret, Route::UPLOAD_OPEN.path, &opening).unwrap();
        RawUpload { session, keys, open, secret, sealed }
    }

    /// Seals these bytes as a record of the patient and publishes it through a node of their own hospital.
    pub(crate) fn publish_raw(&self, network: &Network, node: usize, patient: &Self, bytes: &[u8]) -> String {
        let upload = self.upload_raw(network, node, patient, bytes);
        upload.send(&upload.sealed.inner);
        let values = upload.values();
        let receipts = wait_for("the receipts", || upload.complete(values.clone()).unwrap());
        publish(&upload.session, patient, upload.open, &upload.sealed, receipts)
    }
}

impl RawUpload {
    /// The sealed file.
    pub(crate) fn file(&self) -> &[u8] {
        &self.sealed.inner
    }

    /// Its manifest.
    pub(crate) fn values(&self) -> Vec<SubtreeValue> {
        self.sealed.manifest.values().to_vec()
    }

    /// Sends a file's bytes, these or others.
    pub(crate) fn send(&self, file: &[u8]) {
        let count = u32::try_from(file.chunks(CHUNK_BYTES).count()).unwrap();
        for (index, chunk) in (0..).zip(file.chunks(CHUNK_BYTES)) {
            let value = chunk_subtree_value(index, count, chunk).unwrap();
            let framed = [value.as_slice(), chunk].concat();
            let path = Route::UPLOAD_CHUNK.with(&[&self.open.upload_id.to_hex(), &index.to_string()]);
            let length = framed.len() as u64;
            self.session.caller().put(&path, &self.secret, &mut &framed[..], length).unwrap();
        }
    }

    /// Completes it with a manifest; gives the receipts, or nothing while the node is at it.
    pub(crate) fn complete(&self, values: Vec<SubtreeValue>) -> Result<Option<Vec<Receipt>>, ErrorCode> {
        let upload_id = self.open.upload_id;
        let (tag, root) = (self.sealed.address.tag(), self.sealed.address.root);
        let complete = UploadComplete { upload_id, tag, root };
        let signed = PersonBody::UploadComplete(&complete);
        let signature = self.keys.sign(self.session.chain_id(), &signed).unwrap();
        let values = BoundedVec::new(values).unwrap();
        let complete = encode(&SignedUploadComplete { complete, signature, values });
        let path = Route::UPLOAD_COMPLETE.with(&[&upload_id.to_hex()]);
        let receipts = post(&self.session, &self.secret, &path, &complete)?;
        let receipts = receipts.map(|bytes| decode::<UploadReceipts>(&bytes, RECEIPTS_BYTES_MAX).unwrap());
        Ok(receipts.map(|receipts| receipts.receipts.into_inner()))
    }
}

/// The body of an answer that is done; none while the node is at it.
fn post(
    session: &Session,
    secret: &UploadSecret,
    path: &str,
    body: &[u8],
) -> Result<Option<Vec<u8>>, ErrorCode> {
    let call = Call { method: Route::UPLOAD_OPEN.method, path, query: None };
    let answer = session.caller().call_with(call, secret, body).map_err(|error| error.code())?;
    Ok((answer.status == 200).then_some(answer.body))
}

fn publish(
    session: &Session,
    patient: &Person,
    open: UploadOpen,
    sealed: &Sealed<Vec<u8>>,
    receipts: Vec<Receipt>,
) -> String {
    let address = &sealed.address;
    let commitment = address.commitment(&open.author.to_bytes(), &open.patient);
    let ehr = ehr_id(session.chain_id(), &open.author, &commitment);
    let (recipient, key) = (Party::Person(open.patient), patient.keystore().public_keys().sealing[0]);
    let context = SealedAddressContext {
        chain_id: *session.chain_id(),
        use_byte: RecipientUse::Patient.byte(),
        ehr,
        recipient: recipient.to_bytes(),
        author: open.author.to_bytes(),
        hospital: open.publishing_hospital,
        commitment,
        patient: open.patient,
    };
    let sealed_address = context.seal(address, &key, &mut SystemRandom).unwrap();
    let recipient =
        Recipient { recipient_use: RecipientUse::Patient, recipient, key_id: key.key_id(), part: 0 };
    let part = PublishPart {
        patient: open.patient,
        hospital: open.publishing_hospital,
        upload_id: open.upload_id,
        commitment,
        length: address.length,
        kind: EhrKind::Study,
        amends: None,
        grant: None,
        visibility: Visibility::PatientOnly,
        recipients: BoundedVec::new(vec![recipient]).unwrap(),
        receipts: BoundedVec::new(receipts).unwrap(),
    };
    let parts = vec![(PartKind::SealedAddress, sealed_address.to_vec())];
    session.submit(Draft { part: PublicPart::Publish(part), parts }).unwrap();
    ehr.to_string()
}
