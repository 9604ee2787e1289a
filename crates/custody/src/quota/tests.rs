use carechain_crypto::HospitalId;

use super::{Quota, QuotaExceeded, QuotaLimits};

const ONE: HospitalId = HospitalId::new([1; 20]);
const OTHER: HospitalId = HospitalId::new([2; 20]);

#[test]
fn reservation_is_refused_at_the_share_and_at_the_total() {
    let mut quota = Quota::new(QuotaLimits { hospital_bytes_max: 100, total_bytes_max: 150 });
    quota.reserve(&ONE, 100).unwrap();
    assert_eq!(quota.reserve(&ONE, 1), Err(QuotaExceeded::Hospital { bytes: 1, used: 100, bytes_max: 100 }));
    assert_eq!(quota.reserve(&OTHER, 51), Err(QuotaExceeded::Total { bytes: 51, used: 100, bytes_max: 150 }));
    quota.reserve(&OTHER, 50).unwrap();
    assert_eq!(
        quota.reserve(&OTHER, u64::MAX),
        Err(QuotaExceeded::Hospital { bytes: u64::MAX, used: 50, bytes_max: 100 })
    );
}

#[test]
fn release_gives_back_no_more_than_was_reserved() {
    let mut quota = Quota::new(QuotaLimits { hospital_bytes_max: 100, total_bytes_max: 150 });
    quota.reserve(&ONE, 60).unwrap();
    quota.release(&ONE, 20);
    assert_eq!((quota.used(&ONE), quota.total()), (40, 40));
    quota.release(&ONE, 1_000);
    quota.release(&OTHER, 1_000);
    assert_eq!((quota.used(&ONE), quota.total()), (0, 0));
}
