use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroize;

use super::Secret;

#[test]
fn a_secret_prints_redacted() {
    assert_eq!(format!("{:?}", Secret::new([1u8; 32])), "[REDACTED]");
}

#[test]
fn a_dropped_secret_is_wiped() {
    struct Probe(Arc<AtomicBool>);
    impl Zeroize for Probe {
        fn zeroize(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let wiped = Arc::new(AtomicBool::new(false));
    drop(Secret::new(Probe(Arc::clone(&wiped))));
    assert!(wiped.load(Ordering::Relaxed));
}
