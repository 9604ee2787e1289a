//! Handshakes that stop in the middle, and whom they delay.

use std::future::Future;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::*;
use crate::client::Connection;
use crate::test_tls::{certificate, client_config, connect, hello};

/// Both ends of a connection.
async fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let far = TcpStream::connect(listener.local_addr().unwrap());
    let (far, near) = tokio::join!(far, listener.accept());
    (far.unwrap(), near.unwrap().0)
}

fn client(address: &str, machine: Machine) -> Client {
    Client { address: address.parse().unwrap(), connection: Connection::Full, machine }
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

/// A whole handshake of a client.
async fn whole(handshakes: &Handshakes, who: Client, trusted: &rcgen::CertifiedKey) {
    let (far, near) = pair().await;
    let (near, far) = tokio::join!(handshakes.accept(near, who), connect(far, client_config(trusted)));
    near.unwrap();
    far.unwrap();
}

fn is_waiting<T>(future: &mut (impl Future<Output = T> + Unpin)) -> bool {
    futures::FutureExt::now_or_never(future).is_none()
}

#[tokio::test]
async fn stopped_handshakes_of_one_address_delay_neither_others_nor_the_nodes_own_machine() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, made) = certificate(folder.path());
    let handshakes = Handshakes::new(&certificate);
    let attacker = client("10.0.0.7", Machine::Another);
    let mut stopped = Vec::new();
    for _ in 0..HANDSHAKES_PER_ADDRESS_MAX {
        let (mut far, near) = pair().await;
        far.write_all(&hello(client_config(&made))).await.unwrap();
        let accepting = handshakes.clone();
        stopped.push((far, tokio::spawn(async move { accepting.accept(near, attacker).await.is_ok() })));
    }
    until(|| handshakes.others.enter(attacker.address).is_none()).await;
    whole(&handshakes, client("10.0.0.8", Machine::Another), &made).await;
    whole(&handshakes, client("127.0.0.1", Machine::Own), &made).await;
    // The next of that address waits for one of them to end.
    let mut next = Box::pin(handshakes.place(attacker));
    assert!(is_waiting(&mut next));
    drop(stopped.pop().unwrap().0);
    drop(next.await);
    whole(&handshakes, attacker, &made).await;
}

#[tokio::test]
async fn connections_that_say_nothing_hold_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, made) = certificate(folder.path());
    let handshakes = Handshakes::new(&certificate);
    let who = client("10.0.0.7", Machine::Another);
    let mut silent = Vec::new();
    for _ in 0..HANDSHAKES_PER_ADDRESS_MAX {
        let (far, near) = pair().await;
        let accepting = handshakes.clone();
        silent.push((far, tokio::spawn(async move { accepting.accept(near, who).await.is_ok() })));
    }
    whole(&handshakes, who, &made).await;
}

#[tokio::test]
async fn clients_elsewhere_that_hold_all_their_places_leave_those_of_the_nodes_own_machine() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, made) = certificate(folder.path());
    let handshakes = Handshakes::new(&certificate);
    let addresses = (0..=u8::MAX).map(|last| IpAddr::from([10, 0, 0, last]));
    let held: Vec<_> = addresses.filter_map(|address| handshakes.others.enter(address)).collect();
    assert!(held.len() > HANDSHAKES_MAX / 2);
    whole(&handshakes, client("127.0.0.1", Machine::Own), &made).await;
}
