//! Local test networks: one folder, one process a node, ended by process id.
//!
//! ```text
//! DIR/genesis.json            founds the ledger
//! DIR/client.toml             a profile for every registrar
//! DIR/node-I/node.toml        configuration; node.key, data/, node.log, node.pid beside it
//! DIR/node-I/api.pem          with `--tls`: the certificate of its HTTP interface; api.key beside it
//! DIR/hospital-I/             keys of its registrar and governance, with passphrase files
//! DIR/people/               keystores of people enrolled by `demo` and `bench`
//! DIR/credentials/            passphrases of the nodes' keystores
//! ```

mod layout;
mod people;
mod ports;
mod process;

pub use layout::{InitError, Interface, NodePlace, Testnet, TestnetError};
pub(crate) use people::study;
pub use people::{PeopleError, enrol};
pub use process::{
    Life, ProcessError, freeze, kill, running, start, start_all, stop, stop_all, thaw, wait_until_ready,
};
