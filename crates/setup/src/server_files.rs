//! What the server of a founding hospital reads, beside its keys and data: configuration, certificate, token, genesis file.
//!
//! ```text
//! hospital-I/etc/node.toml     with TLS; its paths are those of docs/operations.md
//! hospital-I/etc/genesis.json  the same bytes at every hospital
//! hospital-I/etc/api.pem       certificate of the HTTP interface, signed by api.key beside it
//! hospital-I/etc/api-token     shows other machines the status
//! hospital-I/etc/credential    passphrase of the node's keystore, written with the keystore
//! ```

use std::net::IpAddr;
use std::path::Path;

use carechain_disk::private_file::{self, FileError};
use carechain_types::{HostPort, Time};

use crate::founding::{FoundingError, HospitalPlan, new_passphrase};
use crate::own_certificate::{self, OwnCertificateError};

/// Why the files are not written.
#[derive(Debug, thiserror::Error)]
pub enum ServerFilesError {
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The token is not made.
    #[error(transparent)]
    Token(#[from] FoundingError),
    /// The certificate is not made.
    #[error(transparent)]
    Certificate(#[from] OwnCertificateError),
}

/// Writes them into a folder that is there.
pub fn write(folder: &Path, plan: &HospitalPlan, genesis: &[u8], now: Time) -> Result<(), ServerFilesError> {
    private_file::write_new(&folder.join("genesis.json"), genesis, 0o644)?;
    new_passphrase(&folder.join(TOKEN_FILE))?;
    let names = [bare(plan.votes.host()), "localhost", "127.0.0.1", "::1"].map(str::to_owned);
    own_certificate::write(folder, names.to_vec(), now)?;
    private_file::write_new(&folder.join("node.toml"), node_toml(plan).as_bytes(), 0o644)?;
    Ok(())
}

const TOKEN_FILE: &str = "api-token";

/// Ports of the HTTP interface, of which the first is taken that the plan leaves free.
const API_PORTS: [u16; 3] = [7100, 7103, 7104];

fn node_toml(plan: &HospitalPlan) -> String {
    let HospitalPlan { votes, bulk, .. } = plan;
    let any = if votes.host().starts_with('[') { "[::]" } else { "0.0.0.0" };
    let taken = [votes.port(), bulk.port()];
    let port = API_PORTS.into_iter().find(|port| !taken.contains(port)).unwrap_or(API_PORTS[0]);
    let host = votes.host();
    let (hosts, certificate, key) = (hosts(votes), own_certificate::FILE, own_certificate::KEY_FILE);
    format!(
        "# Made by `carechain genesis create`, for /etc/carechain. node.toml.example explains every key, and
# `carechain node check --config /etc/carechain/node.toml` says what is wrong. Relative paths start at this folder.

[cluster]
# What stands here is the same on all members.
genesis_file = \"genesis.json\"

[node]
# The passphrase of node.key comes from systemd: LoadCredential=carechain-passphrase:/etc/carechain/credential
data_folder = \"/var/lib/carechain/data\"
key_file = \"/var/lib/carechain/node.key\"

# Where the nodes of the other members reach this one, who know it as {votes} and {bulk}.
votes_listen = \"{any}:{}\"
bulk_listen = \"{any}:{}\"

# Where this hospital's workstations reach the HTTP interface. If this machine has an address that only the hospital
# reaches, write it in place of {any}; otherwise keep the port closed to the outside.
api_listen = \"{any}:{port}\"

# The certificate was made with this file, for {host}, localhost, 127.0.0.1 and ::1, and ends after two years. Workstations
# name a copy of it as `ca` in their profile. Better: write one of the hospital's own authority over both files.
api_certificate = \"{certificate}\"
api_key = \"{key}\"

# The names by which workstations call it. Addresses and localhost are always answered.
api_hosts = [{hosts}]

# Other machines see status and figures with this token: `carechain node status --token-file FILE`.
api_token_file = \"{TOKEN_FILE}\"
",
        votes.port(),
        bulk.port(),
    )
}

/// The host as `api_hosts` lists it, if it is a name.
fn hosts(address: &HostPort) -> String {
    let host = bare(address.host());
    if host.parse::<IpAddr>().is_ok() { String::new() } else { format!("\"{host}\"") }
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
