//! Copies after publishing: what is lacking is fetched, by whom placement names and nobody else.

use std::time::Duration;

use carechain_chunks::{ScrubPlace, ScrubStep};
use carechain_types::Span;

use super::world::{MEBIBYTE, World, eventually, runtime, settings};
use crate::fetch_link::{Claim, open};
use crate::link_error::LinkError;
use crate::message::RefusalCode;
use crate::opening::opening_of;
use crate::scrubbing::Scrub;
use crate::shared::FilesSettings;

const LENGTH: usize = 6 * MEBIBYTE + 7;

#[test]
fn holder_that_missed_the_upload_fetches_its_copy_after_the_publish() {
    runtime().block_on(async {
        let mut world = World::start(4).await;
        let client = world.client(0, 40, LENGTH);
        let ranking = world.ranking(&client);
        let late = ranking[2];
        world.stop(late).await;
        client.upload(world.files(0)).await;
        world.publish(&client);
        // The publisher goes away too: any surviving holder completes the copies.
        world.stop(0).await;
        world.begin_again(late).await;
        let commitment = client.record().commitment;
        eventually("fetched", || world.counts(late).repairs_done >= 1).await;
        let local = world.holds(late, &commitment).unwrap();
        assert_eq!(world.at(late).chunks.read_range(local, 0, LENGTH as u64).unwrap(), client.file);
        assert!(world.counts(ranking[1]).repair_fetches_served >= 1);
        // Its own expiry does not take away what the ledger names.
        world.ledger.block(world.later().after(Span::DAY).after(Span::DAY), Vec::new());
        world.ledger.block(world.later().after(Span::DAY.times(3)), Vec::new());
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(world.holds(late, &commitment).is_some());
    });
}

#[test]
fn chunk_that_a_read_finds_corrupt_is_mended_by_repair() {
    runtime().block_on(async {
        let world = World::start(4).await;
        let client = world.client(0, 41, LENGTH);
        client.upload(world.files(0)).await;
        world.publish(&client);
        eventually("all copies", || world.counts(0).uploads_copied == 1).await;
        let ranking = world.ranking(&client);
        for holder in &ranking[1..3] {
            world.corrupt(*holder, &client.file[MEBIBYTE..2 * MEBIBYTE]);
            let local = world.holds(*holder, &client.record().commitment).unwrap();
            assert!(world.at(*holder).chunks.read_chunk(local, 1).is_err());
        }
        for holder in &ranking[1..3] {
            eventually("mended", || world.counts(*holder).chunks_replaced == 1).await;
            let local = world.holds(*holder, &client.record().commitment).unwrap();
            world.at(*holder).chunks.read_chunk(local, 1).unwrap();
        }
    });
}

#[test]
fn chunk_that_nobody_reads_is_found_corrupt_and_mended() {
    runtime().block_on(async {
        let settings = FilesSettings {
            scrub_period: Duration::from_secs(1),
            scrub_round: Duration::from_millis(50),
            ..settings()
        };
        let world = World::start_with(4, settings).await;
        let client = world.client(0, 43, 2 * MEBIBYTE + 7);
        client.upload(world.files(0)).await;
        world.publish(&client);
        eventually("all copies", || world.counts(0).uploads_copied == 1).await;
        let holder = world.ranking(&client)[1];
        world.corrupt(holder, &client.file[MEBIBYTE..2 * MEBIBYTE]);
        eventually("mended", || world.counts(holder).chunks_replaced == 1).await;
        let local = world.holds(holder, &client.record().commitment).unwrap();
        world.at(holder).chunks.read_chunk(local, 1).unwrap();
    });
}

#[test]
fn scrub_goes_on_after_a_restart_where_it_was() {
    runtime().block_on(async {
        let world = World::start(1).await;
        let shared = || world.files(0).0.shared.clone();
        let place = ScrubPlace { local: 7, index: 9 };
        assert_eq!(Scrub::new(shared()).place, ScrubPlace::default());
        Scrub::new(shared()).take(ScrubStep { next: Some(place), ..ScrubStep::default() }).await;
        assert_eq!(Scrub::new(shared()).place, place);
        Scrub::new(shared()).take(ScrubStep::default()).await;
        assert_eq!(
            Scrub::new(shared()).place,
            ScrubPlace::default(),
            "behind the last chunk it begins again"
        );
        assert_eq!(world.counts(0).scrub_passes, 1);
    });
}

#[test]
fn corrupt_chunks_that_nobody_gives_do_not_hide_the_others() {
    runtime().block_on(async {
        let world = World::start_with(4, FilesSettings { corrupt_max: 1, ..settings() }).await;
        // The first is never published, so its chunk cannot be mended.
        let clients = [45, 46].map(|seed| world.client(0, seed, MEBIBYTE + 7));
        for client in &clients {
            client.upload(world.files(0)).await;
        }
        world.publish(&clients[1]);
        for client in &clients {
            world.corrupt(0, &client.file[..MEBIBYTE]);
            let local = world.holds(0, &client.record().commitment).unwrap();
            assert!(world.at(0).chunks.read_chunk(local, 0).is_err());
        }
        eventually("mended", || world.counts(0).chunks_replaced == 1).await;
        let local = world.holds(0, &clients[1].record().commitment).unwrap();
        world.at(0).chunks.read_chunk(local, 0).unwrap();
    });
}

