//! Connections of clients: bounded in number, each address with its share, none kept by a client that says or takes
//! nothing.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::limits::{
    ACCEPT_PAUSE, BUFFER_BYTES_MAX, CONNECTIONS_MAX, HEADERS_MAX, HEADERS_WAIT, TAKING_WAIT,
};
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
pub(crate) async fn serve(listener: TcpListener, calls: impl Calls, stop: impl Future<Output = ()>) {
    let places = Arc::new(Places::new(CONNECTIONS_MAX));
    let ending = watch::Sender::new(false);
    let mut open = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => match places.enter(address.ip()) {
                    Some(place) => {
                        let served = connection(stream, calls.clone(), ending.subscribe());
                        open.spawn(async move {
                            let _held = place;
                            served.await;
                        });
                    }
                    None => tracing::debug!(%address, "a connection beyond its share was closed"),
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

async fn connection(stream: TcpStream, calls: impl Calls, mut ending: watch::Receiver<bool>) {
    // Answers are small and awaited: Nagle's algorithm would hold them back.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY on a client's connection");
    }
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADERS_WAIT);
    builder.max_buf_size(BUFFER_BYTES_MAX).max_headers(HEADERS_MAX);
    let stream = TokioIo::new(TimedStream::new(stream, TAKING_WAIT));
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

/// Places for connections. One address gets a place while it has fewer than are free, so alone it takes half.
#[derive(Debug)]
struct Places {
    taken: Mutex<BTreeMap<IpAddr, usize>>,
    places: usize,
}

/// One place; free again when dropped.
#[derive(Debug)]
struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

impl Places {
    const fn new(places: usize) -> Self {
        Self { taken: Mutex::new(BTreeMap::new()), places }
    }

    fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut taken = self.lock();
        let free = self.places.saturating_sub(taken.values().sum());
        let own = taken.get(&address).copied().unwrap_or_default();
        if own >= free {
            return None;
        }
        taken.insert(address, own + 1);
        Some(Place { places: Arc::clone(self), address })
    }

    /// Every change is one call, so a panic of a holder leaves the map whole.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        match taken.get_mut(&self.address) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
