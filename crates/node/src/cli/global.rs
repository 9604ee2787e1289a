//! Options that every command takes.

use std::path::PathBuf;

use carechain_crypto::PersonId;
use clap::Args;

/// Options that every command takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Global {
    /// Profile in client.toml: node, genesis file, key file, role.
    #[arg(long, global = true, env = "CARECHAIN_PROFILE", value_name = "NAME")]
    pub profile: Option<String>,
    /// File with the profiles.
    #[arg(long, global = true, env = "CARECHAIN_CLIENT", value_name = "FILE", default_value = "client.toml")]
    pub client: PathBuf,
    /// Print one JSON document instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// Address of the node, in place of the profile's.
    #[arg(long, global = true, value_name = "URL")]
    pub node: Option<String>,
    /// Let --node and `node status --url` be http:// to another machine, where everybody on the way reads along: for a
    /// tunnel of your own. A profile says `insecure = true`.
    #[arg(long, global = true)]
    pub insecure: bool,
    /// Certificate of the node or of its authority, PEM, in place of the profile's.
    #[arg(long, global = true, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Genesis file that pins the ledger, in place of the profile's.
    #[arg(long, global = true, value_name = "FILE")]
    pub genesis: Option<PathBuf>,
    /// Keystore, in place of the profile's.
    #[arg(long, global = true, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Who you are, in place of the profile's person.
    #[arg(long = "as", global = true, value_name = "PERSON")]
    pub acting: Option<PersonId>,
    /// File whose first line is the passphrase of the keystore; otherwise it is asked for.
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}
