//! A disk that refuses one sync: it is said, nothing unconfirmed counts, and uploads go on by themselves.

use std::time::Duration;

use carechain_api::NodeError;
use carechain_chunks::PackOperation;

use super::world::{MEBIBYTE, World, eventually, runtime, settings};
use crate::opening::opening_of;
use crate::recovery::Recovery;
use crate::shared::FilesSettings;

const LENGTH: usize = 2 * MEBIBYTE + 3;

#[test]
fn gateway_whose_sync_failed_once_says_so_and_takes_the_upload_when_it_is_sent_again() {
    runtime().block_on(async {
        let world = World::start(4).await;
        let files = world.files(0);
        let client = world.client(0, 1, LENGTH);
        client.open(files).await.unwrap();
        client.send(files, 0..client.chunks()).await;
        world.fail_syncs(0, true);
        let refused = files.upload_complete(client.caller(), client.signed_complete()).await;
        let Err(NodeError::NotReady { reason }) = refused else { panic!("{refused:?}") };
        assert!(reason.contains("syncing pack 1 failed: Input/output error (os error 5)"), "{reason}");
        eventually("the trouble shows", || world.files(0).trouble().is_some()).await;
        let trouble = files.trouble().unwrap();
        assert_eq!((trouble.failure.pack, trouble.failure.operation), (1, PackOperation::Sync));
        assert!(trouble.since <= world.clock.wall());
        assert!(matches!(client.open(files).await, Err(NodeError::NotReady { .. })));
        world.fail_syncs(0, false);
        eventually("a new pack is begun", || world.files(0).trouble().is_none()).await;
        assert_eq!(world.counts(0).packs_failed, 1);
        let status = client.open(files).await.unwrap();
        assert_eq!(status.present, [], "what was not durable is asked for again");
        client.send(files, 0..client.chunks()).await;
        assert!(client.complete(files).await.len() >= 2);
        let local = world.holds(0, &client.record().commitment).unwrap();
        assert_eq!(world.at(0).chunks.read_range(local, 0, LENGTH as u64).unwrap(), client.file);
    });
}

#[test]
fn holder_whose_sync_failed_holds_its_copy_once_its_disk_syncs_again() {
    runtime().block_on(async {
        let world = World::start(3).await;
        let client = world.client(0, 1, LENGTH);
        world.fail_syncs(1, true);
        let receipts = client.upload(world.files(0)).await;
        assert!(receipts.iter().all(|receipt| receipt.leaf.hospital != world.at(1).id));
        world.publish(&client);
        eventually("the holder notices", || world.counts(1).packs_failed == 1).await;
        world.fail_syncs(1, false);
        eventually("the copy", || world.holds(1, &client.record().commitment).is_some()).await;
    });
}

/// A new pack was begun, and failed as well before anybody looked: that is a second failure, not the first one's end.
#[test]
fn disk_that_fails_again_at_once_is_said_and_counted_again() {
    runtime().block_on(async {
        let settings = FilesSettings { recovery_tick: Duration::from_secs(3_600), ..settings() };
        let world = World::start_with(1, settings).await;
        let mut recovery = Recovery::new(world.files(0).0.shared.clone());
        let mut before = None;
        for failures in 1..=2_u8 {
            let opening = opening_of(&world.client(0, failures, LENGTH).open);
            world.at(0).chunks.begin(&opening).unwrap();
            world.fail_syncs(0, true);
            assert!(world.at(0).chunks.sync().is_err());
            recovery.look().await;
            let failure = world.files(0).trouble().map(|trouble| trouble.failure);
            assert!(failure.is_some() && failure != before, "{failure:?}");
            before = failure;
            assert_eq!(world.counts(0).packs_failed, u64::from(failures));
            recovery.look().await;
            assert_eq!(world.counts(0).packs_failed, u64::from(failures), "the same failure");
            world.fail_syncs(0, false);
            recovery.look().await;
            assert!(world.files(0).trouble().is_none());
        }
    });
}
