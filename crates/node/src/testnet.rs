//! Local test networks: one folder, one process a node, ended by process id.
//!
//! ```text
//! DIR/genesis.json            founds the ledger
//! DIR/client.toml             a profile for every registrar
//! DIR/node-I/node.toml        configuration; node.key, data/, node.log, node.pid beside it
//! DIR/hospital-I/             keys of its registrar and governance, with passphrase files
//! DIR/credentials/            passphrases of the nodes' keystores
//! ```

mod layout;
mod process;

pub(crate) use layout::{InitError, NodePlace, Testnet, TestnetError};
pub(crate) use process::{ProcessError, freeze, kill, running, start, stop, thaw, wait_until_ready};
