//! `client.toml`: which node, which ledger, which keys. Unknown keys are refused; relative paths start at the file.
//!
//! ```toml
//! [profile.alice]
//! node = "https://10.0.0.5:7100"   # http:// within one machine; to another one only with `insecure = true`
//! ca = "hospital-ca.pem"    # what the node's certificate is signed with, or that certificate itself; for https
//! genesis = "genesis.json"
//! key = "alice.key"
//! role = "patient"
//! person = "per_…"          # from the registrar; a registrar by hospital key has none
//! hospital = "hos_…"        # whose node it is; asked from the node if left out
//! state = "state/alice"     # what the client remembers: newest epoch, spool
//! registry = "registry"     # folder of the hospital's private registry: its own patient numbers
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use carechain_crypto::{HospitalId, IdTextError, PersonId};
use carechain_disk::private_file::{self, FileError};
use carechain_types::Role;
use serde::Deserialize;

use crate::limits::SMALL_FILE_BYTES_MAX;
use crate::node_url::{InTheClear, NodeUrl, NodeUrlError};

/// Why a profile is not used. The person mends the file.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no UTF-8 text.
    #[error("{} is no UTF-8 text", path.display())]
    Text {
        /// The file.
        path: PathBuf,
    },
    /// A key is unknown, missing or of the wrong type; the message names it.
    #[error("{}: {source}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: Box<toml::de::Error>,
    },
    /// A value is not what its key says.
    #[error("profile {profile}: {key} = \"{value}\": {expected}")]
    Value {
        /// Which profile.
        profile: String,
        /// Which key.
        key: &'static str,
        /// In the file.
        value: String,
        /// What it must be.
        expected: String,
    },
    /// No profile of that name.
    #[error("no profile \"{name}\"; there are: {known}")]
    Unknown {
        /// The name.
        name: String,
        /// Names in the file.
        known: String,
    },
}

/// One profile, checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Where the node is.
    pub node: NodeUrl,
    /// Certificates that the node must show one of, or one signed by; needed for https.
    pub ca: Option<PathBuf>,
    /// The genesis file that pins the ledger.
    pub genesis: PathBuf,
    /// The keystore.
    pub key: PathBuf,
    /// In which role.
    pub role: Role,
    /// Who; none for a registrar who signs with a hospital's key.
    pub person: Option<PersonId>,
    /// Whose node it is, if pinned.
    pub hospital: Option<HospitalId>,
    /// Folder of what the client remembers.
    pub state: PathBuf,
    /// Folder of the hospitals' private registries, one file a hospital.
    pub registry: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    profile: BTreeMap<String, RawProfile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    node: String,
    ca: Option<PathBuf>,
    #[serde(default)]
    insecure: bool,
    genesis: PathBuf,
    key: PathBuf,
    role: String,
    person: Option<String>,
    hospital: Option<String>,
    state: Option<PathBuf>,
    registry: Option<PathBuf>,
}

impl Profile {
    /// One profile of a file; without a name the only one, or the one called `default`.
    pub fn load(path: &Path, name: Option<&str>) -> Result<Self, ProfileError> {
        let bytes = private_file::read(path, SMALL_FILE_BYTES_MAX)?;
        let text = String::from_utf8(bytes).map_err(|_| ProfileError::Text { path: path.to_owned() })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let raw: RawFile = toml::from_str(&text)
            .map_err(|source| ProfileError::Toml { path: path.to_owned(), source: Box::new(source) })?;
        let known = raw.profile.keys().cloned().collect::<Vec<_>>().join(", ");
        let name = match (name, raw.profile.len()) {
            (Some(name), _) => name.to_owned(),
            (None, 1) => known.clone(),
            (None, _) => "default".to_owned(),
        };
        let mut profiles = raw.profile;
        let Some(raw) = profiles.remove(&name) else { return Err(ProfileError::Unknown { name, known }) };
        raw.check(name, folder)
    }
}

impl RawProfile {
    fn check(self, name: String, folder: &Path) -> Result<Profile, ProfileError> {
        let wrong = |key, value: &str, expected: &dyn core::fmt::Display| ProfileError::Value {
            profile: name.clone(),
            key,
            value: value.to_owned(),
            expected: expected.to_string(),
        };
        let clear = if self.insecure { InTheClear::Anywhere } else { InTheClear::ThisMachine };
        let node = NodeUrl::parse(&self.node, clear).map_err(|error| match error {
            NodeUrlError::Form => wrong("node", &self.node, &error),
            NodeUrlError::Clear => {
                let way_out =
                    "use https:// and `ca`, or set `insecure = true` where a tunnel of your own carries it";
                wrong("node", &self.node, &format_args!("{error}: {way_out}"))
            }
        })?;
        if node.is_encrypted() && self.ca.is_none() {
            let expected = "https needs `ca`, the file with the certificate of the node or of its authority";
            return Err(wrong("node", &self.node, &expected));
        }
        if !node.is_encrypted() && self.ca.is_some() {
            let expected = "`ca` is for https: over http nobody would ask the node for its certificate";
            return Err(wrong("node", &self.node, &expected));
        }
        let role = Role::from_text(&self.role).ok_or_else(|| {
            let roles = Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
            wrong("role", &self.role, &format_args!("expected one of {roles}"))
        })?;
        let id = |key, text: &str, error: IdTextError| wrong(key, text, &error);
        let person =
            self.person.map(|text| text.parse().map_err(|error| id("person", &text, error))).transpose()?;
        let hospital = self
            .hospital
            .map(|text| text.parse().map_err(|error| id("hospital", &text, error)))
            .transpose()?;
        let state = self.state.unwrap_or_else(|| Path::new("state").join(&name));
        Ok(Profile {
            node,
            ca: self.ca.map(|ca| folder.join(ca)),
            genesis: folder.join(self.genesis),
            key: folder.join(self.key),
            role,
            person,
            hospital,
            state: folder.join(state),
            registry: folder.join(self.registry.unwrap_or_else(|| PathBuf::from("registry"))),
            name,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
