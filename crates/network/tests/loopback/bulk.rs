//! Bulk streams: whole, many, bounded, and beside votes.

use bytes::Bytes;
use carechain_crypto::SigningPublicKey;
use carechain_network::{BulkError, BulkReceiver, Class, Limits, NetworkConfig, NetworkHandle};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::cluster::{DEADLINE, config, runtime, start_all, start_pair};

const FILE_BYTES: usize = 64 << 20;

/// Sends that many bytes to a member and waits until it says how many it read.
async fn push(handle: NetworkHandle, peer: SigningPublicKey, count: usize) -> u64 {
    handle.bulk_ready(peer).await.unwrap();
    let mut stream = handle.open_bulk(peer).await.unwrap();
    let block = vec![5; 256 << 10];
    let mut left = count;
    while left > 0 {
        let now = left.min(block.len());
        stream.write_all(&block[..now]).await.unwrap();
        left -= now;
    }
    stream.shutdown().await.unwrap();
    stream.read_u64().await.unwrap()
}

/// Takes streams for ever, counts the bytes of each and answers with the number.
async fn count_bytes(mut incoming: BulkReceiver) {
    while let Some(bulk) = incoming.next().await {
        tokio::spawn(async move {
            let mut stream = bulk.stream;
            let mut buffer = vec![0; 256 << 10];
            let mut total = 0;
            loop {
                match stream.read(&mut buffer).await.unwrap() {
                    0 => break,
                    count => total += count as u64,
                }
            }
            stream.write_u64(total).await.unwrap();
            stream.shutdown().await.unwrap();
        });
    }
}

#[test]
fn bulk_stream_carries_a_file_both_ways_and_is_counted() {
    let runtime = runtime();
    let (mut first, mut second) = start_pair(&runtime, config(1), config(2));
    let (first_key, second_key) = (first.key(), second.key());
    runtime.spawn(count_bytes(second.take_bulk()));
    runtime.spawn(count_bytes(first.take_bulk()));
    runtime.block_on(async {
        let there = timeout(DEADLINE, push(first.handle.clone(), second_key, FILE_BYTES));
        let back = timeout(DEADLINE, push(second.handle.clone(), first_key, FILE_BYTES));
        let (there, back) = tokio::join!(there, back);
        assert_eq!((there.unwrap(), back.unwrap()), (FILE_BYTES as u64, FILE_BYTES as u64));
    });
    let streams = first.handle.counters().streams;
    assert_eq!((streams.streams_opened, streams.streams_accepted), (1, 1));
    assert!(streams.bytes_sent >= FILE_BYTES as u64 && streams.bytes_received >= FILE_BYTES as u64);
}

#[test]
fn many_streams_opened_at_once_all_arrive() {
    let runtime = runtime();
    let mut nodes = start_all(&runtime, vec![config(1), config(2), config(3), config(4)]);
    let mut target = nodes.pop().unwrap();
    let key = target.key();
    runtime.spawn(count_bytes(target.take_bulk()));
    runtime.block_on(async {
        let mut pushes = JoinSet::new();
        for node in &nodes {
            node.handle.bulk_ready(key).await.unwrap();
            (0..16).for_each(|_| drop(pushes.spawn(push(node.handle.clone(), key, 100_000))));
        }
        let done = timeout(DEADLINE, pushes.join_all()).await.unwrap();
        assert_eq!(done, [100_000; 48]);
    });
}

#[test]
fn streams_to_a_peer_are_bounded_on_both_sides() {
    let runtime = runtime();
    let few = Limits { bulk_streams_per_peer_max: 1, ..Limits::default() };
    let (first, mut second) = start_pair(&runtime, config(1), NetworkConfig { limits: few, ..config(2) });
    runtime.block_on(async {
        first.handle.bulk_ready(second.key()).await.unwrap();
        second.handle.bulk_ready(first.key()).await.unwrap();
        let mut incoming = second.take_bulk();
        let held = first.handle.open_bulk(second.key()).await.unwrap();
        let accepted = incoming.next().await.unwrap();
        assert_eq!(accepted.from, first.key());
        let refused = first.handle.open_bulk(second.key()).await;
        assert!(matches!(refused, Err(BulkError::Busy { .. })), "{refused:?}");
        assert_eq!(second.handle.counters().streams.streams_refused, 1);
        let own = second.handle.open_bulk(first.key()).await.unwrap();
        let refused = second.handle.open_bulk(first.key()).await;
        assert!(matches!(refused, Err(BulkError::AllInUse { .. })), "{refused:?}");
        drop((held, accepted, own));
        first.handle.open_bulk(second.key()).await.unwrap();
    });
}

#[test]
fn unknown_and_absent_peers_are_told_apart() {
    let runtime = runtime();
    let node = start_all(&runtime, vec![config(1)]).pop().unwrap();
    let absent = config(2).identity.key();
    runtime.block_on(async {
        assert!(matches!(node.handle.open_bulk(absent).await, Err(BulkError::NotMember { .. })));
        let mut peer = node.as_peer();
        peer.key = absent;
        node.handle.set_peers(&[peer]).unwrap();
        assert!(matches!(node.handle.open_bulk(absent).await, Err(BulkError::NotConnected { .. })));
    });
}

#[test]
fn votes_flow_while_a_bulk_transfer_runs() {
    let runtime = runtime();
    let (first, mut second) = start_pair(&runtime, config(1), config(2));
    let (first_key, second_key) = (first.key(), second.key());
    runtime.spawn(count_bytes(second.take_bulk()));
    let transfer = runtime.spawn(push(first.handle.clone(), second_key, 4 * FILE_BYTES));
    let mut exchanges = 0_u64;
    while !transfer.is_finished() || exchanges < 100 {
        let ping = Bytes::from(exchanges.to_le_bytes().to_vec());
        first.handle.send(second_key, Class::Consensus, ping.clone()).unwrap();
        let fits = |event: &carechain_network::Event| matches!(event, carechain_network::Event::Message { bytes, .. } if *bytes == ping);
        second.wait_for("vote", fits);
        second.handle.send(first_key, Class::Consensus, ping.clone()).unwrap();
        first.wait_for("vote", fits);
        exchanges += 1;
    }
    assert_eq!(runtime.block_on(transfer).unwrap(), 4 * FILE_BYTES as u64);
}
