//! After a restart: the blocks that the journal certifies and the ledger lost are executed and applied again.

use std::sync::Arc;

use carechain_consensus::{Config, JournalEntry};
use carechain_ledger::{Backend, Ledger};
use carechain_types::{Certificate, SignatureScheme, Verifier};

use crate::committed_block::committed_block;
use crate::error::Fatal;
use crate::execution::{Place, execute};
use crate::journal::{Body, Recovered};
use crate::mempool::SharedSubmission;

/// Applies what the journal has beyond the ledger; gives the transactions of the blocks that stay undecided.
pub(crate) fn replay<B: Backend, S: SignatureScheme>(
    ledger: &mut Ledger<B>,
    config: &Config,
    scheme: &S,
    verifier: &Verifier<S>,
    recovered: &Recovered,
) -> Result<Vec<SharedSubmission>, Fatal> {
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
    let undecided = recovered.bodies.values().filter(|body| body.header.height > head);
    Ok(undecided.flat_map(|body| submissions(verifier, body)).collect())
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
    let place = Place {
        chain_id: config.chain_id,
        height: header.height,
        time: header.time,
        membership: &config.membership,
    };
    let submissions = submissions(verifier, body);
    let not_executed = Fatal::NotExecuted { height: header.height, block_id: certificate.block_id };
    let executed = execute(ledger, &place, scheme, &submissions)?.map_err(|_| not_executed)?;
    if executed.state_root() != header.state_root {
        return Err(Fatal::Diverged {
            height: header.height,
            block_id: certificate.block_id,
            own: executed.state_root(),
            certified: header.state_root,
        });
    }
    ledger.commit(&committed_block(header.clone(), Arc::new(certificate.clone()), &submissions, executed))?;
    Ok(())
}

/// The transactions of a journalled body; they were verified before they were written.
fn submissions<S: SignatureScheme>(verifier: &Verifier<S>, body: &Body) -> Vec<SharedSubmission> {
    let verified =
        body.submissions.iter().filter_map(|submission| verifier.submission(submission.clone()).ok());
    verified.map(Arc::new).collect()
}
