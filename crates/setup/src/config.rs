//! The node's configuration: `RawConfig` as typed, [`Config`] as checked; nothing else reads the file.
//!
//! `[cluster]` must agree on all members: its digest is exchanged in the handshake. `[node]` may differ.

mod raw;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use carechain_crypto::{Digest, hash};
use carechain_types::Span;

pub use raw::RawConfig;

/// Why a configuration is refused: names the key, the value and the bound.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong type.
    #[error("{}: {source}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
    /// A number outside its bounds.
    #[error("{key} = {value} is outside {min} to {max}")]
    OutOfBounds {
        /// Which key.
        key: &'static str,
        /// Its value.
        value: u64,
        /// Least value.
        min: u64,
        /// Greatest value.
        max: u64,
    },
    /// A text that is not what its key wants.
    #[error("{key} = \"{value}\": {problem}")]
    Text {
        /// Which key.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// Reserves out of order.
    #[error("the disk reserves must fall: files {files} %, transactions {transactions} %, votes {votes} %")]
    Reserves {
        /// Below this, files are refused.
        files: u64,
        /// Below this, own clients' transactions are refused.
        transactions: u64,
        /// Below this, votes are withheld.
        votes: u64,
    },
}

/// Where certificate and key of the HTTP interface are.
#[derive(Clone, Debug)]
pub struct ApiTls {
    /// The chain, PEM, the node's own certificate first.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

/// Settings that all members share.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// The genesis file.
    pub genesis_file: PathBuf,
    /// Heights in flight.
    pub window: u64,
    /// Patience before a primary is suspected.
    pub view_timeout: Span,
    /// Patience never grows beyond this.
    pub view_timeout_max: Span,
}

/// Free disk space below which a node gives things up, percent.
#[derive(Clone, Copy, Debug)]
pub struct DiskReserves {
    /// Below this, files are refused.
    pub files: u8,
    /// Below this, own clients' transactions are refused.
    pub transactions: u8,
    /// Below this, votes are withheld.
    pub votes: u8,
}

/// Settings of one node.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Where everything is kept.
    pub data_folder: PathBuf,
    /// The node's keystore.
    pub key_file: PathBuf,
    /// File with the passphrase of the keystore; outside the data folder.
    pub credential_file: Option<PathBuf>,
    /// Whether the credential may stand inside the data folder.
    pub insecure: bool,
    /// Where the votes swarm listens.
    pub votes_listen: SocketAddr,
    /// Where the bulk swarm listens.
    pub bulk_listen: SocketAddr,
    /// Where the HTTP interface listens.
    pub api_listen: SocketAddr,
    /// What it shows to clients; without, it speaks in the clear.
    pub api_tls: Option<ApiTls>,
    /// Names by which clients call it.
    pub api_hosts: Vec<String>,
    /// File with the token that lets other machines see the node's status and figures.
    pub api_token_file: Option<PathBuf>,
    /// Bytes of chunks this node keeps at most.
    pub chunk_bytes_max: u64,
    /// Free space it leaves.
    pub disk_reserves: DiskReserves,
    /// Filter of the log, as in `info,carechain=debug`.
    pub log: String,
    /// Whether the log is JSON lines.
    pub log_json: bool,
}

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Shared by all members.
    pub cluster: ClusterConfig,
    /// Of this node.
    pub node: NodeConfig,
}

