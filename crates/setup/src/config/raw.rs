//! The configuration as typed in the file: every key has a default, none is unknown.

use serde::{Deserialize, Serialize};

/// The file `node.toml`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawConfig {
    /// Shared by all members.
    pub cluster: RawCluster,
    /// Of this node.
    pub node: RawNode,
}

/// Section `[cluster]`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawCluster {
    /// The genesis file.
    pub genesis_file: String,
    /// Heights in flight.
    pub window: u64,
    /// Patience before a primary is suspected, milliseconds.
    pub view_timeout_ms: u64,
    /// Patience never grows beyond this, milliseconds.
    pub view_timeout_ms_max: u64,
}

impl Default for RawCluster {
    fn default() -> Self {
        Self {
            genesis_file: "genesis.json".to_owned(),
            window: 1,
            view_timeout_ms: 500,
            view_timeout_ms_max: 8_000,
        }
    }
}

/// Section `[node]`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawNode {
    /// Where everything is kept.
    pub data_folder: String,
    /// The node's keystore.
    pub key_file: String,
    /// File with its passphrase; empty: systemd credential `carechain-passphrase`.
    pub credential_file: String,
    /// Whether the credential may stand inside the data folder.
    pub insecure: bool,
    /// Where the votes swarm listens.
    pub votes_listen: String,
    /// Where the bulk swarm listens.
    pub bulk_listen: String,
    /// Where the HTTP interface listens.
    pub api_listen: String,
    /// Certificate chain of the HTTP interface, PEM; empty: it speaks in the clear.
    pub api_certificate: String,
    /// Private key of that certificate, PEM.
    pub api_key: String,
    /// Whether the HTTP interface may speak in the clear to other machines.
    pub api_insecure: bool,
    /// Names, beside its addresses, by which clients call the HTTP interface.
    pub api_hosts: Vec<String>,
    /// File whose first line lets other machines see the node's status and figures; empty: only its own does.
    pub api_token_file: String,
    /// Bytes of chunks kept at most.
    pub chunk_bytes_max: u64,
    /// Free space below which files are refused, percent.
    pub disk_reserve_files: u64,
    /// Free space below which own clients' transactions are refused, percent.
    pub disk_reserve_transactions: u64,
    /// Free space below which votes are withheld, percent.
    pub disk_reserve_votes: u64,
    /// Filter of the log.
    pub log: String,
    /// Whether the log is JSON lines.
    pub log_json: bool,
}

impl Default for RawNode {
    fn default() -> Self {
        Self {
            data_folder: "data".to_owned(),
            key_file: "node.key".to_owned(),
            credential_file: String::new(),
            insecure: false,
            votes_listen: "0.0.0.0:7101".to_owned(),
            bulk_listen: "0.0.0.0:7102".to_owned(),
            api_listen: "127.0.0.1:7100".to_owned(),
            api_certificate: String::new(),
            api_key: String::new(),
            api_insecure: false,
            api_hosts: Vec::new(),
            api_token_file: String::new(),
            chunk_bytes_max: 1 << 40,
            disk_reserve_files: 10,
            disk_reserve_transactions: 5,
            disk_reserve_votes: 2,
            log: "info".to_owned(),
            log_json: false,
        }
    }
}
