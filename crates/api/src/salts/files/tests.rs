//! Salts across restarts.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use carechain_types::Span;

use super::Time;
use super::{
    Nonce, RECORD_BYTES, SALT_RECORDS_MAX, SaltFiles, Signed, SigningPublicKey, TRANSACTION_LIFE_MAX,
};

const NOW: Time = Time::from_micros(1_000_000_000);

fn salt(number: u8, expiry: Time) -> Signed {
    (expiry, SigningPublicKey::new([1; 32]), Nonce::new([number; 16]))
}

fn held(folder: &Path, now: Time) -> Vec<Signed> {
    SaltFiles::open(folder, now).unwrap().1
}

#[test]
fn what_was_spent_is_there_after_a_restart_until_it_expires() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (salt(1, NOW.after(Span::SECOND)), salt(2, NOW.after(Span::MINUTE)));
    let (mut files, none) = SaltFiles::open(folder.path(), NOW).unwrap();
    assert!(none.is_empty());
    files.keep(&one, NOW).unwrap();
    files.keep(&two, NOW).unwrap();
    assert_eq!(held(folder.path(), NOW), [one, two]);
    assert_eq!(held(folder.path(), NOW.after(Span::SECOND.times(2))), [two]);
}

#[test]
fn half_a_record_at_the_end_is_cut_off_and_shifts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (salt(1, NOW.after(Span::SECOND)), salt(2, NOW.after(Span::SECOND)));
    SaltFiles::open(folder.path(), NOW).unwrap().0.keep(&one, NOW).unwrap();
    let mut torn = OpenOptions::new().append(true).open(folder.path().join("query-salts-1-a")).unwrap();
    torn.write_all(&[7; RECORD_BYTES - 1]).unwrap();
    SaltFiles::open(folder.path(), NOW).unwrap().0.keep(&two, NOW).unwrap();
    assert_eq!(held(folder.path(), NOW), [one, two]);
}

#[test]
fn nothing_that_lives_is_emptied_and_the_files_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let (mut files, _) = SaltFiles::open(folder.path(), NOW).unwrap();
    let mut now = NOW;
    for number in 0..40 {
        files.keep(&salt(number, now.after(TRANSACTION_LIFE_MAX)), now).unwrap();
        // Whatever is spent lives on across a restart right before the next.
        let alive = (0..=number).filter(|earlier| {
            let spent = NOW.after(Span::MINUTE.times(u64::from(*earlier)));
            spent.after(TRANSACTION_LIFE_MAX) >= now
        });
        assert_eq!(held(folder.path(), now).len(), alive.count(), "after {number} minutes");
        now = now.after(Span::MINUTE);
    }
    files.files[files.current].records = SALT_RECORDS_MAX;
    files.keep(&salt(41, files.since), files.since).unwrap_err();
}
