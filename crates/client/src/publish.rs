//! Publishing: seal, upload, receipts, abstract.
//!
//! ```text
//! files ─zip─► segments ─► spool (ciphertext) ─chunks─► node ─► holders ─► receipts ─► abstract ─► EHR id, proof
//!        one pass, no plaintext on disk      └─ resumes from here
//! ```

mod framed;
mod receipts;
mod sealing;
mod spool;
mod upload;

use std::path::PathBuf;

use carechain_crypto::{EhrId, GrantId, HospitalId, Manifest, PersonId, UploadId};
use carechain_types::{
    BoundedString, BoundedVec, EhrKind, IndexEntry, KeyUse, PartKind, Party, PersonValue, PublicPart,
    PublishPart, Recipient, RecipientUse, StateKey, VerifiedProof, Visibility, ehr_id, encode,
};

use crate::archive::{Keys, Sources};
use crate::clock::now;
use crate::error::OperationError;
use crate::limits::UPLOAD_LIFE;
use crate::progress::Progress;
use crate::random::SystemRandom;
use crate::session::{Committed, Draft, RecordFacts, Session, Target, value};

use spool::{Spool, SpoolSecret};

/// What to publish.
#[derive(Clone, Debug)]
pub struct PublishPlan {
    /// Whose record it is.
    pub patient: PersonId,
    /// Files and folders.
    pub inputs: Vec<PathBuf>,
    /// Whether keys among them are meant.
    pub keys: Keys,
    /// Coarse class.
    pub kind: EhrKind,
    /// Keywords to be found by.
    pub keywords: Vec<String>,
    /// Title; may be empty.
    pub title: String,
    /// Names of staff.
    pub staff: Vec<String>,
    /// Who finds it.
    pub visibility: Visibility,
    /// The version it replaces.
    pub amends: Option<EhrId>,
    /// The grant that permits it, if the author of this version is neither the patient nor the author of that one.
    pub grant: Option<GrantId>,
    /// To whom the address is sealed beside the patient.
    pub recipients: Vec<(RecipientUse, Party)>,
}

/// A published record.
#[derive(Clone, Debug)]
pub struct Published {
    /// The record.
    pub ehr_id: EhrId,
    /// Whose it is.
    pub patient: PersonId,
    /// Length of the file, bytes.
    pub length: u64,
    /// Documents and images in it.
    pub entry_count: u64,
    /// Hospitals whose receipts the abstract carries.
    pub holders: Vec<HospitalId>,
    /// The transaction with its proof.
    pub committed: Committed,
}

impl Session {
    /// Publishes a record. What is interrupted after sealing goes on with [`Session::resume`].
    pub fn publish(&self, plan: &PublishPlan, progress: &dyn Progress) -> Result<Published, OperationError> {
        let author = self.person()?;
        let sources = Sources::collect(&plan.inputs, &plan.keys)?;
        let index = index_entry(plan)?;
        let proof = self.prove(&recipient_keys(author, plan.patient, &plan.recipients)?)?;
        // Refuses before sealing if anybody has no key in force.
        self.targets(&proof, plan.patient, &plan.recipients)?;
        let hospital = self.publishing_hospital(&proof, author, plan.patient)?;
        let upload_id = UploadId::new(SystemRandom::bytes());
        let sealed = sealing::seal(&self.swept_spool(progress)?, upload_id, &sources, progress)?;
        let secret = SpoolSecret {
            address: BoundedVec::new(sealed.address.encode().to_vec())?,
            patient: plan.patient,
            hospital,
            kind: plan.kind,
            visibility: plan.visibility,
            amends: plan.amends,
            grant: plan.grant,
            recipients: BoundedVec::new(plan.recipients.clone())?,
            index,
            entry_count: sealed.entry_count,
            upload_secret: SystemRandom::bytes(),
        };
        let expiry = now().after(UPLOAD_LIFE);
        let open = self.upload_open(upload_id, &secret, sealed.address.length, expiry)?;
        let spool = Spool::write(self, sealed.record, open, secret)?;
        self.publish_spooled(spool, Some(sealed.manifest), progress)
    }

    /// Uploads that were interrupted, oldest first.
    pub fn interrupted_uploads(&self) -> Result<Vec<UploadId>, OperationError> {
        spool::list(&self.spool()?)
    }

    /// Goes on with an interrupted upload from its spooled ciphertext.
    pub fn resume(&self, upload: UploadId, progress: &dyn Progress) -> Result<Published, OperationError> {
        let spool = Spool::read(self, &self.spool()?, upload)?;
        if spool.open.open.expiry <= now() {
            spool.remove();
            return Err(OperationError::Argument { problem: "the upload has expired: publish again" });
        }
        self.publish_spooled(spool, None, progress)
    }

