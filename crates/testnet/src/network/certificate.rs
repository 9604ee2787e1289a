//! Certificates of a test network: made here, each signed by itself, and pinned by the profiles as they are.

use std::path::Path;

use carechain_disk::private_file::{self, FileError};

/// The certificate in a node's folder.
pub(super) const FILE: &str = "api.pem";
/// Its private key.
pub(super) const KEY_FILE: &str = "api.key";

/// Why a node of a test network has no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// It is not made.
    #[error("a certificate of the test network is not made: {0}")]
    Made(#[from] rcgen::Error),
    /// It is not written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Makes a certificate for this machine's loopback addresses, and its key.
pub(super) fn write(folder: &Path) -> Result<(), CertificateError> {
    let names = ["127.0.0.1", "::1", "localhost"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names)?;
    private_file::write_new(&folder.join(KEY_FILE), made.key_pair.serialize_pem().as_bytes(), 0o600)?;
    private_file::write_new(&folder.join(FILE), made.cert.pem().as_bytes(), 0o644)?;
    Ok(())
}
