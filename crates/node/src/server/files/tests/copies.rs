//! Copies after publishing: what is lacking is fetched, by whom placement names and nobody else.

use std::time::Duration;

use carechain_types::Span;

use super::world::{MEBIBYTE, World, eventually, runtime, settings};
use crate::server::files::fetch_link::{Claim, open};
use crate::server::files::link_error::LinkError;
use crate::server::files::message::RefusalCode;
use crate::server::files::shared::FilesSettings;

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
        let settings = FilesSettings { scrub_pause: Duration::from_millis(50), ..settings() };
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
