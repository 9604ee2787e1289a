//! How long the certificate of the HTTP interface is still good: what `node check` and the status say of it.

use carechain_types::{Span, Time};

use super::validity::Validity;

/// How long a certificate is still good, seen from some moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CertificateTerm {
    /// It begins later.
    NotYet {
        /// So much later.
        ahead: Span,
    },
    /// It is good.
    Good {
        /// For so long.
        left: Span,
    },
    /// It has ended.
    Ended {
        /// So long ago.
        ago: Span,
    },
}

/// A certificate that is good for less is to be renewed: time for an authority that takes weeks to answer.
const RENEWED_BEFORE: Span = Span::DAY.times(30);

impl CertificateTerm {
    /// Of a certificate, at a moment.
    #[must_use]
    pub fn at(now: Time, validity: Validity) -> Self {
        let Validity { begins, ends } = validity;
        if now < begins {
            Self::NotYet { ahead: begins.since(now) }
        } else if now > ends {
            Self::Ended { ago: now.since(ends) }
        } else {
            Self::Good { left: ends.since(now) }
        }
    }

    /// Why no client accepts it, if that is so.
    #[must_use]
    pub fn refused(self) -> Option<String> {
        match self {
            Self::NotYet { ahead } => Some(format!(
                "the certificate of the HTTP interface is good only in {}: until then no client accepts it",
                days(ahead)
            )),
            Self::Ended { ago } => Some(format!(
                "the certificate of the HTTP interface ended {} ago: no client accepts it",
                days(ago)
            )),
            Self::Good { .. } => None,
        }
    }

    /// That it is to be renewed, if that is so.
    #[must_use]
    pub fn ending(self) -> Option<String> {
        match self {
            Self::Good { left } if left < RENEWED_BEFORE => Some(format!(
                "the certificate of the HTTP interface ends in {}: after that no client accepts it",
                days(left)
            )),
            _ => None,
        }
    }
}

/// Whole days, or hours below one.
fn days(span: Span) -> String {
    let counted = |count: u64, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    match span.as_micros() / Span::DAY.as_micros() {
        0 => counted(span.as_micros() / Span::HOUR.as_micros(), "hour"),
        count => counted(count, "day"),
    }
}

#[cfg(test)]
mod tests;
