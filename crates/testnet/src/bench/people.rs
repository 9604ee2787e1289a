//! Who publishes and reads in a measurement, and what.

use std::path::{Path, PathBuf};

use carechain_client::{Keys, OperationError, Progress, PublishPlan, Published, Session};
use carechain_types::{EhrKind, Role, Visibility};

use super::error::BenchError;
use crate::network::{Testnet, enrol};

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
        let plan = PublishPlan {
            patient: self.patient.person()?,
            inputs: vec![PathBuf::from(file)],
            keys: Keys::default(),
            kind: EhrKind::Study,
            keywords: vec!["ct".to_owned()],
            title: "CT of the thorax".to_owned(),
            staff: Vec::new(),
            visibility: Visibility::Searchable,
            amends: None,
            grant: None,
            recipients: Vec::new(),
        };
        self.author.publish(&plan, progress)
    }
}
