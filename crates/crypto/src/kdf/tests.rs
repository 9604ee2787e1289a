use std::collections::BTreeSet;

use super::{Context, derive, derive_id, derive_parts, derive_secret};

#[test]
fn every_context_is_unique() {
    let texts: BTreeSet<_> = Context::ALL.iter().map(|context| context.as_str()).collect();
    assert_eq!(texts.len(), Context::ALL.len());
}

#[test]
fn no_context_is_the_start_of_a_derived_one_with_other_spacing() {
    for context in Context::ALL {
        let text = context.as_str();
        assert_eq!(text, text.trim());
        assert!(text.chars().all(|c| c.is_ascii_lowercase() || c == ' '), "{text}");
        assert_eq!(context.full(), format!("carechain v1 {text}"));
    }
}

#[test]
fn derive_is_blake3_derive_key() {
    let context = Context::KeyId;
    assert_eq!(derive(context, b"input"), blake3::derive_key("carechain v1 key id", b"input"));
    assert_eq!(derive_parts(context, &[b"in", b"", b"put"]), derive(context, b"input"));
    assert_eq!(derive_secret(context, &[b"in", b"put"]).expose(), &derive(context, b"input"));
    assert_eq!(derive_id(context, b"input"), derive(context, b"input")[..20]);
}

/// From the published test vectors of BLAKE3, input length 3.
#[test]
fn derive_key_gives_the_published_vector() {
    let derived = blake3::derive_key("BLAKE3 2019-12-27 16:29:52 test vectors context", &[0, 1, 2]);
    assert_eq!(
        crate::Digest::new(derived).to_hex(),
        "440aba35cb006b61fc17c0529255de438efc06a8c9ebf3f2ddac3b5a86705797"
    );
}
