#![allow(clippy::unwrap_used)]

use super::Base64;

#[test]
fn bytes_stand_as_padded_base64() {
    let bytes = Base64(vec![0xfb, 0xff, 0x00, 0x01]);
    assert_eq!(serde_json::to_string(&bytes).unwrap(), "\"+/8AAQ==\"");
    assert_eq!(serde_json::from_str::<Base64>("\"+/8AAQ==\"").unwrap(), bytes);
    assert_eq!(serde_json::from_str::<Base64>("\"\"").unwrap(), Base64::default());
}

#[test]
fn another_text_for_the_same_bytes_is_refused() {
    for text in ["\"+/8AAQ\"", "\"-_8AAQ==\"", "\"+/8AAR==\"", "\"+/8A AQ==\"", "7"] {
        assert!(serde_json::from_str::<Base64>(text).is_err(), "{text}");
    }
}
