#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use carechain_crypto::{Digest, StateRoot, hash};
use carechain_types::encode;
use carechain_types::state_proof::{EMPTY, StateLeaf, StatePath, node_hash};
use jmt::mock::MockTreeStore;
use jmt::{JellyfishMerkleTree, KeyHash, SimpleHasher, Version};
use proptest::prelude::*;

use super::{CommittedState, Page, PagePath, Slot, StateOverlay, StateSource, StateUpdate, prepare, prove};
use crate::backend::{Backend, Batch, Durability, MemoryBackend};

type Changes = BTreeMap<Digest, Vec<u8>>;

/// jmt over BLAKE3, in memory.
#[derive(Default)]
struct Reference {
    store: MockTreeStore,
    version: Version,
}

struct Blake3(Vec<u8>);

impl SimpleHasher for Blake3 {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.extend_from_slice(data);
    }

    fn finalize(self) -> [u8; 32] {
        *hash(&self.0).get()
    }
}

impl Reference {
    fn put(&mut self, changes: &Changes) -> StateRoot {
        self.version += 1;
        let values = changes.iter().map(|(key, value)| (KeyHash(*key.get()), Some(value.clone())));
        let tree = JellyfishMerkleTree::<_, Blake3>::new(&self.store);
        let (root, update) = tree.put_value_set(values, self.version).unwrap();
        self.store.write_tree_update_batch(update).unwrap();
        StateRoot::new(root.0)
    }

    /// jmt's own proof, its sibling nodes hashed.
    fn path(&self, key: &Digest) -> StatePath {
        let tree = JellyfishMerkleTree::<_, Blake3>::new(&self.store);
        let (_, proof) = tree.get_with_proof(KeyHash(*key.get()), self.version).unwrap();
        parse_reference_proof(key, &encode(&proof))
    }
}

fn digests(bytes: &[u8]) -> (Digest, Digest) {
    (Digest::from_slice(&bytes[..32]).unwrap(), Digest::from_slice(&bytes[32..64]).unwrap())
}

fn parse_reference_proof(key: &Digest, bytes: &[u8]) -> StatePath {
    let (leaf, mut rest) = match bytes[0] {
        0 => (None, &bytes[1..]),
        _ => (Some(digests(&bytes[1..65])), &bytes[65..]),
    };
    let count = u64::from_le_bytes(rest[..8].try_into().unwrap());
    rest = &rest[8..];
    let mut siblings = Vec::new();
    for _ in 0..count {
        let variant = u32::from_le_bytes(rest[..4].try_into().unwrap());
        rest = &rest[4..];
        if variant == 0 {
            siblings.push(EMPTY);
            continue;
        }
        let (first, second) = digests(rest);
        rest = &rest[64..];
        siblings.push(match variant {
            1 => node_hash(&first, &second),
            _ => StateLeaf { key: first, value_hash: second }.hash(),
        });
    }
    assert!(rest.is_empty());
    let leaf = leaf.map(|(key, value_hash)| StateLeaf { key, value_hash });
    StatePath {
        absence_leaf: leaf.filter(|leaf| leaf.key != *key),
        siblings: carechain_types::BoundedVec::new(siblings).unwrap(),
    }
}

/// A committed state over a backend in memory.
struct Tree {
    backend: MemoryBackend,
    state: CommittedState,
}

impl Tree {
    fn new() -> Self {
        let backend = MemoryBackend::new();
        let state = CommittedState::open(&backend).unwrap();
        Self { backend, state }
    }

    fn prepare(&self, changes: &Changes) -> StateUpdate {
        prepare(&self.state.source(&self.backend), changes.clone()).unwrap()
    }

    fn commit(&mut self, update: &StateUpdate) {
        let mut batch = Batch::new();
        CommittedState::stage(update, &mut batch);
        self.backend.write(batch, Durability::Buffered).unwrap();
        self.state.apply(update);
    }
}

/// Keys that differ late, so that deep pages and long lone paths occur.
fn near_key(shared_bytes: usize, last: u16) -> Digest {
    let mut bytes = [0xA5; 32];
    bytes[shared_bytes..shared_bytes + 2].copy_from_slice(&last.to_be_bytes());
    Digest::new(bytes)
}

fn any_key() -> impl Strategy<Value = Digest> {
    prop_oneof![
        3 => any::<u16>().prop_map(|number| hash(&number.to_le_bytes())),
        1 => (0..31_usize, any::<u16>()).prop_map(|(shared, last)| near_key(shared, last)),
        1 => (0..31_usize, 0..4_u16).prop_map(|(shared, last)| near_key(shared, last)),
    ]
}

fn any_changes() -> impl Strategy<Value = Changes> {
    prop::collection::btree_map(any_key(), prop::collection::vec(any::<u8>(), 0..8), 1..40)
}

