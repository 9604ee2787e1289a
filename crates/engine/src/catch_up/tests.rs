use carechain_types::{Height, ReplicaId, Time};

use super::CatchUp;
use crate::limits::FETCH_PATIENCE;

#[test]
fn everybody_is_asked_once_the_holders_have_not_answered() {
    let members: Vec<_> = (1..4).map(ReplicaId::new).collect();
    let mut catch_up = CatchUp::default();
    catch_up.want(Height::new(5), vec![members[1]]);
    let mut now = Time::from_micros(1_000_000_000);
    let mut asked = Vec::new();
    for _ in 0..4 {
        let (to, _) = catch_up.question(Height::ZERO, &members, now).expect("it is due");
        asked.push(to);
        assert!(catch_up.question(Height::ZERO, &members, now).is_none(), "one question at a time");
        now = now.after(FETCH_PATIENCE);
    }
    assert_eq!(asked, [members[1], members[0], members[2], members[1]]);
}