#[test]
fn failures_of_repair_and_what_is_below_policy_are_known_again_after_a_restart() {
    runtime().block_on(async {
        let mut settings = settings();
        settings.repair.retry_min = Span::MINUTE;
        let mut world = World::start_with(3, settings).await;
        let client = world.client(0, 47, LENGTH);
        let ranking = world.ranking(&client);
        let late = ranking[2];
        world.stop(late).await;
        client.upload(world.files(0)).await;
        world.publish(&client);
        world.stop(ranking[0]).await;
        world.stop(ranking[1]).await;
        let began = world.clock.steady();
        world.begin_again(late).await;
        eventually("a failure", || world.counts(late).repairs_failed == 1).await;
        eventually("counted", || world.files(late).copies().below_policy == 1).await;
        let kept = world.custody_folder(late).join("repairs-1");
        eventually("kept", || kept.exists()).await;
        let since = world.files(late).copies().since.unwrap();
        assert!(since >= began && since <= world.clock.steady());
        world.restart(late).await;
        eventually("restored", || world.counts(late).repairs_restored == 1).await;
        eventually("looked through", || {
            let copies = world.files(late).copies();
            copies.seen == copies.head && copies.below_policy == 1
        })
        .await;
        assert_eq!(world.files(late).copies().since, Some(since));
        // A minute must pass after a failure: the restart does not ask all holders again at once.
        assert_eq!(world.counts(late).repairs_failed, 0);
    });
}

#[test]
fn store_that_was_lost_is_filled_again_after_a_restart() {
    runtime().block_on(async {
        let mut world = World::start(3).await;
        let clients = [48, 49].map(|seed| world.client(0, seed, MEBIBYTE + 7));
        for client in &clients {
            client.upload(world.files(0)).await;
            world.publish(client);
        }
        eventually("all copies", || world.counts(0).uploads_copied == 2).await;
        world.stop(1).await;
        std::fs::remove_dir_all(world.folder(1)).unwrap();
        world.begin_again(1).await;
        eventually("all fetched", || world.counts(1).repairs_done == 2).await;
        for client in &clients {
            let local = world.holds(1, &client.record().commitment).unwrap();
            assert_eq!(world.at(1).chunks.read_range(local, 0, client.open.length).unwrap(), client.file);
        }
        eventually("nothing is lacking", || world.files(1).copies().below_policy == 0).await;
    });
}

#[test]
fn repair_fetch_is_refused_to_a_member_that_placement_does_not_name() {
    runtime().block_on(async {
        let world = World::start(4).await;
        let client = world.client(0, 42, LENGTH);
        client.upload(world.files(0)).await;
        let ranking = world.ranking(&client);
        let claim = Claim::Repair { chunks: 0..7 };
        let holder = world.at(0).id;
        for (asker, published) in [(ranking[1], false), (ranking[3], true)] {
            if published {
                world.publish(&client);
            }
            let shared = world.files(asker).0.shared.clone();
            let opened = open(shared, holder, client.record(), claim.clone(), None).await.map(drop);
            let refused = LinkError::Refused(RefusalCode::NotPermitted);
            assert_eq!(opened.unwrap_err().to_string(), refused.to_string());
        }
        assert_eq!(world.counts(0).repair_fetches_refused, 2);
        let shared = world.files(ranking[1]).0.shared.clone();
        open(shared, holder, client.record(), claim, None).await.map(drop).unwrap();
    });
}

/// The same record was sealed twice for one upload, with other bytes each time, and this holder got some of the first.
#[test]
fn chunks_of_another_sealing_do_not_keep_a_copy_from_becoming_whole() {
    runtime().block_on(async {
        let mut world = World::start(3).await;
        let client = world.client(0, 50, LENGTH);
        let late = world.ranking(&client)[2];
        world.stop(late).await;
        client.upload(world.files(0)).await;
        world.publish(&client);
        let other = world.client(0, 51, LENGTH);
        let opening = opening_of(&client.open);
        let store = world.open_store(late).await;
        let local = store.begin(&opening).unwrap();
        store.put_chunk(local, 0, &other.file[..MEBIBYTE], &other.manifest.values()[0]).unwrap();
        store.sync().unwrap();
        drop(store);
        world.begin_again(late).await;
        eventually("fetched", || world.counts(late).repairs_done == 1).await;
        let local = world.holds(late, &client.record().commitment).unwrap();
        assert_eq!(world.at(late).chunks.read_range(local, 0, LENGTH as u64).unwrap(), client.file);
    });
}

/// There is room for two files that are not whole here.
#[test]
fn file_that_finds_no_room_is_counted_and_found_again() {
    runtime().block_on(async {
        let mut settings = settings();
        settings.repair.pending_max = 2;
        let mut world = World::start_with(3, settings).await;
        world.stop(2).await;
        let clients = [52, 53, 54, 55].map(|seed| world.client(0, seed, MEBIBYTE + 7));
        for client in &clients {
            client.upload(world.files(0)).await;
            world.publish(client);
        }
        world.stop(0).await;
        world.stop(1).await;
        world.begin_again(2).await;
        eventually("dropped", || world.counts(2).repairs_dropped >= 2).await;
        let copies = world.files(2).copies();
        assert!(copies.seen < copies.head, "{copies:?}: not all are known");
        world.begin_again(0).await;
        for client in &clients {
            let commitment = client.record().commitment;
            eventually("fetched", || world.holds(2, &commitment).is_some()).await;
        }
        eventually("all known", || world.files(2).copies().known_below_policy() == Some(0)).await;
    });
}
