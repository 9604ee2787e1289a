//! Reads: from others, from the own store, around damage, and only while access lasts.

use carechain_api::NodeError;
use carechain_types::{ByteRange, SignedReadRequest};
use futures::StreamExt as _;

use super::client::Client;
use super::world::{MEBIBYTE, World, eventually, runtime};
use crate::fetch_link::{Claim, open};
use crate::link_error::LinkError;
use crate::message::RefusalCode;

const LENGTH: usize = 9 * MEBIBYTE + 3;

/// A published file with all its copies, and the hospitals by rank: the last holds nothing.
async fn published(seed: u8, length: usize) -> (World, Client, Vec<usize>) {
    let world = World::start(4).await;
    let client = world.client(0, seed, length);
    client.upload(world.files(0)).await;
    world.publish(&client);
    eventually("all copies", || world.counts(0).uploads_copied == 1).await;
    let ranking = world.ranking(&client);
    (world, client, ranking)
}

#[test]
fn gateway_without_a_copy_reads_from_others_and_one_with_a_copy_from_itself() {
    runtime().block_on(async {
        let (world, client, ranking) = published(20, LENGTH).await;
        for gateway in [ranking[3], ranking[1]] {
            assert_eq!(world.read(&client, gateway, client.whole()).await.unwrap(), client.file);
        }
        assert!(world.counts(ranking[3]).chunks_fetched >= 10);
        assert_eq!(world.counts(ranking[1]).chunks_fetched, 0);
        let served: u64 = ranking[..3].iter().map(|index| world.counts(*index).read_fetch_bytes).sum();
        assert!(served >= LENGTH as u64);
    });
}

#[test]
fn only_the_range_is_read() {
    runtime().block_on(async {
        let (world, client, ranking) = published(21, LENGTH).await;
        let mebibyte = MEBIBYTE as u64;
        for (start, end) in
            [(0, 1), (mebibyte - 1, mebibyte + 1), (3 * mebibyte, 4 * mebibyte), (5, LENGTH as u64)]
        {
            let range = ByteRange { start, end };
            let expected = &client.file[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
            for gateway in [ranking[3], ranking[0]] {
                let read = world.read(&client, gateway, range).await.unwrap();
                assert!(read == expected, "{start}..{end}");
            }
        }
        let outside = ByteRange { start: 0, end: LENGTH as u64 + 1 };
        assert!(matches!(world.read(&client, ranking[0], outside).await, Err(NodeError::Invalid { .. })));
    });
}

#[test]
fn corrupt_chunk_on_one_holder_and_a_lost_copy_on_another_still_read_whole() {
    runtime().block_on(async {
        let (world, client, ranking) = published(22, LENGTH).await;
        world.corrupt(ranking[1], &client.file[2 * MEBIBYTE..3 * MEBIBYTE]);
        let lost = world.holds(ranking[2], &client.record().commitment).unwrap();
        world.at(ranking[2]).chunks.erase(lost).unwrap();
        assert_eq!(world.read(&client, ranking[3], client.whole()).await.unwrap(), client.file);
    });
}

#[test]
fn corrupt_chunk_of_the_own_store_is_replaced_while_it_is_read() {
    runtime().block_on(async {
        let (world, client, ranking) = published(23, LENGTH).await;
        let gateway = ranking[0];
        world.corrupt(gateway, &client.file[4 * MEBIBYTE..5 * MEBIBYTE]);
        assert_eq!(world.read(&client, gateway, client.whole()).await.unwrap(), client.file);
        eventually("replaced", || world.counts(gateway).chunks_replaced >= 1).await;
        let local = world.holds(gateway, &client.record().commitment).unwrap();
        assert_eq!(world.at(gateway).chunks.read_range(local, 0, LENGTH as u64).unwrap(), client.file);
    });
}

#[test]
fn holders_serve_only_the_gateway_that_the_entry_names() {
    runtime().block_on(async {
        let (world, client, ranking) = published(24, LENGTH).await;
        let (named, other, holder) = (ranking[1], ranking[3], ranking[0]);
        let now = world.clock.wall();
        let signed = client.read_request(world.at(named).id, client.whole(), now);
        let entry = world.ledger.allow(&signed.request, now);
        let SignedReadRequest { request, signature, .. } = signed.clone();
        let claim = Claim::Reader { entry, request: Box::new(request), signature };
        let shared = &world.files(other).0.shared;
        let opened = open(shared.clone(), world.at(holder).id, client.record(), claim, None).await.map(drop);
        let refused = LinkError::Refused(RefusalCode::NotPermitted);
        assert_eq!(opened.unwrap_err().to_string(), refused.to_string());
        assert_eq!(world.counts(holder).read_fetches_refused, 1);
        assert!(matches!(
            world.files(other).read(entry, signed).await.map(drop),
            Err(NodeError::Invalid { .. })
        ));
    });
}

#[test]
fn request_without_a_committed_entry_reads_nothing() {
    runtime().block_on(async {
        let (world, client, ranking) = published(25, LENGTH).await;
        let now = world.clock.wall();
        let signed = client.read_request(world.at(ranking[0]).id, client.whole(), now);
        let entry = world.ledger.allow(&signed.request, now);
        let other_range = ByteRange { start: 0, end: 1 };
        let other = client.read_request(world.at(ranking[0]).id, other_range, now);
        let read = world.files(ranking[0]).read(entry, other).await.map(drop);
        assert_eq!(read, Err(NodeError::AccessEnded));
    });
}

#[test]
fn revocation_ends_a_read_under_way() {
    runtime().block_on(async {
        let (world, client, ranking) = published(26, 70 * MEBIBYTE).await;
        for gateway in [ranking[3], ranking[0]] {
            let now = world.clock.wall();
            let signed = client.read_request(world.at(gateway).id, client.whole(), now);
            let entry = world.ledger.allow(&signed.request, now);
            let mut stream = world.files(gateway).read(entry, signed).await.unwrap();
            let first = stream.next().await.unwrap().unwrap();
            world.ledger.revoke_all();
            let mut count = first.len();
            let end = loop {
                match stream.next().await.expect("an end that says why") {
                    Ok(piece) => count += piece.len(),
                    Err(error) => break error,
                }
            };
            assert_eq!(end, NodeError::AccessEnded);
            assert!(count < 40 * MEBIBYTE, "{count} bytes after the revocation");
        }
    });
}

#[test]
fn read_without_any_copy_says_so() {
    runtime().block_on(async {
        let (world, client, ranking) = published(27, LENGTH).await;
        for holder in &ranking[..3] {
            let lost = world.holds(*holder, &client.record().commitment).unwrap();
            world.at(*holder).chunks.erase(lost).unwrap();
        }
        assert_eq!(world.read(&client, ranking[3], client.whole()).await, Err(NodeError::NoHolder));
    });
}
