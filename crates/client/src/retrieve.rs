//! Retrieving: open the address, sign a read request, fetch, verify everything, unpack.
//!
//! ```text
//! folder tried ─► grant ─open─► address ─► read request ─► gateway ─frames─┬─► spool (ciphertext, resumed from here)
//!                                                                          └─► verify: root, every segment
//! spool ─unzip─► new folder, private ─rename─► where it belongs
//! ```

mod destination;
mod fetch;
mod filling;
mod reading;
mod retrieved;

use std::path::Path;

use carechain_crypto::{AccessRequestId, EhrId, GrantId};
use carechain_types::{
    AccessPurpose, EhrValue, GrantLineValue, PartKind, Party, PersonValue, PublicPart, RecipientUse,
    StateKey, in_force,
};

use crate::clock::now;
use crate::error::OperationError;
use crate::lists::{GrantView, RecordView};
use crate::progress::Progress;
use crate::session::{RecordFacts, Session, value};

use destination::Destination;
use fetch::Spooled;
use filling::Filling;
use reading::Reading;
pub use retrieved::Retrieved;

/// What to retrieve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetrieveTarget {
    /// What was granted on an own request.
    Request(AccessRequestId),
    /// What a grant permits.
    Grant(GrantId),
    /// One record: an own one, or one that a grant to the reader names.
    Record(EhrId),
}

impl Session {
    /// Retrieves into a folder that is absent or empty; several records go into one folder each, named by their ids.
    pub fn retrieve(
        &self,
        target: RetrieveTarget,
        output: &Path,
        progress: &dyn Progress,
    ) -> Result<Vec<Retrieved>, OperationError> {
        let spool = self.swept_spool(progress)?;
        let destination = Destination::prepare(&spool, output)?;
        let readings = match target {
            RetrieveTarget::Request(id) => self.granted(&self.grant_view(self.answer(id)?)?)?,
            RetrieveTarget::Grant(id) => self.granted(&self.grant_view(id)?)?,
            RetrieveTarget::Record(id) => vec![self.reading_of(id)?],
        };
        let lengths = readings.iter().filter_map(|reading| Some(reading.address.as_ref()?.length));
        let unpacked = lengths.clone().fold(0, u64::saturating_add);
        destination.check_room(&spool, unpacked, lengths.max().unwrap_or(0))?;
        let mut filling = Filling {
            session: self,
            spool: &spool,
            destination: &destination,
            output,
            progress,
            done: Vec::new(),
        };
        let filled = filling.fill(&readings);
        let done = filling.done;
        let (retrieved, spooled): (Vec<_>, Vec<_>) = done.into_iter().unzip();
        // Of several records those that are whole are kept, whatever became of the others.
        if filled.is_ok() || readings.len() > 1 && !retrieved.is_empty() {
            destination.put_in_place()?;
            spooled.into_iter().for_each(Spooled::remove);
        }
        filled.map(|()| retrieved)
    }

    /// Tries to read without an address: the gateway records the attempt, and the ledger refuses it.
    pub fn attempt_read(
        &self,
        ehr_id: EhrId,
        grant: Option<GrantId>,
        purpose: AccessPurpose,
    ) -> Result<(), OperationError> {
        let reading = Reading { ehr_id, grant, purpose, address: None };
        fetch::open_range(self, &reading, 0, 1).map(drop)
    }

    /// Every record of a grant to the reader, with its address opened and checked.
    fn granted(&self, grant: &GrantView) -> Result<Vec<Reading>, OperationError> {
        self.require_grantee(grant)?;
        let keys: Vec<_> = grant.value.lines.iter().map(|line| StateKey::ehr(&line.ehr_id)).collect();
        let proof = self.prove(&keys)?;
        grant
            .value
            .lines
            .iter()
            .zip(&keys)
            .map(|(line, key)| {
                let record: EhrValue = value(&proof, key)?;
                self.granted_reading(grant, line.ehr_id, line.part, &record)
            })
            .collect()
    }

    fn granted_reading(
        &self,
        grant: &GrantView,
        ehr_id: EhrId,
        part: u16,
        record: &EhrValue,
    ) -> Result<Reading, OperationError> {
        let PublicPart::Grant(stated) = PublicPart::decode(grant.body.kind, &grant.body.public_part)
            .map_err(|_| OperationError::NotFound)?
        else {
            return Err(OperationError::NotFound);
        };
        // The key first: without it the part is of no use.
        self.own_key(&stated.grantee_key_id)?;
        let id = grant.value.stamp.transaction_id;
        let sealed = self.part(&id, &grant.body, part, PartKind::SealedAddress)?;
        let facts = RecordFacts::of(ehr_id, record);
        let context = self.address_context(&facts, RecipientUse::Grant, grant.value.grantee);
        let address = self.open_address(&context, &stated.grantee_key_id, &sealed)?;
        let purpose = grant.value.purpose;
        Ok(Reading { ehr_id, grant: Some(grant.id), purpose, address: Some(address) })
    }

    fn require_grantee(&self, grant: &GrantView) -> Result<(), OperationError> {
        let me = self.person()?;
        let mine = match grant.value.grantee {
            Party::Person(person) => person == me,
            Party::Department(department) => {
                let key = StateKey::person(&me);
                value::<PersonValue>(&self.prove(&[key])?, &key)?.department == Some(department)
            }
            Party::Organisation(_) | Party::Hospital(_) => false,
        };
        if mine { Ok(()) } else { Err(OperationError::NotFound) }
    }

    /// An own record as owner; another's under a grant that names it and the reader. Without either the attempt is made
    /// all the same: the patient is to see it.
    fn reading_of(&self, ehr_id: EhrId) -> Result<Reading, OperationError> {
        let attempt = Reading { ehr_id, grant: None, purpose: AccessPurpose::Treatment, address: None };
        let record = match self.record(ehr_id) {
            Ok(record) => record,
            Err(OperationError::NotFound) => return Ok(attempt),
            Err(error) => return Err(error),
        };
        if record.value.patient == self.person()? {
            return self.own_reading(&record);
        }
        match self.grant_for(ehr_id)? {
            Some((grant, line)) => self.granted_reading(&grant, ehr_id, line.part, &record.value),
            None => Ok(attempt),
        }
    }

    /// The newest grant in force for a record; else the newest that names it, which says why it no longer opens it.
    fn grant_for(&self, ehr_id: EhrId) -> Result<Option<(GrantView, GrantLineValue)>, OperationError> {
        let mut ended = None;
        for id in self.received_grants()? {
            let grant = match self.grant_view(id) {
                Ok(grant) => grant,
                Err(OperationError::NotFound) => continue,
                Err(error) => return Err(error),
            };
            let line = grant.value.lines.iter().find(|line| line.ehr_id == ehr_id).copied();
            let Some(line) = line.filter(|_| self.require_grantee(&grant).is_ok()) else { continue };
            if line.revoked == 0 && in_force(grant.value.from, grant.value.until, now()) {
                return Ok(Some((grant, line)));
            }
            ended.get_or_insert((grant, line));
        }
        Ok(ended)
    }

    fn own_reading(&self, record: &RecordView) -> Result<Reading, OperationError> {
        let address = Some(self.own_address(record)?);
        let purpose = AccessPurpose::PatientRequest;
        Ok(Reading { ehr_id: record.ehr_id, grant: None, purpose, address })
    }
}
