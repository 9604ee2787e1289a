//! Words typed well and badly.

use carechain_types::{AccessPurpose, Role};

use super::{party, purpose, role, time, timestamp};

#[test]
fn words_are_found_in_any_case_and_the_message_lists_them() {
    assert_eq!(role("doctor").unwrap(), Role::Doctor);
    assert_eq!(purpose("treat").unwrap(), AccessPurpose::Treatment);
    let message = role("king").unwrap_err();
    assert!(message.contains("patient, doctor"), "{message}");
}

#[test]
fn times_are_read_as_they_are_written() {
    let read = time("2026-01-31T23:59:59Z").unwrap();
    assert_eq!(timestamp(read).to_string(), "2026-01-31T23:59:59.000000Z");
    assert!(time("tomorrow").is_err());
}

#[test]
fn an_id_with_a_wrong_character_is_no_party() {
    assert!(party("per_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").is_err());
    assert!(party("ehr_x").is_err());
}