impl Config {
    /// Reads and checks a file; relative paths in it start at its folder.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let raw: RawConfig = toml::from_str(&text)
            .map_err(|source| ConfigError::Malformed { path: path.to_owned(), source: Box::new(source) })?;
        Self::check(raw, path.parent().unwrap_or(Path::new(".")))
    }

    /// Checks every value; relative paths start at `base`.
    pub fn check(raw: RawConfig, base: &Path) -> Result<Self, ConfigError> {
        let RawConfig { cluster, node } = raw;
        let view_timeout = bounded("cluster.view_timeout_ms", cluster.view_timeout_ms, 50, 60_000)?;
        let view_timeout_max =
            bounded("cluster.view_timeout_ms_max", cluster.view_timeout_ms_max, view_timeout, 600_000)?;
        let window = bounded("cluster.window", cluster.window, 1, 1)?;
        let disk_reserves = check_reserves(&node)?;
        let chunk_bytes_max =
            bounded("node.chunk_bytes_max", node.chunk_bytes_max, CHUNK_BYTES_LEAST, u64::MAX)?;
        Ok(Self {
            cluster: ClusterConfig {
                genesis_file: base.join(path("cluster.genesis_file", &cluster.genesis_file)?),
                window,
                view_timeout: Span::from_millis(view_timeout),
                view_timeout_max: Span::from_millis(view_timeout_max),
            },
            node: NodeConfig {
                data_folder: base.join(path("node.data_folder", &node.data_folder)?),
                key_file: base.join(path("node.key_file", &node.key_file)?),
                credential_file: match node.credential_file.as_str() {
                    "" => None,
                    file => Some(base.join(file)),
                },
                insecure: node.insecure,
                votes_listen: address("node.votes_listen", &node.votes_listen)?,
                bulk_listen: address("node.bulk_listen", &node.bulk_listen)?,
                api_listen: address("node.api_listen", &node.api_listen)?,
                api_tls: api_tls(&node, base)?,
                api_hosts: node.api_hosts,
                api_token_file: match node.api_token_file.as_str() {
                    "" => None,
                    file => Some(base.join(file)),
                },
                chunk_bytes_max,
                disk_reserves,
                log: node.log,
                log_json: node.log_json,
            },
        })
    }

    /// Digest of the settings that all members share: exchanged in the handshake.
    #[must_use]
    pub fn cluster_digest(&self) -> Digest {
        let ClusterConfig { genesis_file: _, window, view_timeout, view_timeout_max } = &self.cluster;
        let numbers = [*window, view_timeout.as_micros(), view_timeout_max.as_micros()];
        hash(&numbers.map(u64::to_le_bytes).concat())
    }
}

/// A store smaller than this holds no file of ordinary size.
const CHUNK_BYTES_LEAST: u64 = 64 << 20;

fn bounded(key: &'static str, value: u64, min: u64, max: u64) -> Result<u64, ConfigError> {
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(ConfigError::OutOfBounds { key, value, min, max })
    }
}

fn percent(key: &'static str, value: u64) -> Result<u8, ConfigError> {
    let value = bounded(key, value, 0, 90)?;
    Ok(u8::try_from(value).expect("at most 90"))
}

fn check_reserves(node: &raw::RawNode) -> Result<DiskReserves, ConfigError> {
    let (files, transactions) = (node.disk_reserve_files, node.disk_reserve_transactions);
    let votes = node.disk_reserve_votes;
    if files < transactions || transactions < votes {
        return Err(ConfigError::Reserves { files, transactions, votes });
    }
    Ok(DiskReserves {
        files: percent("node.disk_reserve_files", files)?,
        transactions: percent("node.disk_reserve_transactions", transactions)?,
        votes: percent("node.disk_reserve_votes", votes)?,
    })
}

fn address(key: &'static str, value: &str) -> Result<SocketAddr, ConfigError> {
    let problem = "not an address and port such as 127.0.0.1:7101";
    value.parse().map_err(|_| ConfigError::Text { key, value: value.to_owned(), problem })
}

/// Certificate and key of the HTTP interface; an error if it would speak in the clear to other machines unasked.
fn api_tls(node: &raw::RawNode, base: &Path) -> Result<Option<ApiTls>, ConfigError> {
    let files = [("node.api_certificate", &node.api_certificate), ("node.api_key", &node.api_key)];
    if let [(_, certificate), (_, key)] = files
        && !certificate.is_empty()
        && !key.is_empty()
    {
        return Ok(Some(ApiTls { certificate: base.join(certificate), key: base.join(key) }));
    }
    if let Some((key, value)) = files.into_iter().find(|(_, value)| !value.is_empty()) {
        let problem = "node.api_certificate and node.api_key are set together or not at all";
        return Err(ConfigError::Text { key, value: value.clone(), problem });
    }
    let listen = address("node.api_listen", &node.api_listen)?;
    if !listen.ip().is_loopback() && !node.api_insecure {
        let problem = "other machines would reach the HTTP interface in the clear: set node.api_certificate and \
                       node.api_key, or node.api_insecure = true behind a tunnel of your own";
        return Err(ConfigError::Text { key: "node.api_listen", value: node.api_listen.clone(), problem });
    }
    Ok(None)
}

fn path(key: &'static str, value: &str) -> Result<PathBuf, ConfigError> {
    if value.is_empty() {
        return Err(ConfigError::Text { key, value: String::new(), problem: "a path is needed" });
    }
    Ok(PathBuf::from(value))
}

#[cfg(test)]
mod tests;
