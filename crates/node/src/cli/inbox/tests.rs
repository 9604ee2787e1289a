//! What is said of heights that the ledger has not reached.

use carechain_types::Height;

use super::ahead;

#[test]
fn a_height_beyond_the_ledger_is_said_and_one_within_it_is_not() {
    for (after, node) in [(0, 0), (0, 7), (7, 7), (u64::MAX, u64::MAX)] {
        assert_eq!(ahead(Height::new(after), node), None, "{after} {node}");
    }
    for (after, node) in [(1, 0), (8, 7), (u64::MAX, 7)] {
        let note = ahead(Height::new(after), node).expect("it is beyond");
        assert!(note.contains(&format!("height {node},")) && note.contains(&after.to_string()), "{note}");
    }
}
