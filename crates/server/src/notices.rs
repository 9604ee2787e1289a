//! What happened to a person, read from committed blocks.

use std::mem;

use carechain_api::{Asker, NodeError, Notice, NoticeKind, Notices};
use carechain_crypto::EhrId;
use carechain_types::{
    EhrValue, GrantValue, Header, Height, Outcome, PublicPart, RequestValue, StateKey, TransactionBody,
    ehr_id, grant_id, request_id,
};

use crate::access::{Viewer, value};
use crate::engine_thread::NodeEngine;
use crate::ledger_faults::unreadable;

/// Blocks read for one answer; the caller asks on from where it ends.
const BLOCKS_MAX: u64 = 16;

/// One look for what happened to a person, a block a step.
pub(super) struct Looking {
    asker: Asker,
    /// Everything up to this height is looked at.
    after: Height,
    blocks: u64,
    found: Vec<Notice>,
}

impl Looking {
    /// For what concerns the asker above a height.
    #[must_use]
    pub(super) const fn new(asker: Asker, after: Height) -> Self {
        Self { asker, after, blocks: 0, found: Vec::new() }
    }

    /// Looks at the next block; `None` if there are more. The answer comes with the height of the head.
    pub(super) fn step(&mut self, engine: &NodeEngine) -> Option<Result<(Notices, Height), NodeError>> {
        self.try_step(engine).transpose()
    }

    fn try_step(&mut self, engine: &NodeEngine) -> Result<Option<(Notices, Height)>, NodeError> {
        let viewer = Viewer::of(engine, &self.asker)?;
        let head = engine.ledger().head().height;
        // The caller's number: above the head there is nothing, whatever it is.
        self.after = self.after.min(head);
        if self.after == head || self.blocks == BLOCKS_MAX {
            let notices = mem::take(&mut self.found);
            return Ok(Some((Notices { height: self.after, notices }, head)));
        }
        self.after = self.after.next();
        self.blocks += 1;
        let outcomes = engine.ledger().outcomes(self.after).map_err(unreadable)?.unwrap_or_default();
        if let Some(block) = engine.ledger().block(self.after).map_err(unreadable)? {
            for (transaction, outcome) in block.transactions.iter().zip(&outcomes) {
                self.found.extend(notice(engine, &viewer, &block.header, &transaction.body, outcome)?);
            }
        }
        Ok(None)
    }
}

fn notice(
    engine: &NodeEngine,
    viewer: &Viewer,
    header: &Header,
    body: &TransactionBody,
    outcome: &Outcome,
) -> Result<Option<Notice>, NodeError> {
    if !outcome.is_done() {
        return Ok(None);
    }
    let Ok(part) = PublicPart::decode(body.kind, &body.public_part) else { return Ok(None) };
    let id = outcome.transaction_id;
    let found = match part {
        PublicPart::Request(part) if part.patient == viewer.id => {
            Some((NoticeKind::Request, *request_id(&id).get()))
        }
        PublicPart::Grant(part) if viewer.is(&part.grantee) => {
            Some((NoticeKind::Grant, *grant_id(&id).get()))
        }
        PublicPart::Deny(part) => {
            let request: Option<RequestValue> = value(engine, &StateKey::request(&part.request))?;
            request
                .is_some_and(|request| viewer.is(&request.grantee))
                .then(|| (NoticeKind::Deny, *part.request.get()))
        }
        PublicPart::Revoke(part) => {
            let grant: Option<GrantValue> = value(engine, &StateKey::grant(&part.grant))?;
            // Whoever revokes what is another's leaves a tombstone and ends nothing.
            grant
                .is_some_and(|grant| body.sender.person() == Some(grant.patient) && viewer.is(&grant.grantee))
                .then(|| (NoticeKind::Revoke, *part.grant.get()))
        }
        PublicPart::Publish(part) if part.patient == viewer.id => {
            let record: EhrId = ehr_id(&header.chain_id, &body.sender, &part.commitment);
            Some((NoticeKind::Publish, *record.get()))
        }
        PublicPart::Read(part) => {
            let record = part.request.ehr_id;
            let ehr: Option<EhrValue> = value(engine, &StateKey::ehr(&record))?;
            ehr.is_some_and(|ehr| ehr.patient == viewer.id).then(|| (NoticeKind::Read, *record.get()))
        }
        _ => None,
    };
    Ok(found.map(|(kind, id)| Notice { kind, id, height: header.height, time: header.time }))
}
