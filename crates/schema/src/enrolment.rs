//! What `key`, `register` and `person` print.

use serde::{Deserialize, Serialize};

use crate::document::Described;
use crate::timestamp::Timestamp;

/// One public key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyLine {
    /// Key id, hex.
    pub key_id: String,
    /// `signing` or `sealing`.
    pub kind: String,
    /// Public bytes, hex.
    pub public: String,
}

/// A new keystore: `key new`, `key show`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyCreated {
    /// The keystore file, as given.
    pub path: String,
    /// The file to hand to the registrar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrol_path: Option<String>,
    /// Public halves.
    pub keys: Vec<KeyLine>,
}

impl Described for KeyCreated {
    const SCHEMA: &'static str = "carechain/key/1";
}

/// A role with its end.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RoleLine {
    /// For example `doctor`.
    pub role: String,
    /// In force before this time.
    pub until: Timestamp,
}

/// An enrolled person: `person register`, `person show`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonLine {
    /// The person, `per_…`.
    pub person_id: String,
    /// Who enrolled them, `hos_…` or another party's id.
    pub enroller: String,
    /// Their department, `dep_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Roles.
    pub roles: Vec<RoleLine>,
    /// Public keys in force.
    pub keys: Vec<KeyLine>,
    /// Whether their standing has ended.
    pub suspended: bool,
}

impl Described for PersonLine {
    const SCHEMA: &'static str = "carechain/person/1";
}

/// Persons in the hospital's private registry: `person list`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonList {
    /// The persons.
    pub persons: Vec<PersonLine>,
}

impl Described for PersonList {
    const SCHEMA: &'static str = "carechain/persons/1";
}

/// An enrolled department: `register department`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DepartmentRegistered {
    /// The department, `dep_…`.
    pub department_id: String,
    /// Its hospital, `hos_…`.
    pub hospital: String,
}

impl Described for DepartmentRegistered {
    const SCHEMA: &'static str = "carechain/department/1";
}
