//! The people of a demonstration, enrolled by their hospitals' registrars.

use std::path::PathBuf;

use carechain_client::{Keys, OperationError, PublishPlan, Published, Session, Unwatched};
use carechain_crypto::PersonId;
use carechain_types::{EhrKind, Role, Visibility};

use super::error::DemoError;
use crate::network::{Testnet, enrol};

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
        let plan = PublishPlan {
            patient: self.patient_id()?,
            inputs: inputs.to_vec(),
            keys: Keys::default(),
            kind: EhrKind::Study,
            keywords: vec![KEYWORD.to_owned(), "thorax".to_owned()],
            title: "CT of the thorax".to_owned(),
            staff: Vec::new(),
            visibility: Visibility::Searchable,
            amends: None,
            grant: None,
            recipients: Vec::new(),
        };
        Ok(self.author.publish(&plan, &Unwatched)?)
    }
}
