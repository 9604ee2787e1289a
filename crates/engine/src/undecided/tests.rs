//! The last few blocks prepared, until something is committed at their height.

use carechain_crypto::BlockId;
use carechain_types::Height;

use super::Undecided;
use crate::limits::UNDECIDED_MAX;

fn id(number: u8) -> BlockId {
    BlockId::new([number; 32])
}

fn kept(undecided: &Undecided) -> Vec<BlockId> {
    undecided.by_id.keys().copied().collect()
}

fn ids(numbers: impl IntoIterator<Item = u8>) -> Vec<BlockId> {
    numbers.into_iter().map(id).collect()
}

#[test]
fn block_that_was_prepared_longest_ago_makes_room() {
    let max = u8::try_from(UNDECIDED_MAX).unwrap();
    let mut undecided = Undecided::default();
    // The ids fall, so that age and id are not the same order.
    for number in (1..=max).rev() {
        undecided.insert(id(number), Height::new(1), []);
    }
    assert_eq!(kept(&undecided), ids(1..=max));
    undecided.insert(id(max), Height::new(1), []);
    assert_eq!(kept(&undecided), ids(1..=max), "it was here: it takes no second place");
    undecided.insert(id(99), Height::new(1), []);
    let others = (1..=max).filter(|number| *number != max - 1);
    assert_eq!(kept(&undecided), ids(others.chain([99])), "the oldest is gone, not the one prepared again");
}

#[test]
fn committed_height_and_all_below_are_forgotten() {
    let mut undecided = Undecided::default();
    for height in 1..=3_u8 {
        undecided.insert(id(height), Height::new(u64::from(height)), []);
    }
    undecided.forget_up_to(Height::new(2));
    assert_eq!(kept(&undecided), [id(3)]);
}
