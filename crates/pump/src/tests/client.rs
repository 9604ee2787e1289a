//! A client with one file: opens, sends, completes, and asks to read.

use std::sync::Arc;

use bytes::Bytes;
use carechain_api::{NodeError, UploadBytes, UploadCaller, UploadProgress, UploadStatus};
use carechain_crypto::limits::CHUNK_BYTES;
use carechain_crypto::{
    AddressShown, AddressTag, GrantId, HospitalId, Manifest, ManifestBuilder, Nonce, PersonId,
    SealingPublicKey, Secret, Signature, SigningKeyPair, UploadId, UploadSecret, address_commitment,
};
use carechain_types::{
    AccessPurpose, BoundedVec, ByteRange, NodeSigner, Party, READ_REQUEST_VERSION, ReadRequest, Receipt,
    SealingKey, SignedReadRequest, SignedUploadComplete, SignedUploadOpen, Span, Time, UploadComplete,
    UploadOpen, ehr_id,
};

use super::ledger::CHAIN;
use crate::Files;
use crate::ledger_view::LedgerRecord;

pub(super) const TAG: AddressTag = AddressTag::new([5; 32]);

pub(super) struct Client {
    pub(super) key: SigningKeyPair,
    pub(super) open: UploadOpen,
    secret_seed: u8,
    pub(super) file: Bytes,
    pub(super) manifest: Manifest,
}

fn secret(seed: u8) -> UploadSecret {
    UploadSecret::new([seed; 32])
}

impl Client {
    /// With a file of so many bytes; the seed makes the upload.
    pub(super) fn new(hospital: HospitalId, seed: u8, length: usize, expiry: Time) -> Self {
        let key = SigningKeyPair::from_seed(&Secret::new([seed; 32]));
        let mut word = u64::from(seed) + 1;
        let file: Bytes = (0..length.div_ceil(8))
            .flat_map(|_| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                word.to_le_bytes()
            })
            .take(length)
            .collect();
        let mut builder = ManifestBuilder::new();
        builder.update(&file);
        let open = UploadOpen {
            hospital,
            upload_id: UploadId::new([seed; 16]),
            author: Party::Person(PersonId::new([seed; 20])),
            patient: PersonId::new([99; 20]),
            publishing_hospital: hospital,
            length: length as u64,
            key: key.public(),
            capability: secret(seed).capability(),
            expiry,
        };
        Self { key, open, secret_seed: seed, file, manifest: builder.finish().unwrap() }
    }

    pub(super) fn signed_open(&self) -> SignedUploadOpen {
        let signature = NodeSigner::sign(&self.key, &CHAIN, &self.open);
        SignedUploadOpen { open: self.open, signature }
    }

    pub(super) fn signed_complete(&self) -> SignedUploadComplete {
        let complete =
            UploadComplete { upload_id: self.open.upload_id, tag: TAG, root: self.manifest.root() };
        let signature = NodeSigner::sign(&self.key, &CHAIN, &complete);
        let values = BoundedVec::new(self.manifest.values().to_vec()).unwrap();
        SignedUploadComplete { complete, signature, values }
    }

    pub(super) async fn send(&self, files: &Files, indexes: impl Iterator<Item = u32>) {
        for index in indexes {
            let start = index as usize * CHUNK_BYTES;
            let bytes = self.file.slice(start..(start + CHUNK_BYTES).min(self.file.len()));
            files.upload_chunk(self.caller(), self.chunk_of(index, bytes)).await.unwrap();
        }
    }

    /// With the secret of its opening.
    pub(super) fn caller(&self) -> UploadCaller {
        UploadCaller { upload_id: self.open.upload_id, secret: Arc::new(secret(self.secret_seed)) }
    }

    /// These bytes under the value of the file's chunk.
    pub(super) fn chunk_of(&self, index: u32, bytes: Bytes) -> UploadBytes {
        UploadBytes { index, value: self.manifest.values()[index as usize], bytes }
    }

    pub(super) fn chunks(&self) -> u32 {
        u32::try_from(self.manifest.values().len()).unwrap()
    }

    pub(super) async fn open(&self, files: &Files) -> Result<UploadStatus, NodeError> {
        files.upload_open(self.signed_open()).await
    }

    /// Completes and waits for the receipts.
    pub(super) async fn complete(&self, files: &Files) -> Vec<Receipt> {
        loop {
            match files.upload_complete(self.caller(), self.signed_complete()).await.unwrap() {
                UploadProgress::Done(receipts) => return receipts.receipts.to_vec(),
                UploadProgress::Copying(_) => {}
            }
        }
    }

    pub(super) async fn upload(&self, files: &Files) -> Vec<Receipt> {
        self.open(files).await.unwrap();
        self.send(files, 0..self.chunks()).await;
        self.complete(files).await
    }

    pub(super) fn record(&self) -> LedgerRecord {
        let UploadOpen { author, patient, length, .. } = self.open;
        let root = self.manifest.root();
        let commitment = address_commitment(&TAG, &root, length, &author.to_bytes(), &patient);
        LedgerRecord {
            ehr_id: ehr_id(&CHAIN, &author, &commitment),
            author,
            patient,
            hospital: self.open.publishing_hospital,
            upload_id: self.open.upload_id,
            commitment,
            length,
        }
    }

    /// Asks a gateway for a range, signed by the client's own key.
    pub(super) fn read_request(&self, gateway: HospitalId, range: ByteRange, now: Time) -> SignedReadRequest {
        let request = ReadRequest {
            version: READ_REQUEST_VERSION,
            gateway,
            reader: PersonId::new([77; 20]),
            reader_key: self.key.public(),
            reply_key: SealingKey::x25519(SealingPublicKey::new([1; 32])),
            on_behalf_of: None,
            ehr_id: self.record().ehr_id,
            grant: Some(GrantId::new([3; 20])),
            purpose: AccessPurpose::Treatment,
            range,
            salt: Nonce::new([8; 16]),
            expiry: now.after(Span::MINUTE),
            shown: AddressShown::ZERO,
        };
        let signature: Signature = NodeSigner::sign(&self.key, &CHAIN, &request);
        SignedReadRequest { request, signature, shown: None }
    }

    pub(super) fn whole(&self) -> ByteRange {
        ByteRange { start: 0, end: self.open.length }
    }
}
