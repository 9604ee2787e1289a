#![allow(clippy::unwrap_used)]

use super::{DAY, MICROSECONDS, Timestamp, date_of, days_before};

#[track_caller]
fn check(microseconds: u64, text: &str) {
    let time = Timestamp::from_microseconds(microseconds).unwrap();
    assert_eq!(time.to_string(), text);
    assert_eq!(text.parse::<Timestamp>().unwrap(), time);
}

#[test]
fn known_times_are_written_and_read() {
    check(0, "1970-01-01T00:00:00.000000Z");
    check(951_782_400 * MICROSECONDS, "2000-02-29T00:00:00.000000Z");
    check(1_000_000_000 * MICROSECONDS + 1, "2001-09-09T01:46:40.000001Z");
    check(4_107_542_399 * MICROSECONDS, "2100-02-28T23:59:59.000000Z");
    check(Timestamp::MAX.microseconds(), "9999-12-31T23:59:59.999999Z");
}

#[test]
fn every_day_until_the_year_2400_is_one_after_the_day_before() {
    let mut previous = (1969, 12, 31);
    for days in 0..157_054 {
        let date = date_of(days);
        assert_eq!(days_before(date.0, date.1, date.2), days);
        let follows = date == (previous.0, previous.1, previous.2 + 1)
            || date == (previous.0, previous.1 + 1, 1)
            || date == (previous.0 + 1, 1, 1) && previous.1 == 12;
        assert!(follows, "{date:?} after {previous:?}");
        previous = date;
    }
    assert_eq!(previous, (2399, 12, 31));
}

#[test]
fn fewer_decimals_are_read() {
    let expected = Timestamp::from_microseconds(20_000 * DAY * MICROSECONDS + 500_000).unwrap();
    for text in ["2024-10-04T00:00:00.5Z", "2024-10-04T00:00:00.500Z", "2024-10-04T00:00:00.500000Z"] {
        assert_eq!(text.parse::<Timestamp>().unwrap(), expected, "{text}");
    }
    assert_eq!(
        "2024-10-04T00:00:00Z".parse::<Timestamp>().unwrap().microseconds(),
        20_000 * DAY * MICROSECONDS
    );
}

#[test]
fn what_is_no_time_in_utc_is_refused() {
    let texts = [
        "",
        "Z",
        "2024-10-04",
        "2024-10-04T00:00:00",
        "2024-10-04T00:00:00+00:00",
        "2024-10-04 00:00:00Z",
        "2024-10-04T00:00:00.Z",
        "2024-10-04T00:00:00.1234567Z",
        "2024-10-04T24:00:00Z",
        "2024-10-04T00:00:60Z",
        "2024-13-04T00:00:00Z",
        "2024-00-04T00:00:00Z",
        "2024-10-00T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2024-1é-04T00:00:00Z",
        "+024-10-04T00:00:00Z",
    ];
    for text in texts {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
    assert_eq!(Timestamp::from_microseconds(Timestamp::MAX.microseconds() + 1), None);
}
