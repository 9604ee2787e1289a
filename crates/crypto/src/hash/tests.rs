use super::{Hasher, hash, hash_parts};

/// The published test vectors use inputs of the repeating bytes 0, 1, .. 250.
fn pattern(length: usize) -> Vec<u8> {
    (0..251u8).cycle().take(length).collect()
}

#[track_caller]
fn check(length: usize, expected: &str) {
    let input = pattern(length);
    assert_eq!(hash(&input).to_hex(), expected);
    let (head, tail) = input.split_at(length / 2);
    assert_eq!(hash_parts(&[head, tail]).to_hex(), expected);
    let mut hasher = Hasher::new();
    hasher.update(head);
    hasher.update(tail);
    assert_eq!(hasher.finish().to_hex(), expected);
}

#[test]
fn hash_gives_the_published_vectors() {
    check(0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    check(1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213");
    check(1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11");
    check(1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7");
    check(1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444");
}
