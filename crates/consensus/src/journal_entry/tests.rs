//! What a shortened journal must still say.

use carechain_types::{Height, Phase, View};

use super::{JournalEntry, ViewStart, retained};
use crate::cluster::genesis;
use crate::table::{Named, Table, certificate, sign, view_change_body};

fn prepare(view: u64, block: &Named) -> JournalEntry {
    let of = crate::table::key(Phase::Prepare, view, block);
    let body =
        carechain_types::Prepare { epoch: of.epoch, view: of.view, height: of.height, block_id: of.block_id };
    JournalEntry::Prepare(sign(1, body).into_inner())
}

fn commit(view: u64, block: &Named) -> JournalEntry {
    let of = crate::table::key(Phase::Commit, view, block);
    let body =
        carechain_types::Commit { epoch: of.epoch, view: of.view, height: of.height, block_id: of.block_id };
    JournalEntry::Commit(sign(1, body).into_inner())
}

fn prepared(view: u64, block: &Named) -> JournalEntry {
    let certificate = certificate(Phase::Prepare, view, block);
    JournalEntry::Prepared { certificate, header: block.header.clone(), leaves: block.leaves.clone() }
}

fn committed(block: &Named) -> JournalEntry {
    JournalEntry::Committed { certificate: certificate(Phase::Commit, 0, block) }
}

fn entered(view: u64) -> JournalEntry {
    JournalEntry::Entered { view: View::new(view), start: ViewStart::First }
}

fn left(view: u64, prepared: &[(&Named, u64)]) -> JournalEntry {
    JournalEntry::ViewChange(sign(1, view_change_body(1, view, None, prepared)).into_inner())
}

/// Three blocks on top of each other.
fn chain() -> [Named; 3] {
    let mut table = Table::new(1, 3);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    let c = table.block("C", &b.header, 0);
    [a, b, c]
}

#[test]
fn settled_heights_go_but_for_the_last_vote_of_each_phase() {
    let [a, b, c] = chain();
    let of = |block: &Named| [prepare(0, block), prepared(0, block), commit(0, block), committed(block)];
    let journal = [vec![entered(0)], of(&a).to_vec(), of(&b).to_vec()].concat();
    let last_votes = vec![entered(0), prepare(0, &b), commit(0, &b)];
    assert_eq!(retained(journal.clone(), Height::new(2)), last_votes);
    let above_one = [vec![entered(0)], of(&b).to_vec()].concat();
    assert_eq!(
        retained(journal.clone(), Height::new(1)),
        above_one,
        "the height itself goes, the next stays"
    );
    assert_eq!(retained(journal.clone(), Height::ZERO), journal);
    let open = [journal, vec![prepare(0, &c)]].concat();
    assert_eq!(retained(open, Height::new(2)), [entered(0), commit(0, &b), prepare(0, &c)]);
}

#[test]
fn last_entry_into_a_view_and_last_view_change_stay_with_what_that_names() {
    let [a, b, _] = chain();
    let journal = vec![
        entered(0),
        prepared(0, &a),
        left(1, &[(&a, 0)]),
        entered(1),
        prepared(0, &b),
        prepared(1, &b),
        left(2, &[(&b, 1)]),
        entered(2),
    ];
    let kept = retained(journal, Height::new(2));
    assert_eq!(kept, [prepared(1, &b), left(2, &[(&b, 1)]), entered(2)]);
}

#[test]
fn empty_journal_stays_empty() {
    assert_eq!(retained(Vec::new(), Height::new(9)), Vec::new());
}
