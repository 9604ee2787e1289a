//! TCP, Noise and yamux as one transport, and the swarm over it.
//!
//! Between TCP and Noise stands a read buffer: Noise alone reads 8 KiB a system call. On the bulk plane the same place
//! makes a connection yield its thread after some bytes, since a connection that always finds data would keep it.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;
use std::time::Duration;

use futures::io::BufReader;
use futures::{AsyncRead, AsyncWrite};
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::Boxed;
use libp2p::core::upgrade::Version;
use libp2p::swarm::{self, NetworkBehaviour, Swarm};
use libp2p::{PeerId, Transport, noise, tcp, yamux};

use crate::Identity;
use crate::gate::Gate;
use crate::limits::{
    CONNECT_TIMEOUT, CONNECTIONS_PER_PEER_MAX, NEGOTIATING_STREAMS_MAX, PENDING_INCOMING_MAX,
};
use crate::plane::Plane;

/// The behaviours of one swarm; the limits come first, so that a denied connection costs the others nothing.
#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    limits: connection_limits::Behaviour,
    pub(crate) gate: Gate,
    pub(crate) streams: libp2p_stream::Behaviour,
}

/// The swarm of one plane; needs to be called on the runtime that will poll it.
pub(crate) fn swarm(plane: Plane, identity: &Identity) -> Result<Swarm<Behaviour>, noise::Error> {
    let limits = ConnectionLimits::default()
        .with_max_pending_incoming(Some(PENDING_INCOMING_MAX))
        .with_max_established_per_peer(Some(CONNECTIONS_PER_PEER_MAX));
    let behaviour = Behaviour {
        limits: connection_limits::Behaviour::new(limits),
        gate: Gate::new(identity.peer_id()),
        streams: libp2p_stream::Behaviour::new(),
    };
    // Members stay connected however little they say; the driver closes what is dead.
    let config = swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(Duration::MAX)
        .with_max_negotiating_inbound_streams(NEGOTIATING_STREAMS_MAX);
    Ok(Swarm::new(transport(plane, identity)?, behaviour, identity.peer_id(), config))
}

fn transport(plane: Plane, identity: &Identity) -> Result<Boxed<(PeerId, StreamMuxerBox)>, noise::Error> {
    let mut muxer = yamux::Config::default();
    muxer.set_max_num_streams(plane.streams_max());
    Ok(tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
        .map(move |stream, _| Paced::new(stream, plane))
        .upgrade(Version::V1Lazy)
        .authenticate(noise::Config::new(identity.keypair())?)
        .multiplex(muxer)
        .timeout(CONNECT_TIMEOUT)
        .boxed())
}

/// A buffered stream that reports "not ready" once after `turn_bytes_max` bytes.
struct Paced<S> {
    stream: BufReader<S>,
    turn_bytes_max: usize,
    turn_bytes: usize,
}

impl<S: AsyncRead> Paced<S> {
    fn new(stream: S, plane: Plane) -> Self {
        Self {
            stream: BufReader::with_capacity(plane.read_buffer_bytes(), stream),
            turn_bytes_max: plane.turn_bytes_max(),
            turn_bytes: 0,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.turn_bytes >= self.turn_bytes_max {
            self.turn_bytes = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if polled.is_pending() {
            self.turn_bytes = 0;
        }
        let count = ready!(polled)?;
        self.turn_bytes = self.turn_bytes.saturating_add(count);
        Poll::Ready(Ok(count))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(context)
    }
}
