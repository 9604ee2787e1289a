//! Prints how long a full mesh takes in one process, and what it costs while idle.
//!
//! `cargo run --release -p carechain-network --example mesh [nodes]`

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use carechain_crypto::{ChainId, Digest};
use carechain_network::{Identity, Limits, Network, NetworkConfig, Peer, Runtimes};
use tokio::runtime::Builder;

fn main() {
    let nodes: u8 = std::env::args().nth(1).map_or(50, |text| text.parse().expect("a number up to 255"));
    let runtime =
        Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads can be made");
    let runtimes = Runtimes::shared(runtime.handle().clone());
    let any_port: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let start = |seed| NetworkConfig {
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
    let networks: Vec<Network> = (1..=nodes)
        .map(|seed| {
            runtime.block_on(Network::start(start(seed), &runtimes)).expect("loopback has free ports")
        })
        .collect();
    let peers: Vec<Peer> = networks
        .iter()
        .map(|network| Peer {
            key: network.handle.key(),
            votes: network.handle.votes_address().to_string(),
            bulk: network.handle.bulk_address().to_string(),
        })
        .collect();
    print_usage("before");
    let started = Instant::now();
    networks.iter().for_each(|network| network.handle.set_peers(&peers).expect("the peers are valid"));
    let all = usize::from(nodes) - 1;
    while !networks.iter().all(|network| {
        network.handle.connected().len() == all && network.handle.bulk_connected().len() == all
    }) {
        assert!(started.elapsed() < Duration::from_secs(120), "no full mesh");
        std::thread::sleep(Duration::from_millis(10));
    }
    println!("{nodes} nodes fully linked on both planes after {:?}", started.elapsed());
    print_usage("linked");
    std::thread::sleep(Duration::from_secs(10));
    print_usage("10 s later");
}

/// Memory of this process and processor time so far, as the kernel counts them (clock ticks of 10 ms).
fn print_usage(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or("VmRSS unknown");
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: u64 = stat.split(' ').skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    println!("{when}: {memory}, processor time {} ms", ticks * 10);
}
