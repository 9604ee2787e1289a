//! A file of which no copy is left is told apart from one whose holders are away.

use super::client::Client;
use super::world::{MEBIBYTE, World, eventually, runtime};

const LENGTH: usize = 2 * MEBIBYTE + 7;

/// Three hospitals with a copy each.
async fn copied(seed: u8) -> (World, Client) {
    let world = World::start(3).await;
    let client = world.client(0, seed, LENGTH);
    client.upload(world.files(0)).await;
    world.publish(&client);
    eventually("all copies", || world.counts(0).uploads_copied == 1).await;
    (world, client)
}

fn erase(world: &World, index: usize, client: &Client) {
    let local = world.holds(index, &client.record().commitment).unwrap();
    world.at(index).chunks.erase(local).unwrap();
}

#[test]
fn file_that_all_other_holders_say_they_do_not_have_is_lost_and_with_one_away_it_is_not() {
    runtime().block_on(async {
        let (mut world, client) = copied(60).await;
        erase(&world, 1, &client);
        erase(&world, 2, &client);
        world.stop(0).await;
        world.restart(2).await;
        eventually("missed", || world.files(2).copies().below_policy == 1).await;
        eventually("tried", || world.counts(2).repairs_failed >= 1).await;
        assert_eq!(world.files(2).copies().lost, 0, "hospital 0 may have it, and does");
        world.begin_again(0).await;
        eventually("mended", || world.files(2).copies().below_policy == 0).await;
        for index in 0..3 {
            // Hospital 1 may have fetched its copy again by now, or not yet.
            if world.holds(index, &client.record().commitment).is_some() {
                erase(&world, index, &client);
            }
        }
        world.restart(2).await;
        eventually("lost", || world.files(2).copies().lost == 1).await;
        assert_eq!(world.files(2).copies().below_policy, 1);
    });
}

#[test]
fn chunk_that_is_corrupt_at_every_holder_is_lost_and_one_that_is_corrupt_here_is_not() {
    runtime().block_on(async {
        let (world, client) = copied(61).await;
        let read = |index: usize| {
            let local = world.holds(index, &client.record().commitment).unwrap();
            world.at(index).chunks.read_chunk(local, 1)
        };
        let middle = &client.file[MEBIBYTE..2 * MEBIBYTE];
        world.corrupt(2, middle);
        assert!(read(2).is_err());
        eventually("mended", || world.counts(2).chunks_replaced == 1).await;
        assert_eq!(world.files(2).copies().lost, 0);
        for index in 0..3 {
            world.corrupt(index, middle);
        }
        assert!(read(2).is_err());
        eventually("lost", || world.files(2).copies().lost == 1).await;
    });
}
