//! Ledgers and journals from which no replica starts.

use carechain_types::{Commit, Phase, Prepare, Signed};

use crate::cluster::{genesis, signer};
use crate::committed::CommittedHead;
use crate::journal_entry::JournalEntry;
use crate::recovery::RecoverError;
use crate::state::Replica;
use crate::table::{Named, Table, caught_up, certificate, key, sign, view_change_body};

/// The votes that a member would have journalled for a block.
fn votes_of(member: u16, block: &Named) -> [JournalEntry; 3] {
    let of = key(Phase::Prepare, 0, block);
    let (epoch, view, height, block_id) = (of.epoch, of.view, of.height, of.block_id);
    let prepare: Signed<Prepare> = sign(member, Prepare { epoch, view, height, block_id }).into_inner();
    let commit: Signed<Commit> = sign(member, Commit { epoch, view, height, block_id }).into_inner();
    let view_change = sign(member, view_change_body(member, 1, None, &[])).into_inner();
    [JournalEntry::Prepare(prepare), JournalEntry::Commit(commit), JournalEntry::ViewChange(view_change)]
}

#[test]
fn journal_with_any_vote_of_another_member_is_refused() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let whole = table.journal.clone();
    for (own, foreign) in votes_of(1, &a).into_iter().zip(votes_of(2, &a)) {
        table.journal = whole.clone();
        table.journal.push(own);
        assert_eq!(table.try_restart(None), Ok(()));
        table.journal.push(foreign);
        assert_eq!(table.try_restart(None), Err(RecoverError::ForeignJournal { member: 2, own: 1 }));
    }
}

#[test]
fn ledger_with_blocks_and_an_empty_journal_is_refused() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let head = || Some((&a, certificate(Phase::Commit, 0, &a)));
    table.take(caught_up(&a, 0));
    assert_eq!(table.try_restart(head()), Ok(()));
    table.journal.clear();
    assert_eq!(table.try_restart(head()), Err(RecoverError::JournalLost { height: 1 }));
    assert_eq!(table.try_restart(None), Ok(()), "the first start has neither");
}

#[test]
fn ledger_without_the_certificate_of_its_last_block_is_refused() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(caught_up(&a, 0));
    let head = CommittedHead { header: a.header, certificate: None };
    let refused = Replica::recover(table.config.clone(), signer(1), head, table.journal).map(drop);
    assert_eq!(refused, Err(RecoverError::NoCertificate { height: 1 }));
}
