//! Handshakes of TLS: few at once, since each costs the processor as much as many calls do.
//!
//! ```text
//! connection ─► hello is here ─► place (of its address, or of the node's own machine) ─► handshake ─► stream
//! ```
//!
//! A client that connects and says nothing holds no place. One that stops in the middle holds one of its address until the time
//! of the handshake is over, and others of that address wait so long. The node's own machine has places of its own, so that no
//! other client delays its health checks.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::server::TlsStream;

use crate::certificate::Certificate;
use crate::client::{Client, Machine};
use crate::limits::{HANDSHAKE_WAIT, HANDSHAKES_MAX, HANDSHAKES_PER_ADDRESS_MAX, OWN_HANDSHAKES_MAX};
use crate::places::{Place, Places};

/// Where connections become encrypted. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Handshakes {
    config: Arc<ServerConfig>,
    others: Arc<Places<IpAddr>>,
    own: Arc<Places<IpAddr>>,
}

impl Handshakes {
    /// With this certificate.
    pub(crate) fn new(certificate: &Certificate) -> Self {
        Self {
            config: certificate.server_config(),
            others: Arc::new(Places::new(HANDSHAKES_MAX, HANDSHAKES_PER_ADDRESS_MAX)),
            own: Arc::new(Places::new(OWN_HANDSHAKES_MAX, OWN_HANDSHAKES_MAX)),
        }
    }

    /// Waits for the handshake of a client, up to [`HANDSHAKE_WAIT`].
    pub(crate) async fn accept(&self, stream: TcpStream, client: Client) -> io::Result<TlsStream<TcpStream>> {
        let accepted = async {
            let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
            let _place = self.place(client).await;
            hello.into_stream(Arc::clone(&self.config)).await
        };
        timeout(HANDSHAKE_WAIT, accepted).await.map_err(|_| io::ErrorKind::TimedOut)?
    }

    async fn place(&self, client: Client) -> Place<IpAddr> {
        let places = match client.machine {
            Machine::Own => &self.own,
            Machine::Another => &self.others,
        };
        places.wait_for(client.address).await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
