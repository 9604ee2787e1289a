//! The HTTP interface as the configuration wants it: certificate, names, token, and the file of queries that were honoured.

use std::net::SocketAddr;
use std::sync::Arc;

use carechain_api::{Certificate, CertificateError, Honoured, Hosts, Operators, Settings};
use carechain_disk::{OperatorToken, TokenError};
use carechain_process::Supervisor;
use carechain_setup::NodeConfig;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::service::Service;

/// Why the HTTP interface does not start.
#[derive(Debug, thiserror::Error)]
pub enum InterfaceError {
    /// The certificate cannot be used.
    #[error("the certificate of the HTTP interface: {0}")]
    Certificate(#[from] CertificateError),
    /// The token file cannot be used.
    #[error("node.api_token_file: {0}")]
    Token(#[from] TokenError),
    /// The files of queries that were honoured cannot be used.
    #[error("the salts of signed queries in node.data_folder: {0}")]
    Honoured(#[from] std::io::Error),
    /// It cannot listen.
    #[error("cannot listen on node.api_listen = {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The HTTP interface, before it listens.
pub(crate) struct HttpInterface {
    address: SocketAddr,
    settings: Settings,
}

impl HttpInterface {
    /// Reads what the configuration names. The data folder is this process's own.
    pub(crate) fn of(config: &NodeConfig) -> Result<Self, InterfaceError> {
        let certificate = config.api_tls.as_ref().map(|tls| Certificate::load(&tls.certificate, &tls.key));
        let token = config.api_token_file.as_deref().map(OperatorToken::read).transpose()?;
        let settings = Settings {
            certificate: certificate.transpose()?,
            hosts: Hosts::new(config.api_hosts.clone()),
            operators: token
                .map_or_else(Operators::default, |token| Operators::with_token(token.expose().as_bytes())),
            honoured: Honoured::in_folder(&config.data_folder)?,
        };
        Ok(Self { address: config.api_listen, settings })
    }

    /// What it shows to clients, if it is encrypted.
    #[must_use]
    pub(crate) fn certificate(&self) -> Option<Certificate> {
        self.settings.certificate.clone()
    }

    /// Listens and serves until the supervisor stops.
    pub(crate) fn serve(
        self,
        runtime: &Runtime,
        service: Service,
        supervisor: &Supervisor,
    ) -> Result<JoinHandle<()>, InterfaceError> {
        let Self { address, settings } = self;
        let listener = runtime
            .block_on(TcpListener::bind(address))
            .map_err(|source| InterfaceError::Listen { address, source })?;
        let encrypted = settings.certificate.is_some();
        tracing::info!(%address, encrypted, "the HTTP interface listens");
        let stop = supervisor.stop_token().cancelled_owned();
        let serving = carechain_api::serve(listener, Arc::new(service), settings, stop);
        Ok(supervisor.task(runtime.handle(), "http", serving))
    }
}
