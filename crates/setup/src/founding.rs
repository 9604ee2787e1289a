//! Founding a ledger: keys of every hospital, the genesis file, an empty journal for every node.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carechain_client::{EnrolError, Keystore, KeystoreError, SystemRandom};
use carechain_crypto::{IndexKeyShareContext, SealError, SealingKeyPair, Secret, SigningPublicKey};
use carechain_disk::private_file;
use carechain_ledger::{FileJournal, JournalBinding, JournalError};
use carechain_types::{
    BoundedBytes, BoundedVec, Endpoints, Genesis, GenesisHospital, HostPort, KeyAgent as _, OrganisationName,
    Parameters, Quorum, SealingKey, SearchPolicy, Span, Time, TooMany, hospital_id,
    limits::{BLOCK_BYTES_MAX, TRANSACTION_BYTES_MAX},
};

use crate::folder::journal_folder;

/// Why a ledger is not founded. Nothing is overwritten.
#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] private_file::FileError),
    /// A folder cannot be made.
    #[error("cannot make {}: {source}", path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A keystore cannot be written.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// An enrolment file cannot be written.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// A journal cannot be made.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Two hospitals could not be told apart.
    #[error("two hospitals are called \"{name}\": people and logs could not tell them apart")]
    RepeatedName {
        /// The name of the later one.
        name: OrganisationName,
    },
    /// Two nodes, or the two listeners of one, would be at one address.
    #[error("{address} is named twice: each node listens for votes and for files at addresses of its own")]
    RepeatedAddress {
        /// Which.
        address: HostPort,
    },
    /// A name or list is too long.
    #[error("{what}: {source}")]
    TooMany {
        /// Which.
        what: &'static str,
        /// How long.
        source: TooMany,
    },
    /// The index key cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The system gives no randomness.
    #[error("the system gives no randomness")]
    Random,
}

/// What is said of one founding hospital.
#[derive(Clone, Debug)]
pub struct HospitalPlan {
    /// Its name.
    pub name: OrganisationName,
    /// Where its node listens for votes.
    pub votes: HostPort,
    /// Where its node listens for files.
    pub bulk: HostPort,
    /// Folder of its node, with the data folder inside.
    pub node_folder: PathBuf,
    /// Folder of its people's keys: registrar and governance.
    pub hospital_folder: PathBuf,
    /// File with the node's passphrase, outside the data folder.
    pub credential_file: PathBuf,
}

/// Keys of one founding hospital, on disk.
struct HospitalKeys {
    governance: SigningPublicKey,
    registrar: SigningPublicKey,
    node: SigningPublicKey,
    node_sealing: carechain_crypto::SealingPublicKey,
}

/// Makes all keys, writes the genesis file, and an empty journal for every node: into a folder that the caller puts in
/// its place once all is there.
pub fn found(
    name: &OrganisationName,
    plans: &[HospitalPlan],
    genesis_file: &Path,
    now: Time,
) -> Result<Genesis, FoundingError> {
    check_apart(plans)?;
    let index_key = SealingKeyPair::generate(&mut SystemRandom);
    let hospitals = plans.iter().map(|plan| hospital(plan, &index_key)).collect::<Result<Vec<_>, _>>()?;
    let quorum = Quorum::new(hospitals.len());
    let receipts = quorum.map_or(1, |quorum| quorum.one_honest().min(3));
    let genesis = Genesis {
        created: now,
        name: name.get().clone(),
        parameters: Parameters {
            receipts_required: u8::try_from(receipts).unwrap_or(3),
            copies: u8::try_from(hospitals.len().min(3)).unwrap_or(3),
            search_policy: SearchPolicy::AnyOf,
            default_window: Span::DAY,
            recovery_delay: Span::HOUR.times(72),
            transaction_bytes_max: u32::try_from(TRANSACTION_BYTES_MAX).unwrap_or(u32::MAX),
            block_bytes_max: u32::try_from(BLOCK_BYTES_MAX).unwrap_or(u32::MAX),
        },
        index_key: SealingKey::x25519(index_key.public()),
        hospitals: BoundedVec::new(hospitals).map_err(too_many("hospitals"))?,
    };
    private_file::write_new(genesis_file, &genesis.to_bytes(), 0o644)?;
    for (plan, hospital) in plans.iter().zip(&genesis.hospitals) {
        let binding = JournalBinding { chain_id: genesis.chain_id(), node_key: hospital.node_key };
        let data_folder = plan.node_folder.join("data");
        make_folder(&data_folder)?;
        FileJournal::create(&journal_folder(&data_folder), binding)?;
    }
    Ok(genesis)
}

