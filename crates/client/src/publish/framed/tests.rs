//! Tests of what an upload sends.

use std::io::Read as _;

use carechain_crypto::SubtreeValue;
use carechain_crypto::limits::CHUNK_BYTES;

use super::Framed;

#[test]
fn each_chunk_comes_behind_its_value_and_the_last_may_be_short() {
    let values = [1, 2].map(|byte| SubtreeValue::new([byte; 32]));
    let bytes: Vec<u8> = (0..251).cycle().take(CHUNK_BYTES + 7).collect();
    let mut framed = Framed::new(bytes.as_slice(), &values);
    assert_eq!(framed.length(bytes.len() as u64), bytes.len() as u64 + 64);
    let mut sent = Vec::new();
    framed.read_to_end(&mut sent).unwrap();
    let (first, last) = bytes.split_at(CHUNK_BYTES);
    assert_eq!(sent, [&[1; 32], first, &[2; 32], last].concat());
}
