//! What is said of a certificate, day by day.

use carechain_types::{Span, Time};

use super::{CertificateTerm, Validity};

const BEGINS: Time = Time::from_micros(1_000 * Span::DAY.as_micros());
const ENDS: Time = Time::from_micros(1_365 * Span::DAY.as_micros());

fn at(now: Time) -> (Option<String>, Option<String>) {
    let term = CertificateTerm::at(now, Validity { begins: BEGINS, ends: ENDS });
    (term.refused(), term.ending())
}

#[test]
fn renewal_is_asked_for_in_the_last_thirty_days_and_an_ended_one_is_called_refused() {
    assert_eq!(at(ENDS.before(Span::DAY.times(30))), (None, None));
    let (refused, ending) = at(ENDS.before(Span::DAY.times(30).half()));
    assert!(refused.is_none() && ending.is_some_and(|text| text.contains("ends in 15 days")));
    let (refused, ending) = at(ENDS.before(Span::HOUR));
    assert!(refused.is_none() && ending.is_some_and(|text| text.contains("ends in 1 hour:")));
    let (refused, ending) = at(ENDS.after(Span::DAY));
    assert!(ending.is_none() && refused.is_some_and(|text| text.contains("ended 1 day ago")));
}

#[test]
fn certificate_of_tomorrow_is_refused_today() {
    let (refused, ending) = at(BEGINS.before(Span::DAY.times(2)));
    assert!(ending.is_none() && refused.is_some_and(|text| text.contains("good only in 2 days")));
}

#[test]
fn certificate_without_end_is_never_called_ending() {
    let validity = Validity { begins: Time::ZERO, ends: Time::from_micros(u64::MAX) };
    let term = CertificateTerm::at(ENDS, validity);
    assert_eq!((term.refused(), term.ending()), (None, None));
}
