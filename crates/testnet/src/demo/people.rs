//! The people of a demonstration, enrolled by their hospitals' registrars.

use std::path::PathBuf;

use carechain_client::{OperationError, Published, Session, Unwatched};
use carechain_crypto::PersonId;
use carechain_types::Role;

use super::error::DemoError;
use crate::network::{Testnet, enrol, study};

/// A keyword of the demonstration's record.
pub(super) const KEYWORD: &str = "ct";

/// Who takes part, each at their own hospital's node.
pub(super) struct People {
    /// Owns the record; at hospital 2.
    pub(super) patient: Session,
    /// Publishes; at hospital 2.
    pub(super) author: Session,
    /// Asks and reads; at hospital 3.
    pub(super) reader: Session,
    /// Was never asked; at hospital 4.
    pub(super) outsider: Session,
}

impl People {
    /// Makes keys for everybody and enrols them.
    pub(super) fn enrol(net: &Testnet) -> Result<Self, DemoError> {
        Ok(Self {
            patient: enrol(net, 2, "patient", Role::Patient)?,
            author: enrol(net, 2, "author", Role::Doctor)?,
            reader: enrol(net, 3, "reader", Role::Doctor)?,
            outsider: enrol(net, 4, "outsider", Role::Doctor)?,
        })
    }

    /// The patient's id.
    pub(super) fn patient_id(&self) -> Result<PersonId, OperationError> {
        self.patient.person()
    }

    /// The author publishes the study.
    pub(super) fn publish(&self, inputs: &[PathBuf]) -> Result<Published, DemoError> {
        let plan = study(self.patient_id()?, inputs.to_vec(), &[KEYWORD, "thorax"]);
        Ok(self.author.publish(&plan, &Unwatched)?)
    }
}
