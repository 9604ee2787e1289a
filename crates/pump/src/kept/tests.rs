//! Tests of the small files that outlive the process.

use super::Kept;

#[test]
fn what_was_written_last_comes_back_and_damage_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let kept: Kept<(u64, u32)> = Kept::new(&folder.path().join("new"), "numbers", 64);
    assert_eq!(kept.read(), None);
    kept.write(&(7, 9)).unwrap();
    kept.write(&(8, 9)).unwrap();
    assert_eq!(kept.read(), Some((8, 9)));
    let path = folder.path().join("new/numbers");
    let whole = std::fs::read(&path).unwrap();
    for position in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[position] ^= 1;
        std::fs::write(&path, &flipped).unwrap();
        assert_eq!(kept.read(), None, "{position}");
        std::fs::write(&path, &whole[..position]).unwrap();
        assert_eq!(kept.read(), None, "{position}");
    }
}

#[test]
fn writing_that_a_crash_interrupted_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let kept: Kept<u64> = Kept::new(folder.path(), "number", 64);
    kept.write(&7).unwrap();
    std::fs::write(folder.path().join("number.new"), [1, 2, 3]).unwrap();
    assert_eq!(kept.read(), Some(7));
    kept.write(&8).unwrap();
    assert_eq!(kept.read(), Some(8));
}
