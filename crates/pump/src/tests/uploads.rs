//! Uploads: receipts, copies, refusals, restarts, holders that are away, expiry.

use std::sync::Arc;

use bytes::Bytes;
use carechain_api::{NodeError, UploadBytes, UploadCaller};
use carechain_crypto::{UploadId, UploadSecret, chunk_subtree_value};
use carechain_schema::UploadState;
use carechain_types::{RememberedEd25519, Span, Verifier};

use super::ledger::CHAIN;
use super::world::{MEBIBYTE, World, eventually, runtime};

const LENGTH: usize = 5 * MEBIBYTE + 3;

#[test]
fn upload_gives_receipts_of_distinct_hospitals_and_then_all_copies() {
    runtime().block_on(async {
        let world = World::start(4).await;
        let client = world.client(0, 1, LENGTH);
        let receipts = client.upload(world.files(0)).await;
        assert!(receipts.len() >= 2, "{}", receipts.len());
        let verifier = Verifier::new(RememberedEd25519::default(), CHAIN);
        let record = client.record();
        for receipt in &receipts {
            verifier.receipt(receipt).unwrap();
            assert_eq!(receipt.leaf.commitment, record.commitment);
            assert_eq!(receipt.leaf.expiry, client.open.expiry);
        }
        assert!(receipts.windows(2).all(|pair| pair[0].leaf.hospital < pair[1].leaf.hospital));
        world.publish(&client);
        eventually("all copies", || world.counts(0).uploads_copied == 1).await;
        let ranking = world.ranking(&client);
        for (rank, index) in ranking.into_iter().enumerate() {
            let held = world.holds(index, &record.commitment);
            assert_eq!(held.is_some(), rank < 3, "rank {rank}");
            if let Some(local) = held {
                assert_eq!(world.at(index).chunks.read_range(local, 0, LENGTH as u64).unwrap(), client.file);
            }
        }
        // The same completion again gives the same receipts.
        assert!(client.complete(world.files(0)).await.len() >= 2);
        let status = world.files(0).upload_status(client.caller()).await.unwrap();
        assert_eq!(status.state, UploadState::Receipted);
    });
}

#[test]
fn chunks_come_in_any_order_and_more_than_once() {
    runtime().block_on(async {
        let world = World::start(3).await;
        let client = world.client(0, 2, LENGTH);
        let files = world.files(0);
        let status = client.open(files).await.unwrap();
        assert_eq!((status.state, status.present.len()), (UploadState::Receiving, 0));
        client.send(files, [5, 1, 0, 1, 5].into_iter()).await;
        let status = client.open(files).await.unwrap();
        assert_eq!(status.present, [(0, 2), (5, 6)]);
        let incomplete = files.upload_complete(client.caller(), client.signed_complete()).await;
        assert_eq!(incomplete, Err(NodeError::UploadIncomplete { missing: 3 }));
        client.send(files, 2..5).await;
        let status = files.upload_status(client.caller()).await.unwrap();
        assert_eq!((status.state, status.present), (UploadState::Received, vec![(0, 6)]));
        assert!(client.complete(files).await.len() >= 2);
    });
}

#[test]
fn what_contradicts_itself_is_refused() {
    runtime().block_on(async {
        let world = World::start(3).await;
        let files = world.files(0);
        let client = world.client(0, 3, LENGTH);
        let mut forged = client.signed_open();
        forged.open.length += 1;
        assert_eq!(files.upload_open(forged).await, Err(NodeError::Unauthorized));
        let elsewhere = world.client(1, 3, LENGTH);
        assert!(matches!(elsewhere.open(files).await, Err(NodeError::Invalid { .. })));
        let mut late = world.client(0, 3, LENGTH);
        late.open.expiry = world.clock.wall().before(Span::SECOND);
        assert_eq!(late.open(files).await, Err(NodeError::Expiry));

        client.open(files).await.unwrap();
        let mut other = world.client(0, 3, LENGTH);
        other.open.patient = carechain_crypto::PersonId::new([98; 20]);
        assert_eq!(other.open(files).await, Err(NodeError::UploadExists));
        let short = client.chunk_of(0, client.file.slice(..100));
        assert!(matches!(files.upload_chunk(client.caller(), short).await, Err(NodeError::Invalid { .. })));
        client.send(files, 0..client.chunks()).await;
        let mut another = client.chunk_of(1, client.file.slice(MEBIBYTE..2 * MEBIBYTE));
        another.index = 0;
        let refused = files.upload_chunk(client.caller(), another).await;
        assert_eq!(refused, Err(NodeError::UploadMismatch));
        let mut wrong = client.signed_complete();
        wrong.complete.root = carechain_crypto::Root::new([1; 32]);
        assert_eq!(files.upload_complete(client.caller(), wrong).await, Err(NodeError::Unauthorized));

        world.ledger.forbid_uploads();
        assert_eq!(world.client(0, 4, LENGTH).open(files).await, Err(NodeError::Unauthorized));
    });
}

