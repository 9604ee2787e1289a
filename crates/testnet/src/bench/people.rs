//! Who publishes and reads in a measurement, and what.

use std::path::{Path, PathBuf};

use carechain_client::{OperationError, Progress, Published, Session};
use carechain_types::Role;

use super::error::BenchError;
use crate::network::{Testnet, enrol, study};

/// The hospital of patient and author, from 1: not that of the first primary, as most hospitals are not.
pub(super) const PUBLISHER: usize = 2;

/// A patient and a doctor at one hospital.
pub(super) struct People {
    pub(super) patient: Session,
    pub(super) author: Session,
}

impl People {
    /// Enrols both.
    pub(super) fn enrol(net: &Testnet) -> Result<Self, BenchError> {
        let hospital = PUBLISHER.min(net.nodes.len());
        Ok(Self {
            patient: enrol(net, hospital, "patient", Role::Patient)?,
            author: enrol(net, hospital, "author", Role::Doctor)?,
        })
    }

    /// The author publishes one file.
    pub(super) fn publish(&self, file: &Path, progress: &dyn Progress) -> Result<Published, OperationError> {
        let plan = study(self.patient.person()?, vec![PathBuf::from(file)], &["ct"]);
        self.author.publish(&plan, progress)
    }
}
