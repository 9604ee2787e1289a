//! Which blocks count against the primary that leaves a transaction out of them.

use carechain_consensus::Output as ReplicaOutput;
use carechain_types::View;

use super::consortium::{Consortium, START, member};
use crate::fullness::Fullness;
use crate::limits::FULL_BLOCKS_AHEAD_MAX;
use crate::outbox::Outbox;
use crate::wire::PeerMessage;

/// Member 1 holds a transaction that waits.
struct Scene {
    consortium: Consortium,
    id: carechain_crypto::TransactionId,
}

impl Scene {
    fn new() -> Self {
        let mut consortium = Consortium::new();
        let submission = consortium.registration(200, START);
        let id = submission.transaction.body.id(&consortium.chain_id());
        let message = PeerMessage::Transaction(Box::new((**submission).clone()));
        consortium.tell(member(1), START, member(3), message).unwrap();
        Self { consortium, id }
    }

    fn leave_out(&mut self, block: Fullness, count: usize) {
        (0..count).for_each(|_| self.consortium.engine(member(1)).mempool.note_left_out(block));
    }

    fn passed_over(&mut self) -> u32 {
        self.consortium.engine(member(1)).mempool.get(&self.id).unwrap().passed_over
    }
}

#[test]
fn a_committed_block_with_room_counts_and_a_fetched_one_does_not() {
    let mut scene = Scene::new();
    scene.consortium.prepare_and_commit_one(START);
    assert_eq!(scene.passed_over(), 1);
    let mut scene = Scene::new();
    let certificate = scene.consortium.grow_without_member_1(20);
    let certificate = PeerMessage::Consensus(carechain_consensus::Message::Certificate(certificate));
    let said = scene.consortium.tell(member(1), START, member(2), certificate).unwrap();
    scene.consortium.talk(START, said.into_iter().map(|output| (member(1), output)).collect());
    assert_eq!(scene.consortium.engine(member(1)).ledger().head().height.get(), 20);
    assert_eq!(scene.passed_over(), 0);
}

/// Spam in full blocks hides a transaction only for as long as an honest queue in front of it could last.
#[test]
fn full_blocks_count_once_no_mempool_could_have_filled_them() {
    let mut scene = Scene::new();
    scene.leave_out(Fullness::Full, FULL_BLOCKS_AHEAD_MAX);
    assert_eq!(scene.passed_over(), 0);
    scene.leave_out(Fullness::Full, 3);
    assert_eq!(scene.passed_over(), 3);
}

#[test]
fn a_new_primary_is_not_blamed_for_what_its_predecessor_left_out() {
    let mut scene = Scene::new();
    scene.leave_out(Fullness::Full, FULL_BLOCKS_AHEAD_MAX);
    scene.leave_out(Fullness::Roomy, 16);
    assert_eq!(scene.passed_over(), 16);
    let entered = ReplicaOutput::ViewEntered { view: View::new(1), primary: member(1) };
    scene.consortium.engine(member(1)).perform(entered, &mut Outbox::default()).unwrap();
    assert_eq!(scene.passed_over(), 0);
    scene.leave_out(Fullness::Full, FULL_BLOCKS_AHEAD_MAX);
    assert_eq!(scene.passed_over(), 0, "its full blocks may be in front again");
}
