//! What a [`Verifier`] lets through of members: distinct voters, the epoch at hand, nothing else.
//!
//! Every signature here is genuine, so that only the rule under test can refuse.

use carechain_crypto::{BlockId, ChainId, SealingPublicKey, Secret, SigningKeyPair};
use carechain_types::{
    BoundedString, BoundedVec, Certificate, Commit, Ed25519, Endpoints, Epoch, Height, Member, Membership,
    NonEmptyVec, Phase, Rejection, ReplicaId, SealingKey, Signed, Verifier, View, hospital_id,
    sign_as_member,
};

const CHAIN: ChainId = ChainId::new([7; 32]);
const BLOCK: BlockId = BlockId::new([9; 32]);
const EPOCH: Epoch = Epoch::new(5);
const MEMBERS: u8 = 4;
const QUORUM: usize = 3;

fn node(index: u8) -> SigningKeyPair {
    SigningKeyPair::from_seed(&Secret::new([index; 32]))
}

fn replica(index: u8) -> ReplicaId {
    ReplicaId::new(u16::from(index))
}

fn sealing_key(byte: u8) -> SealingKey {
    SealingKey::x25519(SealingPublicKey::new([byte; 32]))
}

fn member(index: u8) -> Member {
    let name = BoundedString::new(format!("Hospital {index}")).expect("short");
    let endpoint = || BoundedString::new(format!("node{index}.example:7101")).expect("short");
    let governance_keys = BoundedVec::new(vec![node(100 + index).public()]).expect("one");
    Member {
        hospital: hospital_id(&name, 1, &governance_keys),
        weight: 1,
        node_key: node(index).public(),
        sealing_key: sealing_key(index),
        endpoints: Endpoints { votes: endpoint(), bulk: endpoint() },
    }
}

fn membership() -> Membership {
    Membership {
        epoch: EPOCH,
        protocol: 1,
        index_key: sealing_key(42),
        members: NonEmptyVec::new((0..MEMBERS).map(member).collect()).expect("four"),
    }
}

fn verifier() -> Verifier<Ed25519> {
    Verifier::new(Ed25519, CHAIN)
}

fn commit(epoch: Epoch, index: u8) -> Signed<Commit> {
    let body = Commit { epoch, view: View::ZERO, height: Height::new(1), block_id: BLOCK };
    sign_as_member(&node(index), &CHAIN, replica(index), body).into_inner()
}

/// A certificate of genuine votes of these members, in this order.
fn certificate(epoch: Epoch, voters: &[u8]) -> Certificate {
    let votes = voters.iter().map(|index| (replica(*index), commit(epoch, *index).signature)).collect();
    Certificate {
        phase: Phase::Commit,
        epoch,
        view: View::ZERO,
        height: Height::new(1),
        block_id: BLOCK,
        votes: BoundedVec::new(votes).expect("few"),
    }
}

#[test]
fn quorum_of_distinct_members_is_believed() {
    verifier().certificate(&membership(), certificate(EPOCH, &[0, 2, 3])).expect("three of four, ascending");
}

#[test]
fn certificate_that_repeats_a_member_is_refused() {
    for voters in [[0, 0, 1], [0, 1, 1], [2, 2, 2]] {
        let refused = verifier().certificate(&membership(), certificate(EPOCH, &voters));
        assert_eq!(refused, Err(Rejection::Certificate { votes: QUORUM, quorum: QUORUM }), "{voters:?}");
    }
}

#[test]
fn certificate_whose_members_do_not_ascend_is_refused() {
    // The order is what makes a repetition visible to a neighbour comparison.
    for voters in [[1, 0, 1], [0, 2, 1]] {
        let refused = verifier().certificate(&membership(), certificate(EPOCH, &voters));
        assert_eq!(refused, Err(Rejection::Certificate { votes: QUORUM, quorum: QUORUM }), "{voters:?}");
    }
}

#[test]
fn certificate_of_more_or_fewer_than_a_quorum_is_refused() {
    for voters in [vec![], vec![0, 1], vec![0, 1, 2, 3]] {
        let refused = verifier().certificate(&membership(), certificate(EPOCH, &voters));
        assert_eq!(
            refused,
            Err(Rejection::Certificate { votes: voters.len(), quorum: QUORUM }),
            "{voters:?}"
        );
    }
}

#[test]
fn certificate_of_another_epoch_is_refused() {
    for got in [EPOCH.get() - 1, EPOCH.get() + 1] {
        let refused = verifier().certificate(&membership(), certificate(Epoch::new(got), &[0, 1, 2]));
        assert_eq!(refused, Err(Rejection::Epoch { expected: EPOCH.get(), got }));
    }
}

#[test]
fn vote_of_another_epoch_is_refused() {
    verifier().member(&membership(), commit(EPOCH, 1)).expect("the epoch at hand");
    for got in [EPOCH.get() - 1, EPOCH.get() + 1] {
        let refused = verifier().member(&membership(), commit(Epoch::new(got), 1));
        assert_eq!(refused, Err(Rejection::Epoch { expected: EPOCH.get(), got }));
    }
}
