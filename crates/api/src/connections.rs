//! Connections of clients: bounded in number, each address with its share, none kept by a client that says or takes
//! nothing.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use carechain_schema::ErrorCode;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::border::Border;
use crate::client::{Client, Connection, Machine, caller};
use crate::failure::{Bound, Reason};
use crate::handshakes::Handshakes;
use crate::limits::{
    ACCEPT_PAUSE, BUFFER_BYTES_MAX, CONNECTIONS_MAX, HEADERS_MAX, HEADERS_WAIT, SPARE_CONNECTIONS_MAX,
    SPARE_HEADERS_WAIT, TAKING_WAIT,
};
use crate::places::{Place, Places};
use crate::timed_stream::TimedStream;

/// What answers the calls of all connections.
pub(crate) trait Calls:
    Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<S> Calls for S where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// Serves connections until `stop` ends, then lets the calls under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    handshakes: Option<Handshakes>,
    border: &Border,
    calls: impl Calls,
    stop: impl Future<Output = ()>,
) {
    let room = Room::default();
    let ending = watch::Sender::new(false);
    let mut open = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => match room.enter(&stream, address.ip()) {
                    Some((place, client)) => {
                        let served =
                            connection(stream, handshakes.clone(), client, calls.clone(), ending.subscribe());
                        open.spawn(async move {
                            let _held = place;
                            served.await;
                        });
                    }
                    None => border.refused(NO_CONNECTION, caller(address.ip())),
                },
                Err(error) => {
                    // Out of descriptors, perhaps: some connection must end first.
                    tracing::warn!(%error, "a connection was not accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = open.join_next(), if !open.is_empty() => {}
        }
    }
    drop(listener);
    ending.send_replace(true);
    while open.join_next().await.is_some() {}
}

/// Not even a spare connection was free: it is closed without a word.
const NO_CONNECTION: Reason = Reason { name: Bound::Connections.as_str(), code: ErrorCode::Busy };

/// Places for connections.
struct Room {
    full: Arc<Places<IpAddr>>,
    spare: Arc<Places<IpAddr>>,
}

impl Default for Room {
    fn default() -> Self {
        let shared = |places| Arc::new(Places::new(places, places));
        Self { full: shared(CONNECTIONS_MAX), spare: shared(SPARE_CONNECTIONS_MAX) }
    }
}

impl Room {
    /// A place for a connection from this address, and what it is good for.
    fn enter(&self, stream: &TcpStream, far: IpAddr) -> Option<(Place<IpAddr>, Client)> {
        let address = caller(far);
        let machine = Machine::at(far, stream.local_addr().ok().map(|near| near.ip()));
        let full = self.full.enter(address).map(|place| (place, Connection::Full));
        let (place, connection) =
            full.or_else(|| self.spare.enter(address).map(|place| (place, Connection::Spare)))?;
        Some((place, Client { address, connection, machine }))
    }
}

async fn connection(
    stream: TcpStream,
    handshakes: Option<Handshakes>,
    client: Client,
    calls: impl Calls,
    ending: watch::Receiver<bool>,
) {
    // Answers are small and awaited: Nagle's algorithm would hold them back.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY on a client's connection");
    }
    let Some(handshakes) = handshakes else { return speak(stream, client, calls, ending).await };
    match handshakes.accept(stream, client).await {
        Ok(stream) => speak(stream, client, calls, ending).await,
        Err(error) => tracing::debug!(%error, "a client's handshake failed"),
    }
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    client: Client,
    calls: impl Calls,
    mut ending: watch::Receiver<bool>,
) {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(BUFFER_BYTES_MAX).max_headers(HEADERS_MAX);
    builder.timer(TokioTimer::new()).header_read_timeout(match client.connection {
        Connection::Full => HEADERS_WAIT,
        Connection::Spare => SPARE_HEADERS_WAIT,
    });
    builder.keep_alive(client.connection == Connection::Full);
    let stream = TokioIo::new(TimedStream::new(stream, TAKING_WAIT));
    let calls = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(client);
        calls.call(request)
    });
    let mut served = pin!(builder.serve_connection(stream, calls));
    let ended = tokio::select! {
        ended = &mut served => ended,
        () = async { let _ = ending.wait_for(|ending| *ending).await; } => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a client's connection ended");
    }
}
