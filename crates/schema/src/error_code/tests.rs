#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use super::{ErrorCode, ExitStatus, Retry};

#[test]
fn the_text_is_what_json_holds_and_no_two_are_equal() {
    let mut texts = BTreeSet::new();
    for &code in ErrorCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        assert_eq!(serde_json::from_value::<ErrorCode>(code.as_str().into()).unwrap(), code);
        assert!(texts.insert(code.as_str()));
    }
}

#[test]
fn every_code_is_an_error_to_http_and_to_the_shell() {
    for code in ErrorCode::ALL {
        assert!((400..600).contains(&code.http_status()), "{code:?}");
        assert_ne!(code.exit_status(), ExitStatus::Done, "{code:?}");
    }
}

#[test]
fn exit_numbers_are_those_of_the_manual() {
    let numbers = [
        ExitStatus::Done,
        ExitStatus::Other,
        ExitStatus::Usage,
        ExitStatus::Refused,
        ExitStatus::NotFound,
        ExitStatus::NoQuorum,
        ExitStatus::OutcomeUnknown,
    ];
    assert_eq!(numbers.map(ExitStatus::code), [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_right_that_ended_is_refused_and_a_strangers_record_is_not_found() {
    for code in [
        ErrorCode::GrantExpired,
        ErrorCode::GrantRevoked,
        ErrorCode::RequestDenied,
        ErrorCode::GrantNotYetValid,
    ] {
        assert_eq!(
            (code.http_status(), code.exit_status(), code.retry()),
            (403, ExitStatus::Refused, Retry::Never)
        );
    }
    assert_eq!(ErrorCode::NotFound.exit_status(), ExitStatus::NotFound);
}

#[test]
fn only_what_may_have_happened_says_check() {
    let check: Vec<_> = ErrorCode::ALL.iter().filter(|code| code.retry() == Retry::Check).collect();
    assert_eq!(check, [&ErrorCode::OutcomeUnknown, &ErrorCode::Internal]);
}
