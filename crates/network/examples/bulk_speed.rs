//! Prints how fast bulk streams are over loopback, and how long a vote needs there and back meanwhile.
//!
//! `cargo run --release -p carechain-network --example bulk_speed [MiB] [streams]`

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use carechain_crypto::{ChainId, Digest};
use carechain_network::{
    BulkReceiver, Class, Event, EventReceiver, Identity, Limits, Network, NetworkConfig, NetworkHandle,
    Runtimes,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};

const BLOCK_BYTES: usize = 256 << 10;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>().expect("a number"));
    let mebibytes = arguments.next().unwrap_or(1_024);
    let streams = arguments.next().unwrap_or(1);
    let votes = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("votes")
        .enable_all()
        .build()
        .expect("threads can be made");
    let bulk = Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("bulk")
        .enable_all()
        .build()
        .expect("threads can be made");
    let runtimes = Runtimes { votes: votes.handle().clone(), bulk: bulk.handle().clone() };
    let first = start(&bulk, &runtimes, 1);
    let second = start(&bulk, &runtimes, 2);
    let peers = [&first, &second].map(|network| carechain_network::Peer {
        key: network.handle.key(),
        votes: network.handle.votes_address().to_string(),
        bulk: network.handle.bulk_address().to_string(),
    });
    for network in [&first, &second] {
        network.handle.set_peers(&peers).expect("the peers are valid");
    }
    bulk.block_on(first.handle.bulk_ready(peers[1].key)).expect("the second node is a member");
    let echo = second.handle.clone();
    std::thread::spawn(move || echo_votes(&second.events, &echo));
    bulk.spawn(sink(second.incoming_bulk));

    print_vote_times("idle", &first, Instant::now() + Duration::from_secs(2), || false);
    let started = Instant::now();
    let transfers: Vec<_> = (0..streams)
        .map(|_| bulk.spawn(send(first.handle.clone(), peers[1].key, (mebibytes << 20) / streams)))
        .collect();
    print_vote_times("during transfer", &first, started + Duration::from_secs(600), || {
        transfers.iter().all(tokio::task::JoinHandle::is_finished)
    });
    let seconds = bulk.block_on(async {
        let mut longest = Duration::ZERO;
        for transfer in transfers {
            longest = longest.max(transfer.await.expect("the transfer ends").duration_since(started));
        }
        longest.as_secs_f64()
    });
    let megabytes = (mebibytes << 20) as f64 / 1e6;
    println!(
        "bulk: {megabytes:.0} MB over {streams} streams in {seconds:.2} s: {:.0} MB/s",
        megabytes / seconds
    );
}

fn start(runtime: &Runtime, runtimes: &Runtimes, seed: u8) -> Network {
    let any_port: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let config = NetworkConfig {
        identity: Identity::from_seed(&[seed; 32]),
        chain_id: ChainId::ZERO,
        cluster_digest: Digest::ZERO,
        epoch: 0,
        listen_votes: any_port,
        listen_bulk: any_port,
        peers: Vec::new(),
        jitter_seed: seed.into(),
        limits: Limits::default(),
    };
    runtime.block_on(Network::start(config, runtimes)).expect("loopback has free ports")
}

async fn send(handle: NetworkHandle, peer: carechain_crypto::SigningPublicKey, count: usize) -> Instant {
    let mut stream = handle.open_bulk(peer).await.expect("the link stands");
    let block = vec![5; BLOCK_BYTES];
    let mut left = count;
    while left > 0 {
        let now = left.min(block.len());
        stream.write_all(&block[..now]).await.expect("the peer reads");
        left -= now;
    }
    stream.shutdown().await.expect("the peer reads");
    stream.read_u8().await.expect("the peer confirms");
    Instant::now()
}

async fn sink(mut incoming: BulkReceiver) {
    while let Some(bulk) = incoming.next().await {
        tokio::spawn(async move {
            let mut stream = bulk.stream;
            let mut buffer = vec![0; BLOCK_BYTES];
            while stream.read(&mut buffer).await.expect("the peer writes") > 0 {}
            stream.write_u8(1).await.expect("the peer waits");
            stream.shutdown().await.expect("the peer waits");
        });
    }
}

fn echo_votes(events: &EventReceiver, handle: &NetworkHandle) {
    while let Some(event) = events.next() {
        if let Event::Message { from, class, bytes } = event {
            handle.send(from, class, bytes).expect("the link stands");
        }
    }
}

fn print_vote_times(name: &str, network: &Network, until: Instant, mut done: impl FnMut() -> bool) {
    let mut times = Vec::new();
    let vote = Bytes::from(vec![1; 200]);
    while Instant::now() < until && !done() {
        let sent = Instant::now();
        if network.handle.broadcast(Class::Consensus, &vote) != Ok(1) {
            std::thread::yield_now();
            continue;
        }
        while !matches!(network.events.next(), Some(Event::Message { .. })) {}
        times.push(sent.elapsed());
        std::thread::sleep(Duration::from_millis(1));
    }
    times.sort_unstable();
    let at = |hundredths: usize| times.get(times.len() * hundredths / 100).copied().unwrap_or_default();
    println!("vote there and back, {name}: p50 {:?}, p99 {:?}, {} samples", at(50), at(99), times.len());
}
