//! Who is not let in, and how both sides learn it.

use carechain_crypto::{ChainId, Digest};
use carechain_network::{Event, Mismatch, NetworkConfig};

use crate::cluster::{Node, config, eventually, runtime, start_all};

#[test]
fn stranger_is_denied_on_both_planes() {
    let runtime = runtime();
    // Only the lower peer id dials, so each of the two is the stranger once; one of them gets as far as being denied.
    let mut denied = 0;
    for (member, stranger) in [(1, 2), (2, 1)] {
        let nodes = start_all(&runtime, vec![config(member), config(3)]);
        let outsider =
            Node::start(&runtime, NetworkConfig { peers: vec![nodes[0].as_peer()], ..config(stranger) });
        nodes[0].wait_connected(nodes[1].key());
        let failed = || outsider.handle.counters().votes.links_failed;
        if failed() > 0 || outsider_dials(&outsider) {
            let counters = || nodes[0].handle.counters();
            eventually("denied", || {
                counters().votes.connections_denied > 0 && counters().bulk.connections_denied > 0
            });
            denied += 1;
        }
        assert_eq!(outsider.handle.connected(), []);
        assert!(outsider.events.try_next().is_none(), "a stranger was greeted");
        assert_eq!(nodes[0].handle.connected(), [nodes[1].key()]);
    }
    assert_eq!(denied, 1);
}

/// Whether a node with one peer has the lower peer id: then it has tried by now or will.
fn outsider_dials(outsider: &Node) -> bool {
    let seeds = [1, 2].map(|seed| config(seed).identity);
    let own = seeds.iter().position(|identity| identity.key() == outsider.key()).unwrap();
    let peer_ids = seeds.map(|identity| {
        let key = libp2p::identity::ed25519::PublicKey::try_from_bytes(identity.key().get()).unwrap();
        libp2p::identity::PublicKey::from(key).to_peer_id()
    });
    peer_ids[own] < peer_ids[1 - own]
}

#[track_caller]
fn check_both_refuse(second: NetworkConfig, is_expected: impl Fn(&Mismatch) -> bool) {
    let runtime = runtime();
    let nodes = start_all(&runtime, vec![config(1), second]);
    for node in &nodes {
        let event = node.wait_for("refused", |_| true);
        let Event::Refused { mismatch, .. } = event else { panic!("{event:?}") };
        assert!(is_expected(&mismatch), "{mismatch}");
        assert!(node.handle.counters().votes.handshakes_mismatched > 0);
        assert_eq!(node.handle.connected(), []);
    }
}

#[test]
fn other_chain_id_is_refused_with_reason_on_both_sides() {
    let other = NetworkConfig { chain_id: ChainId::new([9; 32]), ..config(2) };
    check_both_refuse(other, |mismatch| matches!(mismatch, Mismatch::ChainId { .. }));
}

#[test]
fn other_cluster_settings_are_refused_with_reason_on_both_sides() {
    let other = NetworkConfig { cluster_digest: Digest::new([9; 32]), ..config(2) };
    check_both_refuse(other, |mismatch| matches!(mismatch, Mismatch::ClusterDigest { .. }));
}
