//! Founding files and local test networks.

use serde::{Deserialize, Serialize};

use crate::document::Described;

/// A genesis file, checked: `genesis create` and `genesis inspect`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GenesisReport {
    /// Chain id, hex.
    pub chain_id: String,
    /// Name of the consortium.
    pub name: String,
    /// Receipts an abstract needs.
    pub receipts_required: u32,
    /// Copies custody makes of a file.
    pub copies: u32,
    /// The founding hospitals.
    pub hospitals: Vec<GenesisHospitalLine>,
}

impl Described for GenesisReport {
    const SCHEMA: &'static str = "carechain/genesis/1";
}

/// One founding hospital.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GenesisHospitalLine {
    /// `hos_…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// `host:port` for votes.
    pub votes: String,
    /// `host:port` for files.
    pub bulk: String,
}

/// A local network: `testnet init`, `up`, `status`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TestnetReport {
    /// Its folder.
    pub dir: String,
    /// Its nodes.
    pub nodes: Vec<TestnetNode>,
}

impl Described for TestnetReport {
    const SCHEMA: &'static str = "carechain/testnet/1";
}

/// One node of a local network.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TestnetNode {
    /// 1, 2, ...
    pub index: u32,
    /// Address of its HTTP interface.
    pub url: String,
    /// Whether its process runs.
    pub running: bool,
    /// Its committed height, if it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// How it is, in one sentence.
    pub summary: String,
}
