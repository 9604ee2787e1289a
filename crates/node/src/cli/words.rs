//! Words as people type them: closed lists, times, and what they become.

use carechain_schema::Timestamp;
use carechain_types::{AccessKind, AccessPurpose, EhrKind, Party, ReasonCode, Role, Time};

/// A role.
pub(super) fn role(text: &str) -> Result<Role, String> {
    word(text, Role::ALL, |role| role.as_str())
}

/// A purpose, as HL7 codes it.
pub(super) fn purpose(text: &str) -> Result<AccessPurpose, String> {
    word(text, AccessPurpose::ALL, |purpose| purpose.as_str())
}

/// What is asked for or permitted.
pub(super) fn access(text: &str) -> Result<AccessKind, String> {
    word(text, AccessKind::ALL, |access| access.as_str())
}

/// A record's coarse class.
pub(super) fn kind(text: &str) -> Result<EhrKind, String> {
    word(text, EhrKind::ALL, |kind| kind.as_str())
}

/// Why something is denied or ended.
pub(super) fn reason_code(text: &str) -> Result<ReasonCode, String> {
    word(text, ReasonCode::ALL, |code| code.as_str())
}

/// A person, department, organisation or hospital.
pub(super) fn party(text: &str) -> Result<Party, String> {
    Party::from_text(text)
        .ok_or_else(|| "expected an id such as per_… or dep_…, complete with its checksum".to_owned())
}

/// A time in UTC.
pub(super) fn time(text: &str) -> Result<Time, String> {
    let timestamp: Timestamp = text.parse().map_err(|error| format!("{error}"))?;
    Ok(Time::from_micros(timestamp.microseconds()))
}

/// A time as documents write it.
pub(super) fn timestamp(time: Time) -> Timestamp {
    Timestamp::from_microseconds(time.as_micros()).unwrap_or(Timestamp::MAX)
}

fn word<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    let found = all.iter().copied().find(|value| name(*value).eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|value| name(*value)).collect();
        format!("expected one of {}", known.join(", "))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
