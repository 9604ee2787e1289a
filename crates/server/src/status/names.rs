//! Lists of hospitals as sentences have them.

/// `A`, `A and B`, `A, B and C`.
#[must_use]
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => "none".to_owned(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// The verb behind a list.
#[must_use]
pub(super) const fn are<S>(names: &[S]) -> &'static str {
    if names.len() == 1 { "is" } else { "are" }
}
