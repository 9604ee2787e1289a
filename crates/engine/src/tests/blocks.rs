//! What a block must hold to be executed, believed and applied.

use carechain_consensus::Message;
use carechain_contract::NotIncludable;
use carechain_crypto::Digest;
use carechain_types::{Ed25519, Header, PrePrepare, Verifier, View, sign_as_member, tree};

use super::consortium::{Consortium, START, keys, member};
use crate::error::Fatal;
use crate::execution::execute;
use crate::mempool::SharedSubmission;
use crate::not_proposable::NotProposable;
use crate::output::Output;
use crate::wire::{BorderError, CommittedBlockMessage, PeerMessage};

/// What member 2's engine says to transactions as a block on its head.
fn refusal(consortium: &mut Consortium, header: &Header, submissions: &[SharedSubmission]) -> NotProposable {
    let engine = consortium.engine(member(2));
    execute(engine.ledger(), &engine.place_of(header), &Ed25519, submissions).unwrap().unwrap_err()
}

/// Member 2 fetches a certified block.
fn fetch(consortium: &mut Consortium, block: &CommittedBlockMessage) -> Result<Vec<Output>, Fatal> {
    let certificate = PeerMessage::Consensus(Message::Certificate(block.certificate.clone()));
    consortium.tell(member(2), START, member(0), certificate)?;
    consortium.tell(member(2), START, member(0), PeerMessage::CommittedBlock(Box::new(block.clone())))
}

#[test]
fn transaction_stands_in_a_block_once() {
    let mut consortium = Consortium::new();
    let submission = consortium.registration(1, START);
    let id = submission.transaction.body.id(&consortium.chain_id());
    let (header, _) = consortium.block_of(START, submission.clone());
    let twice = [submission.clone(), submission];
    assert_eq!(refusal(&mut consortium, &header, &twice), NotProposable::Twice { id });
}

#[test]
fn committed_transaction_stands_in_no_later_block() {
    let mut consortium = Consortium::new();
    let submission = consortium.registration(1, START);
    let id = submission.transaction.body.id(&consortium.chain_id());
    let (header, submissions) = consortium.block_of(START, submission.clone());
    let block = consortium.committed(header.clone(), submissions);
    fetch(&mut consortium, &block).unwrap();
    assert_eq!(consortium.engine(member(2)).ledger().head(), &header);
    let next = Header { height: header.height.next(), parent: header.id(), ..header };
    let refused = refusal(&mut consortium, &next, &[submission]);
    assert!(
        matches!(refused, NotProposable::Transaction { id: of, reason: NotIncludable::Seen { .. } } if of == id),
        "{refused:?}"
    );
}

/// Receipts are proven against that root: a primary must not choose it.
#[test]
fn proposal_with_another_outcomes_root_is_not_prepared_and_its_primary_is_suspected() {
    for (root, wrong) in [(None, false), (Some(Digest::ZERO), true)] {
        let mut consortium = Consortium::new();
        consortium.turn(member(2), START, Vec::new()).unwrap();
        let submission = consortium.registration(1, START);
        let leaf = submission.transaction.leaf(&consortium.chain_id()).digest();
        let (mut header, _) = consortium.block_of(START, submission.clone());
        header.outcomes_root = root.unwrap_or(header.outcomes_root);
        assert_eq!(header.transactions_root, tree::root(&[leaf]));
        let proposal = PrePrepare {
            epoch: header.epoch,
            view: View::ZERO,
            height: header.height,
            header,
            leaves: carechain_types::BoundedVec::new(vec![leaf]).unwrap(),
        };
        let chain_id = consortium.chain_id();
        let signed = sign_as_member(&keys("node", 0), &chain_id, member(0), proposal).into_inner();
        let body = PeerMessage::Transaction(Box::new((**submission).clone()));
        let mut said = consortium.tell(member(2), START, member(0), body).unwrap();
        let proposal = PeerMessage::Consensus(Message::PrePrepare(signed));
        said.extend(consortium.tell(member(2), START, member(0), proposal).unwrap());
        let prepared = said
            .iter()
            .any(|output| matches!(output, Output::Broadcast(PeerMessage::Consensus(Message::Prepare(_)))));
        let suspected = said.iter().any(|output| matches!(output, Output::Suspected { .. }));
        assert_eq!((prepared, suspected), (!wrong, wrong), "{said:?}");
    }
}

#[test]
fn fetched_block_with_another_outcomes_root_stops_the_engine() {
    let mut consortium = Consortium::new();
    let (mut header, submissions) = consortium.block_of(START, consortium.registration(1, START));
    header.outcomes_root = Digest::ZERO;
    let block = consortium.committed(header, submissions);
    let ended = fetch(&mut consortium, &block);
    assert!(matches!(ended, Err(Fatal::Diverged { .. })), "{ended:?}");
}

/// A peer that serves blocks holds certificates of many, and may send one with the wrong block.
#[test]
fn committed_block_needs_its_own_commit_certificate_and_transactions() {
    let mut consortium = Consortium::new();
    let made = |consortium: &mut Consortium, salt| {
        let (header, submissions) = consortium.block_of(START, consortium.registration(salt, START));
        consortium.committed(header, submissions)
    };
    let (good, other) = (made(&mut consortium, 1), made(&mut consortium, 2));
    let mut above = good.header.clone();
    above.height = above.height.next();
    let above = consortium.committed(above, Vec::new());
    let verifier = Verifier::new(Ed25519, consortium.chain_id());
    let membership = consortium.membership();
    let verify = |block: CommittedBlockMessage| block.verify(&verifier, &membership).map(drop);
    assert!(verify(good.clone()).is_ok());
    for wrong in [
        CommittedBlockMessage { certificate: other.certificate, ..good.clone() },
        CommittedBlockMessage { certificate: above.certificate, ..good.clone() },
        CommittedBlockMessage { submissions: other.submissions, ..good.clone() },
        CommittedBlockMessage { submissions: above.submissions, ..good.clone() },
    ] {
        assert!(matches!(verify(wrong), Err(BorderError::Block { .. })));
    }
}
