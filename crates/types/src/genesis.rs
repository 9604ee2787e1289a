//! The genesis file: canonical JSON, hashed as bytes. Its BLAKE3 is the chain id.
//!
//! The file is what every client and node pins. It is written once, by `genesis create`, with sorted hospitals, keys
//! as lower-case hex and two-space indentation; [`Genesis::from_bytes`] refuses bytes that it would not write itself.

mod file;

use std::collections::BTreeSet;

use carechain_crypto::{ChainId, HospitalId, KeyId, SigningPublicKey, StateRoot, check_sealing_key, hash};

use crate::block::{Header, PROTOCOL_VERSION};
use crate::bounded::{BoundedBytes, BoundedString, BoundedVec, NonEmptyVec};
use crate::certificate::Certificate;
use crate::ids::hospital_id;
use crate::keys::SealingKey;
use crate::limits::{GOVERNANCE_KEYS_MAX, NAME_BYTES_MAX, REGISTRAR_KEYS_MAX, REPLICAS_MAX};
use crate::membership::{Endpoints, Member, Membership};
use crate::numbers::{Epoch, Height, ReplicaId, View};
use crate::state::{HospitalValue, MemberValue, NodeKey, ParameterValue, Stamp, StateKey, StateValue};
use crate::time::{Span, Time};
use crate::tree;

/// Bytes of a private index key sealed to one node: encapsulation 32, key 32, tag 16.
pub const INDEX_KEY_SHARE_BYTES: usize = 80;

/// Who may search what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SearchPolicy {
    /// By any combination of fields, as in Li 2022.
    AnyOf,
    /// Only with a patient named.
    PatientNamed,
}

/// Rules of the consortium that genesis fixes. In state under `parameter(n)`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parameters {
    /// Receipts an abstract needs.
    pub receipts_required: u8,
    /// Copies that custody makes of a file.
    pub copies: u8,
    /// Who may search what.
    pub search_policy: SearchPolicy,
    /// How long a grant lasts if the patient says nothing.
    pub default_window: Span,
    /// How long a recovery waits for objections.
    pub recovery_delay: Span,
    /// Bytes of a transaction with its parts.
    pub transaction_bytes_max: u32,
    /// Bytes of the transactions of one block.
    pub block_bytes_max: u32,
}

/// One founding hospital.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GenesisHospital {
    /// Its id, recomputed from name and governance.
    pub id: HospitalId,
    /// Its name.
    pub name: BoundedString<NAME_BYTES_MAX>,
    /// Share of files it holds.
    pub weight: u32,
    /// How many governance keys must sign.
    pub governance_threshold: u8,
    /// Governance keys, ascending.
    pub governance_keys: BoundedVec<SigningPublicKey, GOVERNANCE_KEYS_MAX>,
    /// Ed25519 key of its node.
    pub node_key: SigningPublicKey,
    /// Sealing key of its node.
    pub node_sealing_key: SealingKey,
    /// Where its node listens.
    pub endpoints: Endpoints,
    /// Keys of its registrars.
    pub registrar_keys: BoundedVec<SigningPublicKey, REGISTRAR_KEYS_MAX>,
    /// The private index key sealed to its node.
    pub index_key_share: BoundedBytes<INDEX_KEY_SHARE_BYTES>,
}

/// The founding of a ledger.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Genesis {
    /// When; the time of block 0.
    pub created: Time,
    /// Name of the consortium.
    pub name: BoundedString<NAME_BYTES_MAX>,
    /// Its rules.
    pub parameters: Parameters,
    /// Key that index entries are sealed to.
    pub index_key: SealingKey,
    /// The hospitals, in member order.
    pub hospitals: BoundedVec<GenesisHospital, REPLICAS_MAX>,
}

/// Why a genesis file is refused.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// Not JSON of this schema.
    #[error("not a genesis file: {0}")]
    Json(#[from] serde_json::Error),
    /// A field is not what its name says.
    #[error("genesis field {field}: {problem}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The bytes differ from what this version would write for the same content.
    #[error("the genesis file was reformatted or edited: its bytes are its identity, use the original")]
    NotCanonical,
    /// Not enough hospitals.
    #[error("a ledger needs at least one hospital")]
    NoHospital,
    /// Two hospitals share an id or a key.
    #[error("hospital {hospital} repeats the {what} of another one")]
    Repeated {
        /// The later one.
        hospital: HospitalId,
        /// Which thing.
        what: &'static str,
    },
    /// The id does not follow from name and governance.
    #[error("hospital id {stated} does not follow from its name and governance keys, which give {computed}")]
    WrongId {
        /// In the file.
        stated: HospitalId,
        /// Recomputed.
        computed: HospitalId,
    },
}

