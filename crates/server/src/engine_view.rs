//! The engine as the byte pump's ledger.

use std::sync::Arc;

use carechain_api::NodeError;
use carechain_contract::{Capacity, Verb, permits};
use carechain_crypto::{ChainId, EhrId, PersonId};
use carechain_engine::Committed;
use carechain_process::Supervisor;
use carechain_pump::{AccessFacts, Asked, Ended, GrantFacts, LedgerHead, LedgerRecord, LedgerView, News};
use carechain_types::{
    AccessValue, EhrValue, EntryId, GrantValue, Height, Outcome, Party, PersonValue, PublicPart, StateKey,
    TransactionBody, TransactionKind, UploadOpen, ehr_id,
};
use tokio::runtime::Handle;
use tokio::sync::broadcast;

use crate::access::value;
use crate::engine_thread::{EngineHandle, NodeEngine};
use crate::ledger_faults::unreadable;
use crate::node_errors::gone;

/// News that a slow listener may lag behind before it must ask.
const NEWS_KEPT: usize = 256;

/// Asks the engine between two of its turns.
pub(super) struct EngineLedger {
    engine: EngineHandle,
    news: broadcast::Sender<Arc<News>>,
}

impl EngineLedger {
    /// Over a running engine; follows its commits until it stops.
    #[must_use]
    pub(super) fn start(engine: EngineHandle, supervisor: &Supervisor, runtime: &Handle) -> Self {
        let news = broadcast::Sender::new(NEWS_KEPT);
        supervisor.task(runtime, "ledger-news", follow(engine.committed(), news.clone()));
        Self { engine, news }
    }

    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut NodeEngine) -> Result<T, NodeError> + Send + 'static,
    ) -> Asked<'_, T> {
        let asked = self.engine.ask(question);
        Box::pin(async move { asked.await.map_err(gone)? })
    }
}

