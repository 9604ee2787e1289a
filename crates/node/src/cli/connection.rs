//! From options and client.toml to a session: one person, or a registrar, at one node.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carechain_client::{
    Committed, Keystore, LockedRegistry, NodeUrl, OperationError, PersonName, Profile, Registry, Session,
};
use carechain_crypto::PersonId;
use carechain_disk::private_file::with_suffix;
use carechain_schema::{Origin, OutcomeLine};
use carechain_types::{Refusal, Role};

use super::key::{keystore_error, passphrase};
use super::node_address::{check_ca, node_url};
use super::words::timestamp;
use super::{CommandError, Global};

/// A session with the profile it comes from.
pub(super) struct Connection {
    /// Node, ledger, keys.
    pub profile: Profile,
    /// One person, or a registrar, at one node.
    pub session: Session,
}

impl Connection {
    /// Opens the keystore and the session that options and client.toml name.
    pub(super) fn open(global: &Global) -> Result<Self, CommandError> {
        let profile = profile(global)?;
        let keystore = open_keystore(global, &profile.key)?;
        let session = Session::open(&profile, Arc::new(keystore))?;
        Ok(Self { profile, session })
    }

    /// The same for what only a person does; a registrar's key alone is nobody.
    pub(super) fn open_as_person(global: &Global) -> Result<Self, CommandError> {
        let connection = Self::open(global)?;
        connection.session.person()?;
        Ok(connection)
    }

    /// The private registry of the hospital whose node it is.
    pub(super) fn registry(&self) -> Result<Registry, CommandError> {
        let hint = "the registrar keeps this file; `registry` in the profile names its folder";
        Registry::load(&self.registry_file()).map_err(|error| CommandError::usage(error, hint))
    }

    /// The same, to add to it; makes its folder. Another registrar of the hospital waits until it is dropped.
    pub(super) fn lock_registry(&self) -> Result<LockedRegistry, CommandError> {
        let hint = "`registry` in the profile names a folder that may be written";
        let folder = &self.profile.registry;
        std::fs::create_dir_all(folder)
            .map_err(|error| CommandError::usage(format!("{}: {error}", folder.display()), hint))?;
        LockedRegistry::lock(&self.registry_file()).map_err(|error| CommandError::usage(error, hint))
    }

    fn registry_file(&self) -> PathBuf {
        self.profile.registry.join(format!("{}.json", self.session.gateway()))
    }

    /// Whom a name stands for: an id, or the hospital's own number.
    pub(super) fn resolve(&self, name: &PersonName) -> Result<PersonId, CommandError> {
        let number = match name {
            PersonName::Id(id) => return Ok(*id),
            PersonName::Number(number) => number,
        };
        self.registry()?.resolve(name).map_err(|error| {
            let folder = self.profile.registry.display();
            let failure = OperationError::from(error).failure();
            let hint = format!(
                "`person register ... --mrn {}` puts it into the registry in {folder}; or name the person id",
                number.as_str()
            );
            CommandError::new(failure.code, failure.message, hint)
        })
    }

    /// Where a committed transaction stands.
    pub(super) fn origin(&self, committed: &Committed) -> Origin {
        let code = committed.outcome.code;
        let name = match Refusal::from_code(code) {
            _ if committed.outcome.is_done() => "done",
            Some(refusal) => refusal.as_str(),
            None => "unknown",
        };
        Origin {
            chain_id: Some(self.session.chain_id().to_hex()),
            height: Some(committed.height.get()),
            block_time: Some(timestamp(committed.time)),
            transaction_id: Some(committed.id.to_hex()),
            outcome: Some(OutcomeLine { code, name: name.to_owned() }),
            ..Origin::default()
        }
    }
}

fn open_keystore(global: &Global, path: &Path) -> Result<Keystore, CommandError> {
    // The file first: nobody is asked for the passphrase of a keystore that is not there.
    if let Err(error) = std::fs::metadata(path) {
        let hint = "`key` in the profile, or --key, names the keystore; `key new` makes one";
        return Err(CommandError::usage(format!("cannot read {}: {error}", path.display()), hint));
    }
    let passphrase = passphrase(global)?;
    Keystore::open(path, &passphrase).map_err(|error| keystore_error(path, &error))
}

/// The profile: from client.toml with the options in place of its values, or from the options alone.
fn profile(global: &Global) -> Result<Profile, CommandError> {
    let named = global.profile.is_some() || global.client.exists();
    let mut profile = match (&global.node, &global.key, &global.genesis) {
        (Some(node), Some(key), Some(genesis)) if global.profile.is_none() => {
            of_options(global, node_url("--node", node, global)?, key, genesis)
        }
        _ if named => Profile::load(&global.client, global.profile.as_deref()).map_err(|error| {
            CommandError::usage(error, "--profile names a profile of the file that --client names")
        })?,
        _ => {
            let message = format!("no profile: {} is not there", global.client.display());
            let hint =
                "name one with --client and --profile, or give --node, --key and --genesis (and --as PERSON)";
            return Err(CommandError::usage(message, hint));
        }
    };
    if let Some(node) = &global.node {
        let node = node_url("--node", node, global)?;
        // Another node is another gateway: its hospital is asked for.
        profile.hospital = profile.hospital.filter(|_| node == profile.node);
        profile.node = node;
    }
    if let Some(ca) = &global.ca {
        check_ca(&profile.node, global)?;
        profile.ca = Some(ca.clone());
    }
    if let Some(key) = &global.key {
        profile.key = key.clone();
    }
    if let Some(genesis) = &global.genesis {
        profile.genesis = genesis.clone();
    }
    profile.person = global.acting.or(profile.person);
    Ok(profile)
}

fn of_options(global: &Global, node: NodeUrl, key: &Path, genesis: &Path) -> Profile {
    let folder = global.client.parent().unwrap_or(Path::new("."));
    Profile {
        name: "options".to_owned(),
        node,
        ca: None,
        genesis: genesis.to_owned(),
        key: key.to_owned(),
        role: if global.acting.is_some() { Role::Patient } else { Role::Registrar },
        person: global.acting,
        hospital: None,
        state: state_beside(key),
        registry: folder.join("registry"),
    }
}

/// `alice.key` remembers in `alice.key.state`.
fn state_beside(key: &Path) -> PathBuf {
    with_suffix(key, ".state")
}
