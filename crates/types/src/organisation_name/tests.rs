//! Names, good and bad.

use proptest::prelude::*;

use super::{OrganisationName, OrganisationNameError};

fn name(text: &str) -> Result<String, OrganisationNameError> {
    text.parse::<OrganisationName>().map(|name| name.to_string())
}

#[test]
fn a_name_is_trimmed_and_its_spaces_are_single() {
    assert_eq!(name("  St.  Anna\t"), Ok("St. Anna".to_owned()));
    assert_eq!(name("Klinikum Großhadern"), Ok("Klinikum Großhadern".to_owned()));
}

#[test]
fn what_nobody_could_read_is_refused() {
    assert_eq!(name(""), Err(OrganisationNameError::Empty));
    assert_eq!(name(" . "), Err(OrganisationNameError::Empty));
    assert_eq!(name("St. An\u{200b}na"), Err(OrganisationNameError::Unseen));
    assert_eq!(name("St. \u{1b}[31mAnna"), Err(OrganisationNameError::Unseen));
    assert_eq!(name(&"a".repeat(129)), Err(OrganisationNameError::TooLong { bytes: 129 }));
}

#[test]
fn names_that_differ_in_capitals_and_spaces_read_alike() {
    let parse = |text: &str| text.parse::<OrganisationName>().ok();
    let alike = |one, other| parse(one).zip(parse(other)).is_some_and(|(one, other)| one.reads_like(&other));
    assert!(alike("St. Anna", "ST.  ANNA"));
    assert!(!alike("St. Anna", "St. Hanna"));
}

proptest! {
    #[test]
    fn a_name_that_was_read_once_is_read_the_same_again(text in "\\PC{0,140}|[ a-zß.]{0,140}") {
        if let Ok(once) = name(&text) {
            prop_assert_eq!(name(&once), Ok(once.clone()));
        }
    }
}