/// Numbers of the parameters in state.
pub mod parameter {
    /// Receipts required, u8.
    pub const RECEIPTS_REQUIRED: u64 = 1;
    /// Copies, u8.
    pub const COPIES: u64 = 2;
    /// Search policy, u8: 1 any-of, 2 patient-named.
    pub const SEARCH_POLICY: u64 = 3;
    /// Default window, microseconds u64.
    pub const DEFAULT_WINDOW: u64 = 4;
    /// Recovery delay, microseconds u64.
    pub const RECOVERY_DELAY: u64 = 5;
    /// Bytes of a transaction, u32.
    pub const TRANSACTION_BYTES_MAX: u64 = 6;
    /// Bytes of a block, u32.
    pub const BLOCK_BYTES_MAX: u64 = 7;
    /// Key that index entries are sealed to: canonical sealing key; hashed if longer than a parameter may be.
    pub const INDEX_KEY_ID: u64 = 8;
}

impl Genesis {
    /// BLAKE3 of the file's bytes.
    #[must_use]
    pub fn chain_id(&self) -> ChainId {
        ChainId::new(*hash(&self.to_bytes()).get())
    }

    /// Hospitals are many enough, named by their own id, with keys that are sound and nobody else's.
    pub fn check(&self) -> Result<(), GenesisError> {
        if self.hospitals.is_empty() {
            return Err(GenesisError::NoHospital);
        }
        check_sealing("index_key", &self.index_key)?;
        if usize::from(self.parameters.receipts_required) > self.hospitals.len() {
            let problem =
                format!("{} of {} hospitals", self.parameters.receipts_required, self.hospitals.len());
            return Err(GenesisError::Field { field: "receipts_required", problem });
        }
        let mut taken = BTreeSet::from([self.index_key.id()]);
        for (index, hospital) in self.hospitals.iter().enumerate() {
            hospital.check()?;
            if self.hospitals[..index].iter().any(|earlier| earlier.id == hospital.id) {
                return Err(GenesisError::Repeated { hospital: hospital.id, what: "id" });
            }
            for (key, what) in hospital.keys() {
                if !taken.insert(key) {
                    return Err(GenesisError::Repeated { hospital: hospital.id, what });
                }
            }
        }
        Ok(())
    }

    /// The first epoch's members.
    #[must_use]
    pub fn membership(&self) -> Membership {
        let members = self
            .hospitals
            .iter()
            .map(|hospital| Member {
                hospital: hospital.id,
                weight: hospital.weight,
                node_key: hospital.node_key,
                sealing_key: hospital.node_sealing_key.clone(),
                endpoints: hospital.endpoints.clone(),
            })
            .collect();
        Membership {
            epoch: Epoch::ZERO,
            protocol: PROTOCOL_VERSION,
            index_key: self.index_key.clone(),
            members: NonEmptyVec::new(members).expect("as many as there are hospitals, never none"),
        }
    }

    /// The state before block 1: parameters, hospitals, members.
    #[must_use]
    pub fn initial_state(&self) -> Vec<(StateKey, Vec<u8>)> {
        let mut entries: Vec<_> = self
            .parameter_bytes()
            .into_iter()
            .map(|(number, bytes)| {
                let bytes = BoundedBytes::new(bytes).expect("parameters are short");
                let value = ParameterValue { stamp: Stamp::GENESIS, bytes };
                (StateKey::parameter(number), value.to_bytes())
            })
            .collect();
        for (index, hospital) in (0_u16..).zip(&self.hospitals) {
            entries.push((StateKey::hospital(&hospital.id), hospital.value(index).to_bytes()));
            let member = MemberValue { stamp: Stamp::GENESIS, hospital: hospital.id };
            entries.push((StateKey::member(u64::from(index)), member.to_bytes()));
        }
        entries
    }

