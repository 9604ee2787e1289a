//! Which certificates a client accepts from its node: those in one file, and no authority of the public internet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carechain_disk::private_file::{self, FileError};
use rustls::crypto::ring::default_provider;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::limits::SMALL_FILE_BYTES_MAX;

/// Why the certificates of a file are not used. The person mends the file, or names another.
#[derive(Debug, thiserror::Error)]
pub enum TrustedError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It holds no certificate in PEM.
    #[error("{} holds no certificate in PEM", path.display())]
    NoCertificate {
        /// Which file.
        path: PathBuf,
    },
}

/// The certificates of a file: of the hospital's authority, or the node's own.
pub(super) fn load(path: &Path) -> Result<Vec<Certificate<'static>>, TrustedError> {
    let pem = private_file::read(path, SMALL_FILE_BYTES_MAX)?;
    let found: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() { Err(TrustedError::NoCertificate { path: path.to_owned() }) } else { Ok(found) }
}

/// TLS that trusts these certificates and no others.
pub(super) fn only(certificates: &[Certificate<'static>]) -> TlsConfig {
    TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(certificates))
        .unversioned_rustls_crypto_provider(Arc::new(default_provider()))
        .build()
}
