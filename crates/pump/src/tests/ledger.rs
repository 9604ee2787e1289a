//! A ledger for tests: all nodes see the same one, and it holds what a test says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use carechain_api::NodeError;
use carechain_crypto::{ChainId, EhrId};
use carechain_types::{
    AccessEntry, Decision, DecisionReason, EntryId, EntryShape, Height, ReadRequest, Span, Time, UploadOpen,
};
use tokio::sync::broadcast;

use crate::ledger_view::{AccessFacts, Asked, Ended, GrantFacts, LedgerHead, LedgerRecord, LedgerView, News};

pub(super) const CHAIN: ChainId = ChainId::new([7; 32]);

pub(super) struct FakeLedger {
    state: Mutex<State>,
    news: broadcast::Sender<Arc<News>>,
}

struct State {
    head: LedgerHead,
    records: BTreeMap<EhrId, LedgerRecord>,
    published: BTreeMap<Height, Vec<LedgerRecord>>,
    entries: BTreeMap<EntryId, (AccessEntry, GrantFacts)>,
    may_upload: bool,
}

impl FakeLedger {
    pub(super) fn new(now: Time) -> Self {
        let state = State {
            head: LedgerHead { height: Height::ZERO, time: now },
            records: BTreeMap::new(),
            published: BTreeMap::new(),
            entries: BTreeMap::new(),
            may_upload: true,
        };
        Self { state: Mutex::new(state), news: broadcast::Sender::new(64) }
    }

    fn answer<T: Send + 'static>(&self, look: impl FnOnce(&State) -> T) -> Asked<'_, T> {
        let answer: Result<T, NodeError> = Ok(look(&self.state.lock().unwrap()));
        Box::pin(async move { answer })
    }

    /// A block at this time that publishes these.
    pub(super) fn block(&self, time: Time, published: Vec<LedgerRecord>) {
        let mut state = self.state.lock().unwrap();
        let height = state.head.height.next();
        state.head = LedgerHead { height, time };
        state.records.extend(published.iter().map(|record| (record.ehr_id, *record)));
        state.published.insert(height, published.clone());
        let _ = self.news.send(Arc::new(News { height, time, published }));
    }

    /// A block with an entry that allows the request.
    pub(super) fn allow(&self, request: &ReadRequest, now: Time) -> EntryId {
        self.block(now, Vec::new());
        let mut state = self.state.lock().unwrap();
        let height = state.head.height;
        let id = EntryId { subject: *request.ehr_id.get(), index: state.entries.len() as u64, height };
        let entry = AccessEntry {
            reader: request.reader,
            reader_key: request.reader_key,
            on_behalf_of: None,
            patient: state.records.get(&request.ehr_id).map(|record| record.patient),
            ehr_id: request.ehr_id,
            grant: request.grant,
            gateway: request.gateway,
            purpose: request.purpose,
            decision: Decision::Allowed,
            reason: DecisionReason::Granted,
            shape: EntryShape::Single,
            count: 1,
            first: now,
            last: now,
            request_digest: request.digest(&CHAIN),
            height,
            time: now,
        };
        let grant = GrantFacts { from: now, until: now.after(Span::HOUR), ended: Ended::No };
        state.entries.insert(id, (entry, grant));
        id
    }

    pub(super) fn revoke_all(&self) {
        let mut state = self.state.lock().unwrap();
        state.entries.values_mut().for_each(|(_, grant)| grant.ended = Ended::Yes);
    }

    pub(super) fn forbid_uploads(&self) {
        self.state.lock().unwrap().may_upload = false;
    }
}

impl LedgerView for FakeLedger {
    fn head(&self) -> Asked<'_, LedgerHead> {
        self.answer(|state| state.head)
    }

    fn may_upload(&self, _: UploadOpen) -> Asked<'_, bool> {
        self.answer(|state| state.may_upload)
    }

    fn access(&self, entry: EntryId) -> Asked<'_, AccessFacts> {
        self.answer(|state| {
            let found = state.entries.get(&entry);
            AccessFacts {
                height: state.head.height,
                entry: found.map(|(entry, _)| *entry),
                grant: found.map(|(_, grant)| *grant),
                reader_suspended: Ended::No,
                record: state.records.get(&EhrId::new(entry.subject)).copied(),
            }
        })
    }

    fn record(&self, ehr_id: EhrId) -> Asked<'_, Option<LedgerRecord>> {
        self.answer(|state| state.records.get(&ehr_id).copied())
    }

    fn published(&self, height: Height) -> Asked<'_, Vec<LedgerRecord>> {
        self.answer(|state| state.published.get(&height).cloned().unwrap_or_default())
    }

    fn news(&self) -> broadcast::Receiver<Arc<News>> {
        self.news.subscribe()
    }
}
