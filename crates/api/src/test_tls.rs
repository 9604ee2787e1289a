//! A client of TLS for tests, and certificates that it pins.

use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore};

use crate::certificate::Certificate;

/// Writes a certificate for `localhost` with its key over those in a folder.
pub(crate) fn write(folder: &Path) -> rcgen::CertifiedKey {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("api.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("api.key"), made.key_pair.serialize_pem()).unwrap();
    made
}

/// The same, as the interface uses it.
pub(crate) fn certificate(folder: &Path) -> (Certificate, rcgen::CertifiedKey) {
    let made = write(folder);
    (Certificate::load(&folder.join("api.pem"), &folder.join("api.key")).unwrap(), made)
}

/// Trusts one certificate.
pub(crate) fn client_config(trusted: &rcgen::CertifiedKey) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

/// The handshake of a client.
pub(crate) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    config: Arc<ClientConfig>,
) -> std::io::Result<TlsStream<S>> {
    TlsConnector::from(config).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// The first bytes of a client, and no more.
pub(crate) fn hello(config: Arc<ClientConfig>) -> Vec<u8> {
    let mut connection = ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
    let mut bytes = Vec::new();
    connection.write_tls(&mut bytes).unwrap();
    bytes
}
