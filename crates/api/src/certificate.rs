//! The certificate of the interface: two files, read at the start and again when they have changed.
//!
//! Each handshake looks at the two files' metadata. New files are used from that handshake on; connections that stand
//! keep what they began with. Files that do not fit together, as in the middle of a renewal, are not used: the
//! certificate before them is, and the log says so once.

mod term;
mod validity;

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

pub use term::CertificateTerm;
pub use validity::Validity;

/// Why a certificate is not used. The operator mends the files.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read, or holds nothing of its kind in PEM.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: pem::Error,
    },
    /// Certificate and key do not belong together, or are of a kind that is not used here.
    #[error("{} and {} do not serve: {source}", certificate.display(), key.display())]
    Pair {
        /// File of the certificate.
        certificate: PathBuf,
        /// File of its key.
        key: PathBuf,
        /// What is wrong.
        source: rustls::Error,
    },
    /// The certificate does not say in the usual form from when until when it is good.
    #[error("{} does not say from when until when it is good", certificate.display())]
    NoDates {
        /// File of the certificate.
        certificate: PathBuf,
    },
}

/// Certificate and key that follow their files.
#[derive(Clone, Debug)]
pub struct Certificate(Arc<Files>);

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    /// Of the files when they were read last, whether they served or not.
    stamps: [Option<Stamp>; 2],
    pair: Pair,
}

/// A certificate with its key, fit for use.
#[derive(Clone, Debug)]
struct Pair {
    certified: Arc<CertifiedKey>,
    validity: Validity,
}

/// What tells a changed file: device and inode, length, and when it was written, with nanoseconds.
type Stamp = (u64, u64, u64, i64, i64);

impl Certificate {
    /// Reads a chain, the node's own certificate first, and its private key, both PEM.
    ///
    /// # Errors
    /// See [`CertificateError`].
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, CertificateError> {
        let stamps = [stamp(certificate), stamp(key)];
        let current = Mutex::new(Current { stamps, pair: read(certificate, key)? });
        Ok(Self(Arc::new(Files { certificate: certificate.to_owned(), key: key.to_owned(), current })))
    }

    /// From when until when the one in use is good.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.0.newest().validity
    }

    /// Whether the one in use is for a host: a client that calls the node by this name or address accepts it.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        let certified = self.0.newest().certified;
        let own = certified.end_entity_cert().and_then(ParsedCertificate::try_from);
        let name = ServerName::try_from(host);
        own.is_ok_and(|own| name.is_ok_and(|name| verify_server_name(&own, &name).is_ok()))
    }

    /// What connections are accepted with.
    pub(crate) fn server_config(&self) -> Arc<ServerConfig> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has the cipher suites of both versions")
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Files>::clone(&self.0));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Arc::new(config)
    }
}

impl Files {
    fn newest(&self) -> Pair {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = [stamp(&self.certificate), stamp(&self.key)];
        if current.stamps != stamps {
            current.stamps = stamps;
            match read(&self.certificate, &self.key) {
                Ok(pair) => {
                    current.pair = pair;
                    tracing::info!(certificate = %self.certificate.display(), "the new certificate is in use");
                }
                Err(error) => {
                    tracing::warn!(%error, "the changed certificate is not used, the one before it is")
                }
            }
        }
        current.pair.clone()
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.newest().certified)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let of = |file: Metadata| (file.dev(), file.ino(), file.len(), file.mtime(), file.mtime_nsec());
    std::fs::metadata(path).ok().map(of)
}

fn read(certificate: &Path, key: &Path) -> Result<Pair, CertificateError> {
    let file = |path: &Path| {
        let path = path.to_owned();
        move |source| CertificateError::File { path, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate).map_err(file(certificate))?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(file(certificate))?;
    if chain.is_empty() {
        return Err(file(certificate)(pem::Error::NoItemsFound));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(file(key))?;
    let pair =
        |source| CertificateError::Pair { certificate: certificate.to_owned(), key: key.to_owned(), source };
    let validity = Validity::of(&chain);
    let certified = CertifiedKey::from_der(chain, private, &default_provider()).map_err(pair)?;
    let no_dates = || CertificateError::NoDates { certificate: certificate.to_owned() };
    Ok(Pair { certified: Arc::new(certified), validity: validity.ok_or_else(no_dates)? })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
