#![allow(clippy::unwrap_used)]

use carechain_crypto::{Digest, StateRoot, hash};

use super::{EMPTY, StateLeaf, StatePath, StateProofError, key_bit, node_hash, shared_bits};
use crate::bounded::BoundedVec;

fn key(first: u8) -> Digest {
    let mut bytes = [7; 32];
    bytes[0] = first;
    Digest::new(bytes)
}

fn root(digest: Digest) -> StateRoot {
    StateRoot::new(*digest.get())
}

fn path(absence_leaf: Option<StateLeaf>, siblings: &[Digest]) -> StatePath {
    StatePath { absence_leaf, siblings: BoundedVec::new(siblings.to_vec()).unwrap() }
}

/// Leaves under 00.., 01.. and 1...
fn three_leaves() -> (StateLeaf, StateLeaf, StateLeaf, StateRoot) {
    let (a, b, c) = (
        StateLeaf::new(key(0b0000_0000), b"a"),
        StateLeaf::new(key(0b0100_0000), b"b"),
        StateLeaf::new(key(0b1000_0000), b"c"),
    );
    let top = node_hash(&node_hash(&a.hash(), &b.hash()), &c.hash());
    (a, b, c, root(top))
}

#[test]
fn a_path_proves_a_value_and_no_other() {
    let (a, b, c, top) = three_leaves();
    let proof = path(None, &[a.hash(), c.hash()]);
    proof.verify(&top, &b.key, Some(b"b")).unwrap();
    assert!(matches!(proof.verify(&top, &b.key, Some(b"x")), Err(StateProofError::Root { .. })));
    assert!(matches!(proof.verify(&top, &a.key, Some(b"b")), Err(StateProofError::Root { .. })));
    assert!(matches!(proof.verify(&top, &b.key, None), Err(StateProofError::Root { .. })));
    assert!(matches!(proof.verify(&root(EMPTY), &b.key, Some(b"b")), Err(StateProofError::Root { .. })));
}

#[test]
fn a_lone_leaf_proves_that_its_neighbours_are_absent() {
    let (a, b, c, top) = three_leaves();
    let proof = path(Some(c), &[node_hash(&a.hash(), &b.hash())]);
    proof.verify(&top, &key(0b1111_0000), None).unwrap();
    assert_eq!(proof.verify(&top, &c.key, None), Err(StateProofError::Contradiction));
    assert_eq!(proof.verify(&top, &key(0b1111_0000), Some(b"c")), Err(StateProofError::Contradiction));
    let foreign = StateProofError::ForeignLeaf { shared: 0, siblings: 1 };
    assert_eq!(proof.verify(&top, &key(0b0111_0000), None), Err(foreign));
}

#[test]
fn an_empty_half_proves_absence() {
    let (a, b) = (StateLeaf::new(key(0b0000_0000), b"a"), StateLeaf::new(key(0b0100_0000), b"b"));
    let left = node_hash(&a.hash(), &b.hash());
    let top = root(node_hash(&left, &EMPTY));
    path(None, &[left]).verify(&top, &key(0b1000_0000), None).unwrap();
    path(None, &[]).verify(&root(EMPTY), &key(1), None).unwrap();
    assert!(path(None, &[left]).verify(&top, &key(0b0000_0001), None).is_err());
}

#[test]
fn a_single_leaf_is_the_root() {
    let leaf = StateLeaf::new(key(9), b"v");
    path(None, &[]).verify(&root(leaf.hash()), &leaf.key, Some(b"v")).unwrap();
    path(Some(leaf), &[]).verify(&root(leaf.hash()), &key(8), None).unwrap();
}

#[test]
fn bits_count_from_the_most_significant() {
    assert!(key_bit(&key(0b1000_0000), 0));
    assert!(!key_bit(&key(0b1000_0000), 1));
    assert!(key_bit(&key(0), 15));
    assert_eq!(shared_bits(&key(0b1000_0000), &key(0b1001_0000)), 3);
    assert_eq!(shared_bits(&key(1), &key(1)), 256);
    assert_eq!(shared_bits(&hash(b"x"), &hash(b"x")), 256);
}