#[test]
fn stranger_who_knows_the_id_of_an_upload_finds_nothing_and_spoils_nothing() {
    runtime().block_on(async {
        let world = World::start(3).await;
        let files = world.files(0);
        let client = world.client(0, 6, LENGTH);
        client.open(files).await.unwrap();
        let upload_id = client.open.upload_id;
        let stranger = || UploadCaller { upload_id, secret: Arc::new(UploadSecret::new([99; 32])) };
        let garbage = Bytes::from(vec![0; MEBIBYTE]);
        let value = chunk_subtree_value(0, client.chunks(), &garbage).unwrap();
        let chunk = UploadBytes { index: 0, value, bytes: garbage.clone() };
        assert_eq!(files.upload_chunk(stranger(), chunk).await, Err(NodeError::NotFound));
        assert_eq!(files.upload_status(stranger()).await, Err(NodeError::NotFound));
        assert_eq!(files.upload_file(stranger()).await, Err(NodeError::NotFound));
        let complete = files.upload_complete(stranger(), client.signed_complete()).await;
        assert_eq!(complete, Err(NodeError::NotFound));
        assert_eq!(world.counts(0).upload_callers_refused, 4);
        // Bytes that broke on the way are refused when they arrive, and the right ones are taken after them.
        let broken = files.upload_chunk(client.caller(), client.chunk_of(0, garbage)).await;
        assert_eq!(broken, Err(NodeError::UploadMismatch));
        assert!(client.upload(files).await.len() >= 2);
    });
}

#[test]
fn upload_goes_on_after_a_restart_of_the_node() {
    runtime().block_on(async {
        let mut world = World::start(3).await;
        let client = world.client(0, 5, LENGTH);
        client.open(world.files(0)).await.unwrap();
        client.send(world.files(0), 0..3).await;
        world.restart(0).await;
        let lost = client.chunk_of(3, client.file.slice(..1));
        let refused = world.files(0).upload_chunk(client.caller(), lost).await;
        assert_eq!(refused, Err(NodeError::NotFound));
        let status = client.open(world.files(0)).await.unwrap();
        let have = status.present.iter().map(|(start, end)| end - start).sum::<u32>();
        assert!(have <= 3);
        let missing = (0..client.chunks())
            .filter(|index| !status.present.iter().any(|(start, end)| (start..end).contains(&index)));
        client.send(world.files(0), missing).await;
        assert!(client.complete(world.files(0)).await.len() >= 2);
    });
}

#[test]
fn restart_of_a_holder_sends_nothing_twice_that_it_kept() {
    runtime().block_on(async {
        let mut world = World::start(3).await;
        let client = world.client(0, 6, LENGTH);
        client.open(world.files(0)).await.unwrap();
        client.send(world.files(0), 0..client.chunks()).await;
        // The other copy follows the abstract.
        let first = world.ranking(&client)[1];
        let full = LENGTH as u64;
        eventually("the first holder has all", || world.counts(first).push_bytes_received >= full).await;
        world.restart(first).await;
        let receipts = client.complete(world.files(0)).await;
        assert!(receipts.len() >= 2);
        world.publish(&client);
        eventually("all copies", || world.counts(0).uploads_copied == 1).await;
        assert!(world.counts(first).push_bytes_received < full);
    });
}

#[test]
fn holder_that_is_away_is_replaced_by_the_next_in_rank() {
    runtime().block_on(async {
        let mut world = World::start(4).await;
        let client = world.client(0, 7, LENGTH);
        let ranking = world.ranking(&client);
        world.stop(ranking[1]).await;
        let receipts = client.upload(world.files(0)).await;
        assert!(receipts.len() >= 2);
        world.publish(&client);
        eventually("all copies", || world.counts(0).uploads_copied == 1).await;
        assert_eq!(world.counts(0).holders_replaced, 1);
        assert!(world.holds(ranking[3], &client.record().commitment).is_some());
    });
}

#[test]
fn unpublished_upload_is_collected_at_every_holder_when_the_head_passes_its_expiry() {
    runtime().block_on(async {
        let world = World::start(3).await;
        let (kept, lost, open) =
            (world.client(0, 8, LENGTH), world.client(0, 9, LENGTH), world.client(0, 10, LENGTH));
        kept.upload(world.files(0)).await;
        lost.upload(world.files(0)).await;
        open.open(world.files(0)).await.unwrap();
        open.send(world.files(0), 0..2).await;
        world.publish(&kept);
        eventually("all copies", || world.counts(0).uploads_copied == 1).await;
        world.ledger.block(world.later(), Vec::new());
        let (kept, lost) = (kept.record().commitment, lost.record().commitment);
        for index in 0..3 {
            eventually("collected", || world.holds(index, &lost).is_none()).await;
            assert!(world.holds(index, &kept).is_some(), "{index}");
        }
        let upload = open.open.upload_id;
        eventually("open ones too", || {
            (0..3).all(|index| world.at(index).chunks.find_upload(&upload).is_empty())
        })
        .await;
    });
}

#[test]
fn file_uploaded_twice_and_published_once_is_kept_once() {
    runtime().block_on(async {
        let world = World::start(3).await;
        let client = world.client(0, 11, LENGTH);
        let mut again = world.client(0, 11, LENGTH);
        again.open.upload_id = UploadId::new([12; 16]);
        client.upload(world.files(0)).await;
        again.upload(world.files(0)).await;
        world.publish(&client);
        eventually("all copies", || world.counts(0).uploads_copied == 2).await;
        world.ledger.block(world.later(), Vec::new());
        // A holder keeps the one that was pushed to it first, and that need not be the one uploaded first.
        let copies = |index: usize| {
            let uploads = [client.open.upload_id, again.open.upload_id];
            uploads.iter().map(|upload| world.at(index).chunks.find_upload(upload).len()).sum::<usize>()
        };
        eventually("one of the two is collected", || (0..3).all(|index| copies(index) == 1)).await;
        let commitment = client.record().commitment;
        assert!((0..3).all(|index| world.holds(index, &commitment).is_some()));
    });
}
