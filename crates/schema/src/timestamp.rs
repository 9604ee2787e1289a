//! Times inside JSON: RFC 3339 in UTC.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time in microseconds since the Unix epoch, written `2026-01-31T23:59:59.123456Z`. Written with six decimals; read
/// with none to six, `Z` only, since every time of this system is UTC. Leap seconds do not exist.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last microsecond of the year 9999, the greatest time RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_800_000_000 - 1);

    /// From microseconds since the Unix epoch; `None` beyond [`Self::MAX`].
    #[must_use]
    pub const fn from_microseconds(microseconds: u64) -> Option<Self> {
        if microseconds > Self::MAX.0 { None } else { Some(Self(microseconds)) }
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn microseconds(self) -> u64 {
        self.0
    }
}

/// Why a text is no time. The caller shows the example in the message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a time in UTC from 1970 to 9999, like 2026-01-31T23:59:59Z")
    }
}

impl std::error::Error for TimestampError {}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / MICROSECONDS;
        let (year, month, day) = date_of(seconds / DAY);
        let second = seconds % DAY;
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
            second / 3_600,
            second / 60 % 60,
            second % 60,
            self.0 % MICROSECONDS
        )
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        parse(text.as_bytes()).and_then(Self::from_microseconds).ok_or(TimestampError)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

fn parse(text: &[u8]) -> Option<u64> {
    let rest = text.strip_suffix(b"Z")?;
    let (date_and_time, fraction) = rest.split_at_checked(19)?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|&(position, separator)| date_and_time[position] != separator) {
        return None;
    }
    let field = |start: usize, end: usize| digits(&date_and_time[start..end]);
    let (year, month, day) = (field(0, 4)?, field(5, 7)?, field(8, 10)?);
    let (hour, minute, second) = (field(11, 13)?, field(14, 16)?, field(17, 19)?);
    if year < 1970 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_before(year, month, day);
    if date_of(days) != (year, month, day) {
        return None;
    }
    Some((days * DAY + hour * 3_600 + minute * 60 + second) * MICROSECONDS + microseconds(fraction)?)
}

fn microseconds(fraction: &[u8]) -> Option<u64> {
    let Some(decimals) = fraction.strip_prefix(b".") else { return fraction.is_empty().then_some(0) };
    let missing = 6_usize.checked_sub(decimals.len()).filter(|&missing| missing < 6)?;
    Some(digits(decimals)? * 10_u64.pow(u32::try_from(missing).expect("at most five")))
}

/// At most six digits.
fn digits(text: &[u8]) -> Option<u64> {
    text.iter()
        .try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0')))
}

/// Year, month, day of a day since 1970-01-01, in the proleptic Gregorian calendar. Years are counted from March, so that
/// the leap day is a year's last.
fn date_of(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_BEFORE_1970;
    let (era, day_of_era) = (days / DAYS_OF_ERA, days % DAYS_OF_ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// Days from 1970-01-01 to a date; nonsense for a date that does not exist.
fn days_before(year: u64, month: u64, day: u64) -> u64 {
    let year = year - u64::from(month <= 2);
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * DAYS_OF_ERA + day_of_era).saturating_sub(DAYS_BEFORE_1970 + 1)
}

const MICROSECONDS: u64 = 1_000_000;
const DAY: u64 = 86_400;
/// Days of 400 years.
const DAYS_OF_ERA: u64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_1970: u64 = 719_468;

#[cfg(test)]
mod tests;
