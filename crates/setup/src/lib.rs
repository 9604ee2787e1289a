//! What stands on a machine before its node runs: the configuration, the data folder, the files that found a ledger.
//!
//! It sees the keystores of `client` and the journal of `ledger`. It starts nothing: no thread, no socket, no database.

mod config;
mod folder;
mod founding;
pub mod own_certificate;
pub mod server_files;

pub use config::{ApiTls, ClusterConfig, Config, ConfigError, DiskReserves, NodeConfig, RawConfig};
pub use folder::{DataFolder, FolderError, is_in_use, journal_folder};
pub use founding::{FoundingError, HospitalPlan, found, new_passphrase};
