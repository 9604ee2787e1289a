//! Patient numbers, good and bad.

use proptest::prelude::*;

use super::{PatientNumber, PatientNumberError};

#[test]
fn spaces_around_a_number_make_no_other_patient() {
    let numbers = ["77", " 77", "77 ", "\t77\n"].map(|text| text.parse::<PatientNumber>().unwrap());
    assert!(numbers.iter().all(|number| *number == numbers[0]));
    assert_ne!("077".parse::<PatientNumber>().unwrap(), numbers[0]);
}

#[test]
fn what_is_no_number_is_refused() {
    let error = |text: &str| text.parse::<PatientNumber>().unwrap_err();
    assert_eq!(error(""), PatientNumberError::Empty);
    assert_eq!(error("  "), PatientNumberError::Empty);
    assert_eq!(error("--"), PatientNumberError::Empty);
    assert_eq!(error("7 7"), PatientNumberError::Character);
    assert_eq!(error("7\u{200b}7"), PatientNumberError::Character);
    assert_eq!(error(&"7".repeat(65)), PatientNumberError::TooLong { bytes: 65 });
}

#[test]
fn a_number_is_not_shown_by_debug() {
    assert!(!format!("{:?}", "4711".parse::<PatientNumber>().unwrap()).contains("4711"));
}

proptest! {
    #[test]
    fn a_number_is_read_the_same_with_spaces_around_it(text in "\\PC{0,70}", before in " {0,3}", after in " {0,3}") {
        let plain = text.parse::<PatientNumber>();
        prop_assert_eq!(&format!("{before}{text}{after}").parse(), &plain);
        if let Ok(number) = plain {
            prop_assert_eq!(number.as_str().parse(), Ok(number.clone()));
        }
    }
}
