//! Filling a destination, record by record.

use std::path::Path;

use super::destination::Destination;
use super::fetch::{Spooled, fetch};
use super::reading::Reading;
use super::retrieved::Retrieved;
use crate::archive::unpack;
use crate::error::OperationError;
use crate::progress::Progress;
use crate::session::Session;
use crate::spool::SpoolFolder;

/// The work, and what of it is done.
pub(super) struct Filling<'a> {
    pub(super) session: &'a Session,
    pub(super) spool: &'a SpoolFolder,
    pub(super) destination: &'a Destination,
    /// The folder that the destination becomes.
    pub(super) output: &'a Path,
    pub(super) progress: &'a dyn Progress,
    /// Records that are whole, with their ciphertext, which is of use until they are in their place.
    pub(super) done: Vec<(Retrieved, Spooled)>,
}

impl Filling<'_> {
    /// Fetches and unpacks all; several go into one folder each, named by their ids.
    pub(super) fn fill(&mut self, readings: &[Reading]) -> Result<(), OperationError> {
        for reading in readings {
            let name = (readings.len() > 1).then(|| reading.ehr_id.to_string());
            let done = self.retrieve(reading, name.as_deref())?;
            self.done.push(done);
        }
        Ok(())
    }

    fn retrieve(
        &self,
        reading: &Reading,
        name: Option<&str>,
    ) -> Result<(Retrieved, Spooled), OperationError> {
        let Some(address) = &reading.address else {
            self.session.attempt_read(reading.ehr_id, reading.grant, reading.purpose)?;
            return Err(OperationError::NotFound);
        };
        let fetched = fetch(self.session, self.spool, (reading, address), self.progress)?;
        let archive = fetched.record.reader(fetched.spooled.file());
        let unpacked = match unpack(archive, &self.destination.place(name), self.progress) {
            Err(error) if error.is_of_the_archive() => {
                fetched.spooled.remove();
                return Err(error.into());
            }
            unpacked => unpacked?,
        };
        let retrieved = Retrieved {
            ehr_id: reading.ehr_id,
            grant: reading.grant,
            length: address.length,
            entry_count: unpacked.entry_count,
            output: name.map_or_else(|| self.output.to_owned(), |name| self.output.join(name)),
            entry: fetched.entry,
            height: fetched.height,
        };
        Ok((retrieved, fetched.spooled))
    }
}
