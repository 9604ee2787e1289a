//! The people of a demonstration, enrolled by their hospitals' registrars.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carechain_client::{
    EnrolmentPlan, Keystore, OperationError, Profile, PublishPlan, Published, Session, Unwatched, now,
};
use carechain_crypto::{PersonId, Secret};
use carechain_types::{EhrKind, Role, Span, Visibility};

use super::error::DemoError;
use super::files::read;
use crate::testnet::Testnet;

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
            patient: enrol_one(net, 2, "patient", Role::Patient)?,
            author: enrol_one(net, 2, "author", Role::Doctor)?,
            reader: enrol_one(net, 3, "reader", Role::Doctor)?,
            outsider: enrol_one(net, 4, "outsider", Role::Doctor)?,
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
            kind: EhrKind::Study,
            keywords: vec![KEYWORD.to_owned(), "thorax".to_owned()],
            title: "CT of the thorax".to_owned(),
            staff: Vec::new(),
            visibility: Visibility::Searchable,
            amends: None,
            recipients: Vec::new(),
        };
        Ok(self.author.publish(&plan, &Unwatched)?)
    }
}

fn enrol_one(net: &Testnet, hospital: usize, name: &str, role: Role) -> Result<Session, DemoError> {
    let registrar = open(net, hospital, "registrar", registrar_keys(net, hospital)?, Role::Registrar)?;
    let folder = net.folder.join("people");
    std::fs::create_dir_all(&folder).map_err(|source| DemoError::File { path: folder.clone(), source })?;
    let keys = Keystore::generate();
    let passphrase = Secret::new(format!("demonstration {name}").into_bytes());
    keys.save(&folder.join(format!("{name}.key")), &passphrase)?;
    let plan = EnrolmentPlan {
        enrolment: keys.enrolment(),
        roles: vec![role],
        until: now().after(Span::DAY.times(300)),
        department: None,
    };
    let (person, _) = registrar.register_person(plan)?;
    Ok(open(net, hospital, name, keys, role)?.with_person(person))
}

fn registrar_keys(net: &Testnet, hospital: usize) -> Result<Keystore, DemoError> {
    let folder = net.hospital_folder(hospital);
    let passphrase = first_line(&folder.join("registrar.passphrase"))?;
    Ok(Keystore::open(&folder.join("registrar.key"), &passphrase)?)
}

fn first_line(path: &Path) -> Result<Secret<Vec<u8>>, DemoError> {
    let bytes = read(path)?;
    Ok(Secret::new(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec()))
}

fn open(
    net: &Testnet,
    hospital: usize,
    name: &str,
    keys: Keystore,
    role: Role,
) -> Result<Session, DemoError> {
    let profile = Profile {
        name: format!("{name}-{hospital}"),
        node: net.node(hospital)?.url(),
        genesis: net.genesis_file(),
        key: PathBuf::new(),
        role,
        person: None,
        hospital: None,
        state: net.folder.join("state").join(format!("{name}-{hospital}")),
        registry: net.folder.join("registry"),
    };
    Ok(Session::open(&profile, Arc::new(keys))?)
}
