//! Where everything of a test network is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use carechain_client::{Caller, InTheClear, NodeUrl, OperationError, Waits, node_status};
use carechain_disk::{NewFolder, NewFolderError, private_file};
use carechain_schema::StatusReport;
use carechain_setup::own_certificate::{self, OwnCertificateError};
use carechain_setup::{Config, ConfigError, FoundingError, HospitalPlan, RawConfig, found};
use carechain_types::{Genesis, HostPort};

use super::ports::free_ports;

/// Most nodes of a local network.
pub(super) const NODES_MAX: usize = 100;

/// Why a network is not made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// Too few or too many nodes.
    #[error("--nodes {nodes} is outside 1 to {NODES_MAX}")]
    Nodes {
        /// How many were asked for.
        nodes: usize,
    },
    /// The folder holds a network already.
    #[error("{} holds a network already: use another folder, or remove it", path.display())]
    Exists {
        /// Which folder.
        path: PathBuf,
    },
    /// No free port.
    #[error("no free port on 127.0.0.1: {0}")]
    Ports(#[from] std::io::Error),
    /// Its folder cannot be made.
    #[error(transparent)]
    Folder(#[from] NewFolderError),
    /// Keys or files cannot be written.
    #[error(transparent)]
    Founding(#[from] FoundingError),
    /// A certificate cannot be made or written.
    #[error(transparent)]
    Certificate(#[from] OwnCertificateError),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] private_file::FileError),
}

/// Why a folder is no network.
#[derive(Debug, thiserror::Error)]
pub enum TestnetError {
    /// No genesis file.
    #[error("{} holds no network: `carechain testnet init --dir {}` makes one", path.display(), path.display())]
    NoNetwork {
        /// Which folder.
        path: PathBuf,
    },
    /// A node's configuration is broken.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No such node.
    #[error("there is no node {index}: this network has nodes 1 to {nodes}")]
    NoNode {
        /// Which was asked for.
        index: usize,
        /// How many there are.
        nodes: usize,
    },
}

/// One node of a network.
#[derive(Clone, Debug)]
pub struct NodePlace {
    /// 1, 2, ...
    pub index: usize,
    /// Its folder.
    pub folder: PathBuf,
    /// Where its HTTP interface listens.
    pub api: SocketAddr,
    /// The certificate that it shows; none if it speaks in the clear.
    pub certificate: Option<PathBuf>,
}

/// How the HTTP interfaces of a network speak. They listen on this machine only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Interface {
    /// In the clear.
    Clear,
    /// Encrypted, with certificates of their own that the profiles pin.
    Encrypted,
}

impl NodePlace {
    /// Its configuration.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.folder.join("node.toml")
    }

    /// Its process id while it runs.
    #[must_use]
    pub fn pid_file(&self) -> PathBuf {
        self.folder.join("node.pid")
    }

    /// Its data folder.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What it logs.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.folder.join("node.log")
    }

    /// Base address of its HTTP interface.
    #[must_use]
    pub fn url(&self) -> NodeUrl {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", self.api);
        NodeUrl::parse(&url, InTheClear::Anywhere).expect("a scheme and a socket address make a URL")
    }

    /// How it says it is.
    pub fn status(&self) -> Result<StatusReport, OperationError> {
        node_status(&Caller::with_waits(&self.url(), self.certificate.as_deref(), Waits::STATUS)?)
    }
}

/// A network on disk.
#[derive(Clone, Debug)]
pub struct Testnet {
    /// Its folder.
    pub folder: PathBuf,
    /// Its nodes, in order.
    pub nodes: Vec<NodePlace>,
}

impl Testnet {
    /// Makes a new network.
    pub fn init(folder: &Path, nodes: usize, interface: Interface) -> Result<Self, InitError> {
        if !(1..=NODES_MAX).contains(&nodes) {
            return Err(InitError::Nodes { nodes });
        }
        if folder.join("genesis.json").exists() {
            return Err(InitError::Exists { path: folder.to_owned() });
        }
        let ports = free_ports(3 * nodes)?;
        let new = NewFolder::prepare(folder)?;
        let plans: Vec<_> = (1..=nodes).map(|index| plan(new.path(), index, &ports)).collect();
        let name = "test network".parse().expect("it is a name");
        let genesis = found(&name, &plans, &new.path().join("genesis.json"), carechain_client::now())?;
        for index in 1..=nodes {
            let folder = new.path().join(format!("node-{index}"));
            if interface == Interface::Encrypted {
                own_certificate::write(&folder, loopback_names(), carechain_client::now())?;
            }
            let text = node_toml(index, &ports, interface);
            private_file::write_new(&folder.join("node.toml"), text.as_bytes(), 0o644)?;
        }
        let text = client_toml(&genesis, &ports, interface);
        private_file::write_new(&new.path().join("client.toml"), text.as_bytes(), 0o644)?;
        new.put_in_place()?;
        let nodes = (1..=nodes).map(|index| {
            let folder = folder.join(format!("node-{index}"));
            let certificate = (interface == Interface::Encrypted).then(|| folder.join(own_certificate::FILE));
            NodePlace { index, folder, api: address(ports[3 * (index - 1)]), certificate }
        });
        Ok(Self { folder: folder.to_owned(), nodes: nodes.collect() })
    }