#[track_caller]
fn check_path(source: &impl StateSource, key: &Digest) -> StatePath {
    let path = prove(source, key).unwrap();
    let value = source.value(key).unwrap();
    path.verify(&source.root(), key, value.as_deref()).unwrap();
    path
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn roots_and_paths_are_those_of_jmt(
        batches in prop::collection::vec(any_changes(), 1..5),
        absent in prop::collection::vec(any_key(), 8),
    ) {
        let (mut tree, mut reference) = (Tree::new(), Reference::default());
        for changes in &batches {
            let update = tree.prepare(changes);
            prop_assert_eq!(update.root(), reference.put(changes));
            tree.commit(&update);
            for key in changes.keys().chain(&absent) {
                let path = check_path(&tree.state.source(&tree.backend), key);
                prop_assert_eq!(path, reference.path(key));
            }
        }
        let reopened = CommittedState::open(&tree.backend).unwrap();
        prop_assert_eq!(reopened.source(&tree.backend).root(), tree.state.source(&tree.backend).root());
    }

    #[test]
    fn an_update_on_an_overlay_equals_one_on_the_committed_state(
        first in any_changes(), second in any_changes(), third in any_changes(),
    ) {
        let mut tree = Tree::new();
        tree.commit(&tree.prepare(&first));
        let update_second = tree.prepare(&second);
        let before = tree.backend.snapshot();
        let (update_third, values) = {
            let source = tree.state.source(&tree.backend);
            let overlay = StateOverlay::new(&source, &update_second);
            let update_third = prepare(&overlay, third.clone()).unwrap();
            let top = StateOverlay::new(&overlay, &update_third);
            for key in first.keys().chain(third.keys()) {
                check_path(&top, key);
            }
            let values: Vec<_> = first.keys().map(|key| top.value(key).unwrap()).collect();
            (update_third, values)
        };
        for key in second.keys() {
            prop_assert_eq!(
                before.get(crate::backend::Table::StateValues, key.as_slice()).unwrap(),
                first.get(key).cloned()
            );
        }
        tree.commit(&update_second);
        prop_assert_eq!(&tree.prepare(&third), &update_third);
        tree.commit(&update_third);
        let source = tree.state.source(&tree.backend);
        for (key, value) in first.keys().zip(values) {
            prop_assert_eq!(source.value(key).unwrap(), value);
        }
    }

    #[test]
    fn a_page_row_decodes_to_the_page(slots in prop::collection::vec((0..16_usize, 1..3_u8, any::<u64>()), 0..16)) {
        let mut page = Page::default();
        for (index, kind, number) in slots {
            let digest = hash(&number.to_le_bytes());
            let leaf = StateLeaf { key: digest, value_hash: hash(digest.as_slice()) };
            page.set(&[(index, if kind == 1 { Slot::Leaf(leaf) } else { Slot::Page(digest) })]);
        }
        let bytes = page.to_bytes();
        prop_assert_eq!(&Page::from_bytes(&bytes).unwrap(), &page);
        prop_assert!(Page::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        prop_assert!(Page::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    }
}

#[test]
fn the_empty_state_has_the_empty_root_and_proves_absence() {
    let tree = Tree::new();
    let source = tree.state.source(&tree.backend);
    assert_eq!(source.root(), StateRoot::new(*EMPTY.get()));
    assert_eq!(check_path(&source, &hash(b"x")), StatePath::default());
    assert_eq!(tree.prepare(&Changes::new()).root(), source.root());
}

#[test]
fn a_missing_or_damaged_page_is_an_error() {
    let mut tree = Tree::new();
    let changes: Changes = (0..200_u16).map(|number| (hash(&number.to_le_bytes()), vec![1])).collect();
    tree.commit(&tree.prepare(&changes));
    let child = PagePath::TOP.child(3);
    for value in [None, Some(vec![1, 2, 3]), Some(vec![9; 40])] {
        let backend = tree.backend.snapshot();
        let mut batch = Batch::new();
        match value {
            None => batch.delete(crate::backend::Table::StatePages, child.row_key()),
            Some(value) => batch.put(crate::backend::Table::StatePages, child.row_key(), value),
        }
        backend.write(batch, Durability::Buffered).unwrap();
        let state = CommittedState::open(&backend).unwrap();
        let source = state.source(&backend);
        let failed = changes.keys().filter(|key| prove(&source, key).is_err()).count();
        assert!(failed > 0 && failed < changes.len());
    }
}

#[test]
fn page_paths_have_one_row_key_each() {
    let left = PagePath::TOP.child(0);
    let right = PagePath::TOP.child(0).child(0);
    assert_ne!(left.row_key(), right.row_key());
    assert_eq!(PagePath::TOP.row_key(), [0]);
    assert_eq!(PagePath::TOP.child(0xA).child(0xB).child(0xC).row_key(), [3, 0xAB, 0xC0]);
    assert_eq!(PagePath::TOP.child(0xA).child(1).to_string(), "/a1");
}