async fn follow(mut committed: broadcast::Receiver<Arc<Committed>>, news: broadcast::Sender<Arc<News>>) {
    loop {
        match committed.recv().await {
            Ok(block) => {
                let bodies = block.submissions.iter().map(|submission| &submission.transaction.body);
                let published = published_in(&block.header.chain_id, bodies, &block.outcomes);
                let told = News { height: block.header.height, time: block.header.time, published };
                // Nobody may be listening.
                let _ = news.send(Arc::new(told));
            }
            // Listeners see the gap in the heights.
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

fn published_in<'a>(
    chain_id: &ChainId,
    bodies: impl Iterator<Item = &'a TransactionBody>,
    outcomes: &[Outcome],
) -> Vec<LedgerRecord> {
    let done = bodies.zip(outcomes).filter(|(_, outcome)| outcome.is_done());
    done.filter_map(|(body, _)| published_by(chain_id, body)).collect()
}

/// The record that a `publish` publishes.
fn published_by(chain_id: &ChainId, body: &TransactionBody) -> Option<LedgerRecord> {
    if body.kind != TransactionKind::Publish.number() {
        return None;
    }
    let Ok(PublicPart::Publish(part)) = PublicPart::decode(body.kind, &body.public_part) else { return None };
    Some(LedgerRecord {
        ehr_id: ehr_id(chain_id, &body.sender, &part.commitment),
        author: body.sender,
        patient: part.patient,
        hospital: part.hospital,
        upload_id: part.upload_id,
        commitment: part.commitment,
        length: part.length,
    })
}

/// The record under an id, unless it is erased; its transaction says which upload brought it.
fn record(engine: &NodeEngine, id: &EhrId) -> Result<Option<LedgerRecord>, NodeError> {
    let Some(ehr) = value::<EhrValue>(engine, &StateKey::ehr(id))?.filter(|ehr| ehr.purged == 0) else {
        return Ok(None);
    };
    let stored = engine.ledger().transaction(&ehr.stamp.transaction_id);
    let stored = stored.map_err(unreadable)?;
    Ok(stored.and_then(|stored| published_by(engine.ledger().chain_id(), &stored.transaction.body)))
}

fn suspended(engine: &NodeEngine, id: &PersonId) -> Result<Ended, NodeError> {
    let person = value::<PersonValue>(engine, &StateKey::person(id))?;
    Ok(if person.is_none_or(|person| person.suspended != 0) { Ended::Yes } else { Ended::No })
}

fn access(engine: &NodeEngine, id: &EntryId) -> Result<AccessFacts, NodeError> {
    let ehr_id = EhrId::new(id.subject);
    let entry = value::<AccessValue>(engine, &StateKey::access(&ehr_id, id.index))?.map(|value| value.entry);
    let mut facts = AccessFacts {
        height: engine.ledger().head().height,
        entry,
        grant: None,
        reader_suspended: Ended::No,
        record: record(engine, &ehr_id)?,
    };
    let Some(entry) = entry else { return Ok(facts) };
    facts.reader_suspended = suspended(engine, &entry.reader)?;
    if let Some(id) = entry.grant
        && let Some(grant) = value::<GrantValue>(engine, &StateKey::grant(&id))?
    {
        let in_force = grant.lines.iter().any(|line| line.ehr_id == ehr_id && line.revoked == 0);
        let ended = if in_force { suspended(engine, &grant.patient)? } else { Ended::Yes };
        facts.grant = Some(GrantFacts { from: grant.from, until: grant.until, ended });
    }
    Ok(facts)
}

/// As the contract will judge the abstract: the key is in force, a doctor publishes for the hospital that enrolled them,
/// a patient their own.
fn may_upload(engine: &NodeEngine, open: &UploadOpen) -> Result<bool, NodeError> {
    let now = engine.ledger().head().time;
    let Some(author) = open.author.person() else { return Ok(false) };
    let Some(person) = value::<PersonValue>(engine, &StateKey::person(&author))? else { return Ok(false) };
    let in_force = person.signing_keys.iter().any(|period| period.key == open.key && period.in_force(now));
    let own = author == open.patient;
    let verb = if own { Verb::PublishOwn } else { Verb::Publish };
    let roles = person.roles.iter().filter(|term| now < term.until);
    let permitted = roles.into_iter().any(|term| permits(Capacity::Role(term.role), verb));
    let enrolled_there = own || person.enroller == Party::Hospital(open.publishing_hospital);
    let patient = own || value::<PersonValue>(engine, &StateKey::person(&open.patient))?.is_some();
    Ok(in_force && person.suspended == 0 && permitted && enrolled_there && patient)
}

fn published(engine: &NodeEngine, height: Height) -> Result<Vec<LedgerRecord>, NodeError> {
    let Some(block) = engine.ledger().block(height).map_err(unreadable)? else { return Ok(Vec::new()) };
    let outcomes = engine.ledger().outcomes(height).map_err(unreadable)?.unwrap_or_default();
    let bodies = block.transactions.iter().map(|transaction| &transaction.body);
    Ok(published_in(&block.header.chain_id, bodies, &outcomes))
}

impl LedgerView for EngineLedger {
    fn head(&self) -> Asked<'_, LedgerHead> {
        self.ask(|engine| {
            let head = engine.ledger().head();
            Ok(LedgerHead { height: head.height, time: head.time })
        })
    }

    fn may_upload(&self, open: UploadOpen) -> Asked<'_, bool> {
        self.ask(move |engine| may_upload(engine, &open))
    }

    fn access(&self, entry: EntryId) -> Asked<'_, AccessFacts> {
        self.ask(move |engine| access(engine, &entry))
    }

    fn record(&self, ehr_id: EhrId) -> Asked<'_, Option<LedgerRecord>> {
        self.ask(move |engine| record(engine, &ehr_id))
    }

    fn published(&self, height: Height) -> Asked<'_, Vec<LedgerRecord>> {
        self.ask(move |engine| published(engine, height))
    }

    fn news(&self) -> broadcast::Receiver<Arc<News>> {
        self.news.subscribe()
    }
}
