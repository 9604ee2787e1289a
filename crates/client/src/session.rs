//! One person at one node: what every operation starts from.

mod parts;
mod query;
mod submit;
mod target;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carechain_crypto::{ChainId, HospitalId, PersonId};
use carechain_schema::{Described, NodeReport, Route, StatusReport};
use carechain_types::{KeyAgent, Party};
use serde::de::DeserializeOwned;

use crate::caller::{Call, Caller};
use crate::error::OperationError;
use crate::profile::Profile;
use crate::progress::Progress;
use crate::spool::SpoolFolder;
use crate::trust::Trust;

pub(crate) use parts::RecordFacts;
pub(crate) use query::{body_of, pause, value};
pub use submit::{Committed, Draft, proof_file};
pub(crate) use target::Target;

/// A key agent that sessions share.
pub type SharedAgent = Arc<dyn KeyAgent + Send + Sync>;

/// One person at one node.
pub struct Session {
    caller: Caller,
    trust: Trust,
    agent: SharedAgent,
    person: Option<PersonId>,
    gateway: HospitalId,
    folder: PathBuf,
}

impl Session {
    /// Opens a session: reads the genesis file and asks the node, unless the profile pins it, whose node it is.
    pub fn open(profile: &Profile, agent: SharedAgent) -> Result<Self, OperationError> {
        let trust = Trust::open(&profile.genesis, &profile.state)?;
        let caller = match &profile.ca {
            Some(certificates) => Caller::trusting(&profile.node, certificates)?,
            None => Caller::new(&profile.node),
        };
        let gateway = match profile.hospital {
            Some(hospital) => hospital,
            None => ask_hospital(&caller, trust.chain_id())?,
        };
        Ok(Self { caller, trust, agent, person: profile.person, gateway, folder: profile.state.clone() })
    }

    /// The same person, named now: after enrolment, or by `--person`.
    #[must_use]
    pub fn with_person(self, person: PersonId) -> Self {
        Self { person: Some(person), ..self }
    }

    /// The ledger.
    #[must_use]
    pub const fn chain_id(&self) -> &ChainId {
        self.trust.chain_id()
    }

    /// What proofs are checked against.
    #[must_use]
    pub const fn trust(&self) -> &Trust {
        &self.trust
    }

    /// HTTP to the node.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The hospital whose node it is.
    #[must_use]
    pub const fn gateway(&self) -> HospitalId {
        self.gateway
    }

    /// Folder of what this client remembers.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What this client keeps while it works.
    pub(crate) fn spool(&self) -> Result<SpoolFolder, OperationError> {
        let access = |source| OperationError::SpoolAccess { path: self.folder.join("spool"), source };
        SpoolFolder::open(&self.folder).map_err(access)
    }

    /// The same, without what earlier runs left in it.
    pub(crate) fn swept_spool(&self, progress: &dyn Progress) -> Result<SpoolFolder, OperationError> {
        let spool = self.spool()?;
        let access = |source| OperationError::SpoolAccess { path: spool.path().to_owned(), source };
        spool.sweep(progress).map_err(access)?;
        Ok(spool)
    }

    /// Who acts; a session of a hospital's key has nobody.
    pub fn person(&self) -> Result<PersonId, OperationError> {
        self.person.ok_or(OperationError::NoPerson)
    }

    /// The keys.
    pub(crate) fn agent(&self) -> &(dyn KeyAgent + Send + Sync) {
        &*self.agent
    }

    /// In whose name transactions are sent.
    pub(crate) fn sender(&self) -> Party {
        self.person.map_or(Party::Hospital(self.gateway), Party::Person)
    }
}

impl core::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Session({} at {})", self.sender(), self.caller.node())
    }
}

/// How a node of this machine says it is; others tell it only to their operators. Not proven.
pub fn node_status(caller: &Caller) -> Result<StatusReport, OperationError> {
    ask(caller, Route::STATUS)
}

fn ask<T: Described + DeserializeOwned>(caller: &Caller, route: Route) -> Result<T, OperationError> {
    let call = Call { method: route.method, path: route.path, query: None };
    let answer = caller.call(call, b"")?;
    Ok(answer.document().map_err(|problem| caller.foreign(problem))?)
}

fn ask_hospital(caller: &Caller, chain_id: &ChainId) -> Result<HospitalId, OperationError> {
    let node: NodeReport = ask(caller, Route::NODE)?;
    if node.chain_id != chain_id.to_hex() {
        return Err(OperationError::WrongLedger);
    }
    let foreign =
        |_| caller.foreign(format_args!("its hospital \"{}\" is no id of a hospital", node.hospital));
    Ok(node.hospital.parse().map_err(foreign)?)
}
