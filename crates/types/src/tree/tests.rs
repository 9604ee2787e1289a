//! Every path of every small tree gives the root, and nothing else does.

use carechain_crypto::Digest;

use super::{leaf_hash, path, root, root_from_path};

fn leaves(count: usize) -> Vec<Digest> {
    (0..count).map(|index| leaf_hash(&index.to_le_bytes())).collect()
}

#[test]
fn every_path_gives_the_root() {
    for count in 1..70_usize {
        let leaves = leaves(count);
        for (index, leaf) in leaves.iter().enumerate() {
            let siblings = path(&leaves, index).expect("inside the list");
            assert_eq!(root_from_path(*leaf, index as u64, count as u64, &siblings), Some(root(&leaves)));
        }
        assert_eq!(path(&leaves, count), None);
    }
}

#[test]
fn another_index_count_or_length_does_not_give_the_root() {
    let leaves = leaves(13);
    let siblings = path(&leaves, 5).expect("inside the list");
    assert_ne!(root_from_path(leaves[5], 4, 13, &siblings), Some(root(&leaves)));
    assert_ne!(root_from_path(leaves[5], 5, 30, &siblings), Some(root(&leaves)));
    assert_eq!(root_from_path(leaves[5], 5, 13, &siblings[1..]), None);
    let longer = [siblings.clone(), vec![leaves[0]]].concat();
    assert_eq!(root_from_path(leaves[5], 5, 13, &longer), None);
    assert_eq!(root_from_path(leaves[5], 13, 13, &siblings), None);
    assert_eq!(root_from_path(leaves[5], u64::MAX, u64::MAX, &siblings), None);
}

#[test]
fn empty_root_is_blake3_of_nothing() {
    assert_eq!(root(&[]).to_hex(), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
}
