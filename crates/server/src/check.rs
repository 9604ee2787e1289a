//! `node check`: what the configuration names for the HTTP interface is there, fits together, and is accepted by clients.

use std::path::PathBuf;

use carechain_api::{Certificate, CertificateError, CertificateTerm};
use carechain_disk::{OperatorToken, TokenError};
use carechain_setup::NodeConfig;
use carechain_types::Time;

/// Why clients or operators would be refused. The operator mends the file or the key that it names.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The token cannot be used.
    #[error("node.api_token_file: {0}")]
    Token(#[from] TokenError),
    /// The certificate cannot be used.
    #[error("the certificate of the HTTP interface: {0}")]
    Certificate(#[from] CertificateError),
    /// The certificate has ended, or begins later.
    #[error("{}: {}", certificate.display(), term.refused().unwrap_or_default())]
    Term {
        /// File of the certificate.
        certificate: PathBuf,
        /// How long it is good.
        term: CertificateTerm,
    },
    /// Clients call the node by a name or address that the certificate is not for.
    #[error(
        "the certificate is not for {host}, which {key} names: clients that call the node so do not accept it"
    )]
    Name {
        /// The name or address.
        host: String,
        /// The key that says so.
        key: &'static str,
    },
}

/// Looks at the files of the HTTP interface; gives what is to be done soon, if anything is.
///
/// # Errors
/// See [`CheckError`].
pub fn check(config: &NodeConfig, now: Time) -> Result<Option<String>, CheckError> {
    if let Some(file) = &config.api_token_file {
        OperatorToken::read(file)?;
    }
    let Some(tls) = &config.api_tls else { return Ok(None) };
    let certificate = Certificate::load(&tls.certificate, &tls.key)?;
    let term = CertificateTerm::at(now, certificate.validity());
    if term.refused().is_some() {
        return Err(CheckError::Term { certificate: tls.certificate.clone(), term });
    }
    check_names(config, &certificate)?;
    Ok(term.ending().map(|ending| format!("{}: {ending}", tls.certificate.display())))
}

/// Clients accept a certificate that is for the name or address by which they call. Which that is, `api_hosts` says, or else the
/// address on which the interface listens; of one that listens on all addresses nobody can say.
fn check_names(config: &NodeConfig, certificate: &Certificate) -> Result<(), CheckError> {
    let listen = config.api_listen.ip();
    let (key, called) = if !config.api_hosts.is_empty() {
        ("node.api_hosts", config.api_hosts.clone())
    } else if listen.is_unspecified() {
        return Ok(());
    } else {
        ("node.api_listen", vec![listen.to_string()])
    };
    match called.into_iter().find(|host| !certificate.is_for(host)) {
        Some(host) => Err(CheckError::Name { host, key }),
        None => Ok(()),
    }
}
