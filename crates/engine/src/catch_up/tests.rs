use carechain_types::{Height, ReplicaId, Time};

use super::{CatchUp, OpenQuestion};
use crate::limits::{ANSWER_BYTES_MAX, FETCH_BYTES, FETCH_PATIENCE};
use crate::wire::PeerMessage;

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

#[test]
fn a_higher_target_asks_nothing_while_an_answer_is_on_its_way() {
    let members: Vec<_> = (1..4).map(ReplicaId::new).collect();
    let now = Time::from_micros(1_000_000_000);
    let mut catch_up = CatchUp::default();
    catch_up.want(Height::new(5), vec![members[1]]);
    assert!(catch_up.question(Height::ZERO, &members, now).is_some());
    catch_up.want(Height::new(9), vec![members[2]]);
    assert!(catch_up.question(Height::ZERO, &members, now).is_none());
    let (to, question) = catch_up.question(Height::new(5), &members, now).unwrap();
    let (from, until) = (Height::new(6), Height::new(9));
    assert_eq!((to, question), (members[0], PeerMessage::FetchBlocks { from, until }));
}

#[test]
fn an_answer_ends_with_its_last_height_or_with_all_the_bytes_one_answer_may_have() {
    let until = Height::new(5);
    let open = |bytes| OpenQuestion { to: ReplicaId::new(1), until, asked_at: Time::ZERO, bytes };
    assert!(!open(ANSWER_BYTES_MAX).is_answered(Height::new(4)));
    assert!(open(ANSWER_BYTES_MAX).is_answered(until));
    assert!(open(ANSWER_BYTES_MAX + 1).is_answered(Height::new(1)));
}

#[test]
fn only_bytes_earn_an_answer_more_patience() {
    let asked_at = Time::from_micros(1_000_000_000);
    let due = |bytes| OpenQuestion { to: ReplicaId::new(1), until: Height::new(5), asked_at, bytes }.due();
    assert_eq!(due(0), asked_at.after(FETCH_PATIENCE));
    assert_eq!(due(FETCH_BYTES - 1), asked_at.after(FETCH_PATIENCE), "a small block now and then earns none");
    assert_eq!(due(3 * FETCH_BYTES), asked_at.after(FETCH_PATIENCE.times(4)));
}