    fn publish_spooled(
        &self,
        spool: Spool,
        manifest: Option<Manifest>,
        progress: &dyn Progress,
    ) -> Result<Published, OperationError> {
        let address = spool.address()?;
        let author = Party::Person(self.person()?);
        let commitment = address.commitment(&author.to_bytes(), &spool.secret.patient);
        let manifest = upload::send_missing(self, &spool, manifest, progress)?;
        let answer = upload::complete(self, &spool, &address, manifest, progress)?;
        // Keys again, as they are now: the upload may have taken long.
        let (secret, open) = (&spool.secret, &spool.open.open);
        let keys = recipient_keys(self.person()?, secret.patient, &secret.recipients)?;
        let proof = self.prove(&keys)?;
        let receipts = receipts::checked(self, &proof.membership, open, commitment, answer.receipts)?;
        let facts = RecordFacts {
            ehr_id: ehr_id(self.chain_id(), &author, &commitment),
            author,
            hospital: secret.hospital,
            commitment,
            patient: secret.patient,
        };
        let mut parts = Vec::new();
        let mut recipients = BoundedVec::empty();
        for (recipient_use, target) in self.targets(&proof, secret.patient, &secret.recipients)? {
            let context = self.address_context(&facts, recipient_use, target.party);
            let sealed = context.seal(&address, &target.key, &mut SystemRandom)?;
            let part = u16::try_from(parts.len()).expect("a handful of recipients");
            recipients.push(Recipient {
                recipient_use,
                recipient: target.party,
                key_id: target.key_id,
                part,
            })?;
            parts.push((PartKind::SealedAddress, sealed.to_vec()));
        }
        if secret.visibility == Visibility::Searchable {
            parts.push((PartKind::IndexEntry, self.sealed_index(&facts, &secret.index, &proof)?));
        }
        let holders = receipts.iter().map(|receipt| receipt.leaf.hospital).collect();
        let part = PublishPart {
            patient: secret.patient,
            hospital: secret.hospital,
            upload_id: open.upload_id,
            commitment,
            length: address.length,
            kind: secret.kind,
            amends: secret.amends,
            grant: secret.grant,
            visibility: secret.visibility,
            recipients,
            receipts: BoundedVec::new(receipts)?,
        };
        let committed = self.submit(Draft { part: PublicPart::Publish(part), parts })?;
        let published = Published {
            ehr_id: facts.ehr_id,
            patient: secret.patient,
            length: address.length,
            entry_count: secret.entry_count,
            holders,
            committed,
        };
        spool.remove();
        Ok(published)
    }

    fn sealed_index(
        &self,
        facts: &RecordFacts,
        index: &IndexEntry,
        proof: &VerifiedProof,
    ) -> Result<Vec<u8>, OperationError> {
        let key = proof.membership.index_key.as_x25519();
        let key = key.ok_or_else(|| OperationError::NoSealingKey { who: "the index".to_owned() })?;
        let subject = *facts.ehr_id.get();
        let context = self.part_context(PartKind::IndexEntry, subject, facts.author, facts.hospital);
        Ok(context.seal(&encode(index), &key, &mut SystemRandom)?)
    }

    fn targets(
        &self,
        proof: &VerifiedProof,
        patient: PersonId,
        others: &[(RecipientUse, Party)],
    ) -> Result<Vec<(RecipientUse, Target)>, OperationError> {
        let first = (RecipientUse::Patient, Party::Person(patient));
        core::iter::once(&first)
            .chain(others)
            .map(|(recipient_use, party)| {
                let key_use = match recipient_use {
                    RecipientUse::Recovery => KeyUse::Recovery,
                    _ => KeyUse::Ordinary,
                };
                Ok((*recipient_use, self.target(proof, *party, key_use)?))
            })
            .collect()
    }

    /// A doctor publishes for the hospital that enrolled them, a patient through the node's.
    fn publishing_hospital(
        &self,
        proof: &VerifiedProof,
        author: PersonId,
        patient: PersonId,
    ) -> Result<HospitalId, OperationError> {
        if author == patient {
            return Ok(self.gateway());
        }
        let person: PersonValue = value(proof, &StateKey::person(&author))?;
        person.enroller.hospital().ok_or(OperationError::Argument { problem: "the author is of no hospital" })
    }
}

fn recipient_keys(
    author: PersonId,
    patient: PersonId,
    others: &[(RecipientUse, Party)],
) -> Result<Vec<StateKey>, OperationError> {
    let mut keys = vec![StateKey::person(&author), StateKey::person(&patient)];
    for (_, party) in others {
        keys.push(Session::target_key(*party)?);
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

fn index_entry(plan: &PublishPlan) -> Result<IndexEntry, OperationError> {
    let mut words: Vec<_> = plan.keywords.iter().map(|word| word.trim().to_lowercase()).collect();
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.dedup();
    let keywords = words.into_iter().map(BoundedString::new).collect::<Result<_, _>>()?;
    let staff = plan.staff.iter().map(|name| BoundedString::new(name.trim())).collect::<Result<_, _>>()?;
    Ok(IndexEntry {
        kind: plan.kind,
        keywords: BoundedVec::new(keywords)?,
        title: BoundedString::new(plan.title.trim())?,
        staff: BoundedVec::new(staff)?,
    })
}