    /// Opens a network.
    pub fn open(folder: &Path) -> Result<Self, TestnetError> {
        if !folder.join("genesis.json").exists() {
            return Err(TestnetError::NoNetwork { path: folder.to_owned() });
        }
        let mut nodes = Vec::new();
        for index in 1..=NODES_MAX {
            let folder = folder.join(format!("node-{index}"));
            let file = folder.join("node.toml");
            if !file.exists() {
                break;
            }
            let config = Config::read(&file)?.node;
            let certificate = config.api_tls.map(|tls| tls.certificate);
            nodes.push(NodePlace { index, folder, api: config.api_listen, certificate });
        }
        Ok(Self { folder: folder.to_owned(), nodes })
    }

    /// One node, from 1.
    pub fn node(&self, index: usize) -> Result<&NodePlace, TestnetError> {
        let missing = TestnetError::NoNode { index, nodes: self.nodes.len() };
        index.checked_sub(1).and_then(|position| self.nodes.get(position)).ok_or(missing)
    }

    /// The genesis file.
    #[must_use]
    pub fn genesis_file(&self) -> PathBuf {
        self.folder.join("genesis.json")
    }

    /// Folder of a hospital's keys, from 1.
    #[must_use]
    pub fn hospital_folder(&self, index: usize) -> PathBuf {
        self.folder.join(format!("hospital-{index}"))
    }
}

fn plan(folder: &Path, index: usize, ports: &[u16]) -> HospitalPlan {
    let ports = &ports[3 * (index - 1)..];
    HospitalPlan {
        name: format!("Hospital {index}").parse().expect("it is a name"),
        votes: host_port(ports[1]),
        bulk: host_port(ports[2]),
        node_folder: folder.join(format!("node-{index}")),
        hospital_folder: folder.join(format!("hospital-{index}")),
        credential_file: folder.join("credentials").join(format!("node-{index}.passphrase")),
    }
}

/// The names by which this machine calls itself.
fn loopback_names() -> Vec<String> {
    ["127.0.0.1", "::1", "localhost"].map(str::to_owned).to_vec()
}

const fn address(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

fn host_port(port: u16) -> HostPort {
    address(port).to_string().parse().expect("a port that is free is not 0")
}

fn node_toml(index: usize, ports: &[u16], interface: Interface) -> String {
    let ports = &ports[3 * (index - 1)..];
    let mut raw = RawConfig::default();
    raw.cluster.genesis_file = "../genesis.json".to_owned();
    raw.node.credential_file = format!("../credentials/node-{index}.passphrase");
    raw.node.api_listen = address(ports[0]).to_string();
    if interface == Interface::Encrypted {
        raw.node.api_certificate = own_certificate::FILE.to_owned();
        raw.node.api_key = own_certificate::KEY_FILE.to_owned();
    }
    raw.node.votes_listen = address(ports[1]).to_string();
    raw.node.bulk_listen = address(ports[2]).to_string();
    // A laptop's disk may be nearly full; a test network keeps little.
    raw.node.chunk_bytes_max = 64 << 30;
    raw.node.disk_reserve_files = 2;
    raw.node.disk_reserve_transactions = 1;
    raw.node.disk_reserve_votes = 0;
    let body = toml::to_string(&raw).expect("strings and numbers always encode");
    format!("# Made by `carechain testnet init`; node.toml.example explains every key.\n{body}")
}

fn client_toml(genesis: &Genesis, ports: &[u16], interface: Interface) -> String {
    let mut text = String::from("# A profile for the registrar of every hospital.\n");
    for (position, hospital) in genesis.hospitals.iter().enumerate() {
        let index = position + 1;
        let api = address(ports[3 * position]);
        let node = match interface {
            Interface::Clear => format!("node = \"http://{api}\""),
            Interface::Encrypted => {
                format!("node = \"https://{api}\"\nca = \"node-{index}/{}\"", own_certificate::FILE)
            }
        };
        text.push_str(&format!(
            "\n[profile.registrar-{index}]\n{node}\ngenesis = \"genesis.json\"\n\
             key = \"hospital-{index}/registrar.key\"\nrole = \"registrar\"\nhospital = \"{}\"\n",
            hospital.id
        ));
    }
    text
}
