//! Raw signing, here and made up.

use super::check;
use crate::Tree;
use crate::finding::assert_clean;

#[track_caller]
fn count_in(name: &str, line: &str) -> usize {
    let text = format!("//! a\n{line}\n");
    let path = format!("crates/{name}/src/a.rs");
    let findings = check(&Tree::made_of(&[(&path, &text)]));
    assert!(findings.iter().all(|finding| finding.line == 2), "{findings:?}");
    findings.len()
}

#[test]
fn this_repository_signs_bytes_in_types_only() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn raw_signing_elsewhere_is_found() {
    for line in [
        "let a = key.sign(&f(b, c),);",
        "key.sign_bytes(&bytes)",
        "SigningKeyPair::sign(&key, x)",
        "verify_strict(k, b, s)",
    ] {
        assert_eq!(count_in("client", line), 1, "{line}");
        assert_eq!(count_in("types", line), 0, "{line}");
    }
}

#[test]
fn signing_a_typed_body_is_allowed() {
    assert_eq!(count_in("engine", "key.sign(&chain_id, &body); fn sign_bytes(&self, b: &[u8]) {}"), 0);
    assert_eq!(count_in("engine", "let signed = self.sign(Body::Head(head));"), 0);
    assert_eq!(count_in("engine", "let signed = self.key.sign(&bytes);"), 1);
}
