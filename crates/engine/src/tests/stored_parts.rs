//! Detached parts of committed blocks: purged, or lost by the disk.

use carechain_consensus::Message;
use carechain_ledger::LedgerError;
use carechain_types::Height;

use super::consortium::{Consortium, START, member};
use crate::error::Fatal;
use crate::output::Output;
use crate::wire::PeerMessage;

/// Member 2 has a block with a megabyte of parts.
fn with_long_block() -> (Consortium, carechain_crypto::TransactionId) {
    let mut consortium = Consortium::new();
    let submission = consortium.long_registration(1, START);
    let id = submission.transaction.body.id(&consortium.chain_id());
    let (header, submissions) = consortium.block_of(START, submission);
    let block = consortium.committed(header, submissions);
    let certificate = PeerMessage::Consensus(Message::Certificate(block.certificate.clone()));
    consortium.tell(member(2), START, member(0), certificate).unwrap();
    consortium.tell(member(2), START, member(0), PeerMessage::CommittedBlock(Box::new(block))).unwrap();
    assert_eq!(consortium.engine(member(2)).ledger().head().height.get(), 1);
    (consortium, id)
}

fn ask(consortium: &mut Consortium) -> Result<bool, Fatal> {
    let first = Height::ZERO.next();
    let question = PeerMessage::FetchBlocks { from: first, until: first };
    let said = consortium.tell(member(2), START, member(1), question)?;
    Ok(said
        .iter()
        .any(|output| matches!(output, Output::Send { message: PeerMessage::CommittedBlock(_), .. })))
}

/// It was read to learn that; a member that asks for it again and again is not served more than others.
#[test]
fn a_block_with_a_purged_part_is_not_served_and_costs_what_was_read() {
    let (mut consortium, id) = with_long_block();
    assert!(ask(&mut consortium).unwrap(), "whole, it is served");
    let (mut consortium, _) = with_long_block();
    consortium.engine(member(2)).ledger.purge_parts(&[(id, 7)]).unwrap();
    assert!(!ask(&mut consortium).unwrap());
    assert!(consortium.engine(member(2)).answered.spent(member(1)) > 900_000);
}

#[test]
fn a_block_that_lost_a_part_stops_the_engine_and_is_not_served_short() {
    let (mut consortium, _) = with_long_block();
    consortium.lose_a_part(member(2));
    let ended = ask(&mut consortium);
    assert!(matches!(ended, Err(Fatal::Ledger(LedgerError::Missing { .. }))), "{ended:?}");
}
