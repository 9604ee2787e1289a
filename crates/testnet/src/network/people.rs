//! People of a test network: keys made here, enrolled by their hospital's registrar.

use std::path::PathBuf;
use std::sync::Arc;

use carechain_client::{
    EnrolmentPlan, Keys, Keystore, KeystoreError, OperationError, Profile, PublishPlan, Session, now,
};
use carechain_crypto::{PersonId, Secret};
use carechain_disk::private_file::{FileError, read_passphrase};
use carechain_types::{EhrKind, Role, Span, Visibility};

use super::layout::{Testnet, TestnetError};

/// How long their roles last: a network of tests rarely sees a second day.
const ROLE_LIFE: Span = Span::DAY.times(300);

/// Why somebody is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// There is no such hospital.
    #[error(transparent)]
    Testnet(#[from] TestnetError),
    /// A folder or a passphrase file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Keys cannot be saved or opened.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The registrar's node refuses.
    #[error(transparent)]
    Operation(#[from] OperationError),
}

/// What an author publishes of a patient in a test network.
pub(crate) fn study(patient: PersonId, inputs: Vec<PathBuf>, keywords: &[&str]) -> PublishPlan {
    PublishPlan {
        patient,
        inputs,
        keys: Keys::default(),
        kind: EhrKind::Study,
        keywords: keywords.iter().copied().map(str::to_owned).collect(),
        title: "CT of the thorax".to_owned(),
        staff: Vec::new(),
        visibility: Visibility::Searchable,
        amends: None,
        grant: None,
        recipients: Vec::new(),
    }
}

/// Makes keys for somebody and has a hospital's registrar, from 1, enrol them. The keystore stays in `people/NAME.key`
/// with the passphrase "test network NAME".
pub fn enrol(net: &Testnet, hospital: usize, name: &str, role: Role) -> Result<Session, PeopleError> {
    let registrar = open(net, hospital, "registrar", registrar_keys(net, hospital)?, Role::Registrar)?;
    let folder = net.folder.join("people");
    std::fs::create_dir_all(&folder).map_err(FileError::at(&folder))?;
    let keys = Keystore::generate();
    let passphrase = Secret::new(format!("test network {name}").into_bytes());
    keys.save(&folder.join(format!("{name}.key")), &passphrase)?;
    let plan = EnrolmentPlan {
        enrolment: keys.enrolment(),
        roles: vec![role],
        until: now().after(ROLE_LIFE),
        department: None,
    };
    let (person, _) = registrar.register_person(plan)?;
    Ok(open(net, hospital, name, keys, role)?.with_person(person))
}

fn registrar_keys(net: &Testnet, hospital: usize) -> Result<Keystore, PeopleError> {
    let folder = net.hospital_folder(hospital);
    let passphrase = read_passphrase(&folder.join("registrar.passphrase"))?;
    Ok(Keystore::open(&folder.join("registrar.key"), &passphrase)?)
}

fn open(
    net: &Testnet,
    hospital: usize,
    name: &str,
    keys: Keystore,
    role: Role,
) -> Result<Session, PeopleError> {
    let profile = Profile {
        name: format!("{name}-{hospital}"),
        node: net.node(hospital)?.url(),
        ca: net.node(hospital)?.certificate.clone(),
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
