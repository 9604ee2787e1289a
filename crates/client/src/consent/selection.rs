//! Which records a request is for, among those the patient has.

use carechain_crypto::EhrId;
use carechain_types::{Reason, RequestSelection, SearchQuery};

use crate::error::OperationError;
use crate::limits::LIST_PAGES_MAX;
use crate::lists::RecordView;
use crate::session::Session;

impl Session {
    /// The records of the patient that a request selects: by id, or by filters that the ledger proves.
    pub(super) fn selected(&self, selection: &RequestSelection) -> Result<Vec<RecordView>, OperationError> {
        let patient = self.person()?;
        let mut records = self.records(patient)?.items;
        records.retain(|record| record.value.purged == 0);
        if !selection.ehr_ids.is_empty() {
            records.retain(|record| selection.ehr_ids.contains(&record.ehr_id));
            return if records.len() == selection.ehr_ids.len() {
                Ok(records)
            } else {
                Err(OperationError::NotFound)
            };
        }
        // A version that was replaced is not meant by "all records of ...".
        records.retain(|record| record.value.amended_by.is_none());
        records.retain(|record| selection.author.is_none_or(|author| record.value.author == author));
        records.retain(|record| selection.hospital.is_none_or(|hospital| record.value.hospital == hospital));
        if selection.from.is_some() || selection.until.is_some() {
            records = self.published_within(records, selection)?;
        }
        if records.is_empty() { Err(OperationError::NothingMatches) } else { Ok(records) }
    }

    /// Fails if the request names keywords, with the records that the node's index finds by them.
    pub(super) fn refuse_keywords(
        &self,
        reason: Option<&Reason>,
        records: &[RecordView],
    ) -> Result<(), OperationError> {
        let Some(reason) = reason.filter(|reason| !reason.keywords.is_empty()) else { return Ok(()) };
        let keywords = reason.keywords.iter().map(|word| word.as_str().to_owned()).collect();
        let found =
            self.found(SearchQuery { patient: Some(self.person()?), keywords, ..SearchQuery::default() })?;
        let found =
            found.into_iter().filter(|id| records.iter().any(|record| record.ehr_id == *id)).collect();
        Err(OperationError::Choose { found })
    }

    fn published_within(
        &self,
        records: Vec<RecordView>,
        selection: &RequestSelection,
    ) -> Result<Vec<RecordView>, OperationError> {
        let mut within = Vec::new();
        for record in records {
            let (committed, _) = self.transaction(&record.value.stamp.transaction_id)?;
            let after = selection.from.is_none_or(|from| from <= committed.time);
            if after && selection.until.is_none_or(|until| committed.time < until) {
                within.push(record);
            }
        }
        Ok(within)
    }

    fn found(&self, search: SearchQuery) -> Result<Vec<EhrId>, OperationError> {
        let mut ids = Vec::new();
        let mut search = search;
        for _ in 0..LIST_PAGES_MAX {
            let page = self.search(&search)?;
            for line in &page.abstracts {
                ids.extend(line.ehr_id.parse::<EhrId>());
            }
            search.after = page.next;
            if search.after.is_none() {
                return Ok(ids);
            }
        }
        Err(OperationError::ListTooLong)
    }
}
