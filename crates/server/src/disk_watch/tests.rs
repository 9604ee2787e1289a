use super::{Voting, next};

#[test]
fn votes_are_withheld_below_the_reserve_and_come_back_above_it() {
    let mut voting = Voting::Allowed;
    let mut seen = Vec::new();
    for free in [3, 2, 1, 2, 3] {
        voting = next(voting, free, 2);
        seen.push(voting == Voting::Allowed);
    }
    assert_eq!(seen, [true, true, false, false, true]);
    assert_eq!(next(Voting::Allowed, 0, 0), Voting::Allowed, "0 is never");
}
