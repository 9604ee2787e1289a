//! From when until when a certificate is good.

use carechain_types::Time;
use tokio_rustls::rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;

/// From when until when a chain of certificates is good: all of them are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Validity {
    /// Clients refuse it before this time.
    pub begins: Time,
    /// Clients refuse it after this time.
    pub ends: Time,
}

impl Validity {
    /// Of a chain; `None` if one of its certificates cannot be read.
    pub(super) fn of(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let always = Self { begins: Time::ZERO, ends: Time::from_micros(u64::MAX) };
        chain.iter().try_fold(always, |all, certificate| {
            let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
            let own = certificate.validity();
            Some(Self {
                begins: all.begins.max(time(own.not_before)),
                ends: all.ends.min(time(own.not_after)),
            })
        })
    }
}

/// A time before 1970 is the beginning of time here.
fn time(time: ASN1Time) -> Time {
    let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
    Time::from_micros(seconds.saturating_mul(1_000_000))
}
