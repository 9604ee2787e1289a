//! What of a journal is applied again after a restart, and what stops the node instead.

use carechain_consensus::JournalEntry;
use carechain_crypto::{Digest, Signature};
use carechain_types::{Ed25519, Header, Height, Submission, Verifier};

use super::consortium::{Consortium, START, member};
use crate::error::Fatal;
use crate::journal::{Body, Recovered};
use crate::recovery::replay;

/// Member 1 restarts with a journal that certifies a block which its ledger lacks, changed on disk. What comes of it.
fn restart_with(change: impl FnOnce(&mut Header, &mut Vec<Submission>)) -> Result<Height, Fatal> {
    let mut consortium = Consortium::new();
    let (mut header, submissions) = consortium.block_of(START, consortium.registration(1, START));
    let mut submissions: Vec<_> = submissions.iter().map(|submission| (***submission).clone()).collect();
    change(&mut header, &mut submissions);
    let certificate = consortium.committed(header.clone(), Vec::new()).certificate;
    let mut recovered = Recovered::default();
    recovered.bodies.insert(header.id(), Body { header, submissions });
    recovered.entries.push(JournalEntry::Committed { certificate });
    let verifier = Verifier::new(Ed25519, consortium.chain_id());
    let engine = consortium.engine(member(1));
    replay(&mut engine.ledger, &engine.config, &Ed25519, &verifier, &recovered)?;
    Ok(engine.ledger.head().height)
}

#[test]
fn a_certified_block_that_the_ledger_lacks_is_applied_from_the_journal() {
    assert_eq!(restart_with(|_, _| ()).unwrap(), Height::new(1));
}

#[test]
fn a_journalled_block_whose_outcomes_are_not_what_its_header_says_stops_the_node() {
    let ended = restart_with(|header, _| header.outcomes_root = Digest::ZERO);
    assert!(matches!(ended, Err(Fatal::Diverged { .. })), "{ended:?}");
}

/// Executed without it, the block would give another state, and the node would blame the consortium.
#[test]
fn a_journalled_transaction_that_does_not_verify_stops_the_node_and_is_named() {
    let ended = restart_with(|_, submissions| submissions[0].transaction.signature = Signature::ZERO);
    assert!(matches!(ended, Err(Fatal::JournalledBody { .. })), "{ended:?}");
}

#[test]
fn a_journalled_block_that_execution_refuses_stops_the_node_with_the_reason() {
    let ended = restart_with(|_, submissions| submissions.push(submissions[0].clone()));
    let fatal = ended.unwrap_err();
    assert!(matches!(fatal, Fatal::Refused { .. }) && fatal.to_string().contains("twice"), "{fatal}");
}
