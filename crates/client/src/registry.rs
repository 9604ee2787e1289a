//! The hospital's private registry: its own patient numbers, mapped to person ids. Kept by the registrar, never sent.
//!
//! Several registrars may share the file: whoever adds to it holds its lock from reading to writing ([`LockedRegistry`]).

mod patient_number;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use carechain_crypto::{IdTextError, PersonId};
use carechain_disk::private_file::{self, FileError, LockedFile};
use serde::{Deserialize, Serialize};

use crate::limits::REGISTRY_BYTES_MAX;

pub use patient_number::{PatientNumber, PatientNumberError};

const SCHEMA: &str = "carechain/registry/1";

/// What a patient is called by: a person id, or the hospital's own number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PersonName {
    /// `per_…`
    Id(PersonId),
    /// `mrn:4711`
    Number(PatientNumber),
}

/// Why a text names nobody.
#[derive(Debug, thiserror::Error)]
pub enum PersonNameError {
    /// It does not begin with `mrn:`, and is no id of a person.
    #[error(transparent)]
    Id(#[from] IdTextError),
    /// What follows `mrn:` is no number.
    #[error(transparent)]
    Number(#[from] PatientNumberError),
}

impl core::str::FromStr for PersonName {
    type Err = PersonNameError;

    fn from_str(text: &str) -> Result<Self, PersonNameError> {
        match text.trim().strip_prefix("mrn:") {
            Some(number) => Ok(Self::Number(number.parse()?)),
            None => Ok(Self::Id(text.trim().parse()?)),
        }
    }
}

/// Why the registry has no answer.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no registry.
    #[error("{} is no registry: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// Another schema.
    #[error("registry schema \"{got}\" where \"{SCHEMA}\" is known")]
    Schema {
        /// In the file.
        got: String,
    },
    /// The number is not in the registry. The registrar enrols the patient first.
    #[error("the registry does not know this patient number")]
    UnknownNumber,
    /// The number stands for somebody else already. The registrar looks.
    #[error("this patient number stands for {person} already")]
    NumberTaken {
        /// For whom.
        person: PersonId,
    },
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    numbers: BTreeMap<String, String>,
    persons: Vec<String>,
}

/// The registry of one hospital.
#[derive(Debug, Default)]
pub struct Registry {
    numbers: BTreeMap<PatientNumber, PersonId>,
    persons: Vec<PersonId>,
}

impl Registry {
    /// Reads it; a file that is not there is an empty registry.
    pub fn load(path: &Path) -> Result<Self, RegistryError> {
        match private_file::read_private(path, REGISTRY_BYTES_MAX) {
            Err(FileError::Access { source, .. }) if source.kind() == ErrorKind::NotFound => {
                Ok(Self::default())
            }
            bytes => Self::parse(path, &bytes?),
        }
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, RegistryError> {
        let json = |source| RegistryError::Json { path: path.to_owned(), source };
        let file: File = serde_json::from_slice(bytes).map_err(json)?;
        if file.schema != SCHEMA {
            return Err(RegistryError::Schema { got: file.schema });
        }
        let person =
            |text: &str| text.parse::<PersonId>().map_err(|error| json(serde::de::Error::custom(error)));
        let mut numbers = BTreeMap::new();
        for (number, text) in &file.numbers {
            let number =
                number.parse::<PatientNumber>().map_err(|error| json(serde::de::Error::custom(error)))?;
            if numbers.insert(number, person(text)?).is_some() {
                return Err(json(serde::de::Error::custom("one patient number stands in it twice")));
            }
        }
        let persons = file.persons.iter().map(|text| person(text)).collect::<Result<_, _>>()?;
        Ok(Self { numbers, persons })
    }

    /// Whom a name stands for.
    pub fn resolve(&self, name: &PersonName) -> Result<PersonId, RegistryError> {
        match name {
            PersonName::Id(id) => Ok(*id),
            PersonName::Number(number) => {
                self.numbers.get(number).copied().ok_or(RegistryError::UnknownNumber)
            }
        }
    }

    /// Checks before anybody is enrolled that the number is free.
    pub fn check_free(&self, number: &PatientNumber) -> Result<(), RegistryError> {
        match self.numbers.get(number) {
            Some(person) => Err(RegistryError::NumberTaken { person: *person }),
            None => Ok(()),
        }
    }

    /// Everybody this registrar enrolled, in order.
    #[must_use]
    pub fn persons(&self) -> &[PersonId] {
        &self.persons
    }

    fn to_bytes(&self) -> Vec<u8> {
        let file = File {
            schema: SCHEMA.to_owned(),
            numbers: self
                .numbers
                .iter()
                .map(|(number, id)| (number.as_str().to_owned(), id.to_string()))
                .collect(),
            persons: self.persons.iter().map(ToString::to_string).collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&file).expect("strings always encode");
        bytes.push(b'\n');
        bytes
    }
}

/// The registry while one registrar adds to it: no other process writes it until this is dropped.
#[derive(Debug)]
pub struct LockedRegistry {
    file: LockedFile,
    registry: Registry,
}

impl LockedRegistry {
    /// Waits until no other process has it, and reads it. Its folder must be there.
    pub fn lock(path: &Path) -> Result<Self, RegistryError> {
        let file = LockedFile::lock(path)?;
        let bytes = file.read(REGISTRY_BYTES_MAX)?;
        let registry = bytes.map(|bytes| Registry::parse(path, &bytes)).transpose()?.unwrap_or_default();
        Ok(Self { file, registry })
    }

    /// As it is now.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Remembers an enrolled person, with the hospital's own number if there is one, and writes the file.
    pub fn remember(
        &mut self,
        person: PersonId,
        number: Option<&PatientNumber>,
    ) -> Result<(), RegistryError> {
        if let Some(number) = number {
            self.registry.check_free(number)?;
            self.registry.numbers.insert(number.clone(), person);
        }
        if !self.registry.persons.contains(&person) {
            self.registry.persons.push(person);
        }
        Ok(self.file.replace(&self.registry.to_bytes())?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
