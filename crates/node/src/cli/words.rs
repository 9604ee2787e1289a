//! Words as people type them: closed lists, times, and what they become.

use carechain_schema::Timestamp;
use carechain_types::limits::{INDEX_TITLE_BYTES_MAX, INDEX_WORD_BYTES_MAX, REASON_TEXT_BYTES_MAX};
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

/// A keyword as it is searched for: trimmed, lower case.
pub(super) fn keyword(text: &str) -> Result<String, String> {
    let word = text.trim().to_lowercase();
    match word.len() {
        0 => Err("a keyword has at least one letter".to_owned()),
        1..=INDEX_WORD_BYTES_MAX => Ok(word),
        bytes => Err(format!(
            "a keyword is a word or two, of {INDEX_WORD_BYTES_MAX} bytes at most; this one has {bytes}: the title has room for more"
        )),
    }
}

/// A record's title.
pub(super) fn title(text: &str) -> Result<String, String> {
    of_at_most(text, "title", INDEX_TITLE_BYTES_MAX)
}

/// Why access is asked for.
pub(super) fn reason(text: &str) -> Result<String, String> {
    of_at_most(text, "reason", REASON_TEXT_BYTES_MAX)
}

fn of_at_most(text: &str, what: &str, bytes_max: usize) -> Result<String, String> {
    let text = text.trim();
    match text.len() {
        bytes if bytes > bytes_max => {
            Err(format!("a {what} has {bytes_max} bytes at most, this one has {bytes}: say it shorter"))
        }
        _ => Ok(text.to_owned()),
    }
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