/// Every hospital has a name and addresses of its own.
fn check_apart(plans: &[HospitalPlan]) -> Result<(), FoundingError> {
    let mut addresses = BTreeSet::new();
    for (index, plan) in plans.iter().enumerate() {
        if plans[..index].iter().any(|earlier| earlier.name.reads_like(&plan.name)) {
            return Err(FoundingError::RepeatedName { name: plan.name.clone() });
        }
        for address in [&plan.votes, &plan.bulk] {
            if !addresses.insert(address) {
                return Err(FoundingError::RepeatedAddress { address: address.clone() });
            }
        }
    }
    Ok(())
}

fn hospital(plan: &HospitalPlan, index_key: &SealingKeyPair) -> Result<GenesisHospital, FoundingError> {
    let keys = make_keys(plan)?;
    let name = plan.name.get().clone();
    let governance_keys = BoundedVec::new(vec![keys.governance]).map_err(too_many("governance keys"))?;
    let id = hospital_id(&name, 1, &governance_keys);
    let context = IndexKeyShareContext { hospital: id, node: keys.node, index_key: index_key.public() };
    let share = context.seal(index_key, &keys.node_sealing, &mut SystemRandom)?;
    Ok(GenesisHospital {
        id,
        name,
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: keys.node,
        node_sealing_key: SealingKey::x25519(keys.node_sealing),
        endpoints: Endpoints { votes: plan.votes.endpoint(), bulk: plan.bulk.endpoint() },
        registrar_keys: BoundedVec::new(vec![keys.registrar]).map_err(too_many("registrar keys"))?,
        index_key_share: BoundedBytes::new(share.to_vec()).map_err(too_many("index key share"))?,
    })
}

fn make_keys(plan: &HospitalPlan) -> Result<HospitalKeys, FoundingError> {
    make_folder(&plan.node_folder)?;
    make_folder(&plan.hospital_folder)?;
    let credential = new_passphrase(&plan.credential_file)?;
    let node = Keystore::generate();
    node.save(&plan.node_folder.join("node.key"), &credential)?;
    let registrar = person_keys(&plan.hospital_folder, "registrar")?;
    let governance = person_keys(&plan.hospital_folder, "governance")?;
    let (signing, sealing) = node.into_pairs();
    Ok(HospitalKeys { governance, registrar, node: signing.public(), node_sealing: sealing.public() })
}

/// A keystore and its passphrase file, side by side: whoever takes the key home chooses a passphrase of their own.
fn person_keys(folder: &Path, name: &str) -> Result<SigningPublicKey, FoundingError> {
    let passphrase = new_passphrase(&folder.join(format!("{name}.passphrase")))?;
    let keystore = Keystore::generate();
    keystore.save(&folder.join(format!("{name}.key")), &passphrase)?;
    Ok(keystore.public_keys().signing)
}

/// 32 random bytes as hex, in a file of mode 0600.
pub fn new_passphrase(file: &Path) -> Result<Secret<Vec<u8>>, FoundingError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| FoundingError::Random)?;
    let text: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    if let Some(folder) = file.parent() {
        make_folder(folder)?;
    }
    private_file::write_new(file, format!("{text}\n").as_bytes(), 0o600)?;
    Ok(Secret::new(text.into_bytes()))
}

fn make_folder(path: &Path) -> Result<(), FoundingError> {
    std::fs::create_dir_all(path).map_err(|source| FoundingError::Folder { path: path.to_owned(), source })
}

fn too_many(what: &'static str) -> impl FnOnce(TooMany) -> FoundingError {
    move |source| FoundingError::TooMany { what, source }
}
