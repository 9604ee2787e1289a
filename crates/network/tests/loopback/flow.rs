//! Bounds hold and nobody starves.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use carechain_network::{Class, Event, Limits, LinkEnd, NetworkConfig};

use crate::cluster::{config, eventually, runtime, start_all, start_pair};

#[test]
fn flooding_peer_does_not_starve_another() {
    let runtime = runtime();
    let limits = Limits { incoming_count_max: 16, ..Limits::default() };
    let nodes = start_all(&runtime, vec![config(1), config(2), NetworkConfig { limits, ..config(3) }]);
    let [flooder, quiet, receiver] = &nodes[..] else { unreachable!() };
    eventually("links", || nodes.iter().all(|node| node.handle.connected().len() == 2));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let junk = Bytes::from(vec![0; 1_000]);
            while !stop.load(Ordering::Relaxed) {
                flooder.handle.send(receiver.key(), Class::Consensus, junk.clone()).unwrap();
            }
        });
        let mut flooded = 0;
        for number in 0_u8..100 {
            quiet.handle.send(receiver.key(), Class::Consensus, Bytes::from(vec![number])).unwrap();
            receiver.wait_for("message of the quiet peer", |event| {
                flooded += u32::from(event.peer() == flooder.key());
                matches!(event, Event::Message { from, bytes, .. } if *from == quiet.key() && bytes[0] == number)
            });
        }
        stop.store(true, Ordering::Relaxed);
        assert!(flooded > 0);
    });
    assert_eq!(quiet.handle.counters().classes[0].dropped_full, 0);
}

#[test]
fn full_queue_drops_bodies_and_keeps_votes() {
    let runtime = runtime();
    let sender_limits = Limits { outgoing_bytes_max: 1 << 20, ..Limits::default() };
    let receiver_limits = Limits { incoming_count_max: 2, ..Limits::default() };
    let (sender, receiver) = start_pair(
        &runtime,
        NetworkConfig { limits: sender_limits, ..config(1) },
        NetworkConfig { limits: receiver_limits, ..config(2) },
    );
    // The receiver takes nothing now, so bodies pile up, first on its side and then in the sender's queue.
    let body = Bytes::from(vec![0; 64 << 10]);
    let dropped = |class: Class| sender.handle.counters().classes[class.index()].dropped_full;
    eventually("bodies dropped", || {
        sender.handle.send(receiver.key(), Class::Bodies, body.clone()).unwrap();
        dropped(Class::Bodies) > 0
    });
    for number in 0_u8..50 {
        sender.handle.send(receiver.key(), Class::Consensus, Bytes::from(vec![number])).unwrap();
    }
    for number in 0_u8..50 {
        receiver.wait_message(sender.key(), &[number]);
    }
    assert_eq!(dropped(Class::Consensus), 0);
}

#[test]
fn oversize_frame_ends_the_link_and_is_counted() {
    let runtime = runtime();
    let limits = Limits { message_bytes_max: [1_000; Class::COUNT], ..Limits::default() };
    let (sender, receiver) = start_pair(&runtime, config(1), NetworkConfig { limits, ..config(2) });
    sender.handle.send(receiver.key(), Class::Transactions, Bytes::from(vec![0; 1_001])).unwrap();
    let event = receiver.wait_disconnected(sender.key());
    let Event::Disconnected { reason, .. } = event else { unreachable!() };
    assert_eq!(reason, LinkEnd::Oversize { bytes: 1_001, bytes_max: 1_000 });
    assert_eq!(receiver.handle.counters().votes.frames_oversize, 1);
    sender.wait_disconnected(receiver.key());
    sender.wait_connected(receiver.key());
}

#[test]
fn silent_peer_is_taken_for_dead_on_both_planes() {
    let runtime = runtime();
    let impatient = Limits { silence_max: Duration::from_millis(300), ..Limits::default() };
    let mute = Limits { pulse_interval: Duration::from_secs(3_600), ..Limits::default() };
    let (first, second) = start_pair(
        &runtime,
        NetworkConfig { limits: impatient, ..config(1) },
        NetworkConfig { limits: mute, ..config(2) },
    );
    let event = first.wait_disconnected(second.key());
    assert!(matches!(event, Event::Disconnected { reason: LinkEnd::Silent { .. }, .. }), "{event:?}");
    eventually("bulk link ended too", || first.handle.counters().bulk.links_closed > 0);
    first.wait_connected(second.key());
}