    fn parameter_bytes(&self) -> Vec<(u64, Vec<u8>)> {
        let Parameters {
            receipts_required,
            copies,
            search_policy,
            default_window,
            recovery_delay,
            transaction_bytes_max,
            block_bytes_max,
        } = &self.parameters;
        let policy = match search_policy {
            SearchPolicy::AnyOf => 1,
            SearchPolicy::PatientNamed => 2,
        };
        vec![
            (parameter::RECEIPTS_REQUIRED, vec![*receipts_required]),
            (parameter::COPIES, vec![*copies]),
            (parameter::SEARCH_POLICY, vec![policy]),
            (parameter::DEFAULT_WINDOW, default_window.as_micros().to_le_bytes().to_vec()),
            (parameter::RECOVERY_DELAY, recovery_delay.as_micros().to_le_bytes().to_vec()),
            (parameter::TRANSACTION_BYTES_MAX, transaction_bytes_max.to_le_bytes().to_vec()),
            (parameter::BLOCK_BYTES_MAX, block_bytes_max.to_le_bytes().to_vec()),
            (parameter::INDEX_KEY_ID, self.index_key.id().as_slice().to_vec()),
        ]
    }

    /// Header of block 0, given the root of [`Self::initial_state`].
    #[must_use]
    pub fn header(&self, state_root: StateRoot) -> Header {
        let empty = tree::root(&[]);
        Header {
            protocol: PROTOCOL_VERSION,
            chain_id: self.chain_id(),
            epoch: Epoch::ZERO,
            height: Height::ZERO,
            view: View::ZERO,
            primary: ReplicaId::ZERO,
            parent: carechain_crypto::BlockId::ZERO,
            time: self.created,
            transaction_count: 0,
            transactions_root: empty,
            outcomes_root: empty,
            state_root,
            next_membership: None,
        }
    }

    /// Whether a head without certificate may stand for committed: block 0 only.
    #[must_use]
    pub fn certificate_may_be_absent(header: &Header, certificate: Option<&Certificate>) -> bool {
        certificate.is_some() || header.height == Height::ZERO
    }
}

impl GenesisHospital {
    /// Its id follows from name and governance, which takes so many of distinct keys; things may be sealed to its node.
    fn check(&self) -> Result<(), GenesisError> {
        let computed = hospital_id(&self.name, self.governance_threshold, &self.governance_keys);
        if computed != self.id {
            return Err(GenesisError::WrongId { stated: self.id, computed });
        }
        let threshold = usize::from(self.governance_threshold);
        if threshold == 0 || threshold > self.governance_keys.len() {
            let problem = format!("{threshold} of {} keys", self.governance_keys.len());
            return Err(GenesisError::Field { field: "governance_threshold", problem });
        }
        // A key that stands twice would sign twice.
        if !self.governance_keys.windows(2).all(|pair| pair[0] < pair[1]) {
            let problem = "keys do not ascend".to_owned();
            return Err(GenesisError::Field { field: "governance_keys", problem });
        }
        check_sealing("node_sealing_key", &self.node_sealing_key)
    }

    /// Every key it has, by id, with what it is called: no two parties share one.
    fn keys(&self) -> impl Iterator<Item = (KeyId, &'static str)> {
        let named = |what| move |key: &SigningPublicKey| (key.key_id(), what);
        let own = [(self.node_key.key_id(), "node key"), (self.node_sealing_key.id(), "node sealing key")];
        own.into_iter()
            .chain(self.registrar_keys.iter().map(named("registrar key")))
            .chain(self.governance_keys.iter().map(named("governance key")))
    }

    fn value(&self, index: u16) -> HospitalValue {
        let node_key = NodeKey { epoch: Epoch::ZERO, key: self.node_key };
        HospitalValue {
            stamp: Stamp::GENESIS,
            name: self.name.clone(),
            registrar_keys: self.registrar_keys.clone(),
            governance_threshold: self.governance_threshold,
            governance_keys: self.governance_keys.clone(),
            node_keys: BoundedVec::new(vec![node_key]).expect("one of two"),
            member_index: Some(index),
        }
    }
}

fn check_sealing(field: &'static str, key: &SealingKey) -> Result<(), GenesisError> {
    let refused = |problem: String| GenesisError::Field { field, problem };
    let key = key.as_x25519().ok_or_else(|| refused("no X25519 key".to_owned()))?;
    check_sealing_key(&key).map_err(|error| refused(error.to_string()))
}
