//! The certificate of the interface: two files, read at the start and again when they have changed.
//!
//! Each handshake looks at the two files' metadata. New files are used from that handshake on; connections that stand
//! keep what they began with. Files that do not fit together, as in the middle of a renewal, are not used: the
//! certificate before them is, and the log says so once.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

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
    certified: Arc<CertifiedKey>,
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
        let current = Mutex::new(Current { stamps, certified: read(certificate, key)? });
        Ok(Self(Arc::new(Files { certificate: certificate.to_owned(), key: key.to_owned(), current })))
    }

    /// Accepts connections with it.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has the cipher suites of both versions")
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Files>::clone(&self.0));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Files {
    fn newest(&self) -> Arc<CertifiedKey> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = [stamp(&self.certificate), stamp(&self.key)];
        if current.stamps != stamps {
            current.stamps = stamps;
            match read(&self.certificate, &self.key) {
                Ok(certified) => {
                    current.certified = certified;
                    tracing::info!(certificate = %self.certificate.display(), "the new certificate is in use");
                }
                Err(error) => {
                    tracing::warn!(%error, "the changed certificate is not used, the one before it is")
                }
            }
        }
        Arc::clone(&current.certified)
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.newest())
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let of = |file: Metadata| (file.dev(), file.ino(), file.len(), file.mtime(), file.mtime_nsec());
    std::fs::metadata(path).ok().map(of)
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<CertifiedKey>, CertificateError> {
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
    CertifiedKey::from_der(chain, private, &default_provider()).map(Arc::new).map_err(pair)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
