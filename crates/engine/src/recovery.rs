//! After a restart: the blocks that the journal certifies and the ledger lost are executed and applied again.

use std::sync::Arc;

use carechain_consensus::{Config, JournalEntry, Verdict};
use carechain_crypto::BlockId;
use carechain_ledger::{Backend, Ledger};
use carechain_types::{Certificate, Height, SignatureScheme, Verifier};

use crate::committed_block::committed_block;
use crate::error::Fatal;
use crate::execution::{Place, execute, judge};
use crate::journal::{Body, Recovered};
use crate::limits::UNDECIDED_MAX;
use crate::mempool::SharedSubmission;

/// A prepared block that stays undecided, with its transactions.
pub(crate) type Left = (BlockId, Height, Vec<SharedSubmission>);

/// Applies what the journal has beyond the ledger; gives the blocks that stay undecided, the last prepared last.
pub(crate) fn replay<B: Backend, S: SignatureScheme>(
    ledger: &mut Ledger<B>,
    config: &Config,
    scheme: &S,
    verifier: &Verifier<S>,
    recovered: &Recovered,
) -> Result<Vec<Left>, Fatal> {
    for entry in &recovered.entries {
        let JournalEntry::Committed { certificate } = entry else { continue };
        if certificate.height != ledger.head().height.next() {
            continue;
        }
        if let Some(body) = recovered.bodies.get(&certificate.block_id) {
            replay_block(ledger, config, scheme, verifier, body, certificate)?;
        }
    }
    let head = ledger.head().height;
    let prepared = recovered.entries.iter().filter_map(|entry| match entry {
        JournalEntry::Prepared { certificate, .. } if certificate.height > head => Some(certificate.block_id),
        _ => None,
    });
    // Only the last ones are kept: no more are checked.
    let mut last: Vec<BlockId> = Vec::new();
    for block_id in prepared {
        last.retain(|known| *known != block_id);
        last.push(block_id);
    }
    let last = last.split_off(last.len().saturating_sub(UNDECIDED_MAX));
    let bodies = last.into_iter().filter_map(|block_id| Some((block_id, recovered.bodies.get(&block_id)?)));
    let left = |(block_id, body): (BlockId, &Body)| {
        Ok((block_id, body.header.height, submissions(verifier, body, block_id)?))
    };
    bodies.map(left).collect()
}

fn replay_block<B: Backend, S: SignatureScheme>(
    ledger: &mut Ledger<B>,
    config: &Config,
    scheme: &S,
    verifier: &Verifier<S>,
    body: &Body,
    certificate: &Certificate,
) -> Result<(), Fatal> {
    let Body { header, .. } = body;
    let place = Place { config, height: header.height, time: header.time };
    let (height, block_id) = (header.height, certificate.block_id);
    let submissions = submissions(verifier, body, block_id)?;
    let executed = execute(ledger, &place, scheme, &submissions)?.map_err(|reason| Fatal::Refused {
        height,
        block_id,
        reason: Box::new(reason),
    })?;
    if let Verdict::StateDiffers { own } = judge(&place, header, &executed) {
        return Err(Fatal::Diverged { height, block_id, own, certified: header.state_root });
    }
    ledger.commit(&committed_block(header.clone(), Arc::new(certificate.clone()), &submissions, executed))?;
    Ok(())
}

/// The transactions of a journalled body. They were verified before they were written; one that does not verify now is
/// no reason to go on without it.
fn submissions<S: SignatureScheme>(
    verifier: &Verifier<S>,
    body: &Body,
    block_id: BlockId,
) -> Result<Vec<SharedSubmission>, Fatal> {
    let verified = body.submissions.iter().map(|submission| verifier.submission(submission.clone()));
    let shared = verified.map(|submission| submission.map(Arc::new)).collect::<Result<_, _>>();
    shared.map_err(|reason| Fatal::JournalledBody { height: body.header.height, block_id, reason })
}
