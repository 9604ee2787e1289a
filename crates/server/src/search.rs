//! Searching abstracts: lists of the ledger, cut to what the asker may find.

use std::mem;
use std::sync::Arc;

use carechain_api::{Asker, NodeError, SearchHit, SearchPage};
use carechain_contract::Verb;
use carechain_crypto::EhrId;
use carechain_ledger::{IndexEntry, IndexList, IndexPosition, SearchRange};
use carechain_types::{
    EhrValue, ParameterValue, PublicPart, SearchPolicy, SearchQuery, StateKey, Time, Visibility, parameter,
};

use crate::access::{Viewer, value};
use crate::engine_thread::NodeEngine;
use crate::ledger_faults::unreadable;
use crate::search_index::{SealedEntry, SearchIndex, sealed_entry};

/// A page of hits whose words are still sealed.
pub(super) struct SealedPage {
    page: SearchPage,
    words: Vec<Option<SealedEntry>>,
}

impl SealedPage {
    /// The page with its words; not for the engine's thread.
    #[must_use]
    pub(super) fn open(self, index: &SearchIndex) -> SearchPage {
        let Self { mut page, words } = self;
        for (hit, sealed) in page.hits.iter_mut().zip(words) {
            let Some(content) = sealed.and_then(|sealed| index.open(&sealed)) else { continue };
            hit.keywords = content.keywords.iter().map(|word| word.as_str().to_owned()).collect();
            hit.title = content.title.as_str().to_owned();
        }
        page
    }
}

/// Entries looked at in one step, and steps for one page: some hundred abstracts in a row that the asker may not find
/// are passed over without a trace.
const STEP_ENTRIES: usize = 64;
const STEPS_MAX: usize = 32;

/// One search on its way, in steps between the turns of the engine. What the asker may not find leaves no gap: a page is
/// full if there is more, and the place where the next starts is that of a hit.
pub(super) struct Search {
    asker: Asker,
    query: SearchQuery,
    index: Arc<SearchIndex>,
    /// What is looked at next; nothing is before the first step.
    range: Option<SearchRange>,
    steps: usize,
    hits: Vec<SearchHit>,
    words: Vec<Option<SealedEntry>>,
    last: Option<IndexPosition>,
}

impl Search {
    /// Before its first step.
    #[must_use]
    pub(super) const fn new(asker: Asker, query: SearchQuery, index: Arc<SearchIndex>) -> Self {
        Self { asker, query, index, range: None, steps: 0, hits: Vec::new(), words: Vec::new(), last: None }
    }

    /// Looks at some entries; `None` if the page is neither full nor at the end of the list.
    pub(super) fn step(&mut self, engine: &NodeEngine) -> Option<Result<SealedPage, NodeError>> {
        self.try_step(engine).transpose()
    }

    fn try_step(&mut self, engine: &NodeEngine) -> Result<Option<SealedPage>, NodeError> {
        let own = may_search(engine, &self.asker, &self.query)?;
        let mut range = match self.range.take() {
            Some(range) => range,
            None => self.first_range()?,
        };
        let page = engine.ledger().search(&lists(&self.index, &self.query), &range).map_err(unreadable)?;
        let count_max = self.query.count_max.map_or(STEP_ENTRIES, usize::from);
        for entry in &page.entries {
            let Some(hit) = hit(engine, entry, own)? else { continue };
            if self.hits.len() == count_max {
                return Ok(Some(self.page(engine, self.last)));
            }
            self.hits.push(hit);
            self.words.push(sealed_words(engine, entry)?);
            self.last = Some(entry.position);
        }
        self.steps += 1;
        if page.next.is_none() || self.steps == STEPS_MAX {
            return Ok(Some(self.page(engine, page.next)));
        }
        range.below = page.next;
        self.range = Some(range);
        Ok(None)
    }

    fn first_range(&self) -> Result<SearchRange, NodeError> {
        let SearchQuery { from, until, after, .. } = &self.query;
        let below = after.as_deref().map(parse_position).transpose()?;
        Ok(SearchRange { from: *from, until: *until, below, limit: STEP_ENTRIES })
    }

    fn page(&mut self, engine: &NodeEngine, next: Option<IndexPosition>) -> SealedPage {
        let (hits, words) = (mem::take(&mut self.hits), mem::take(&mut self.words));
        let height = engine.ledger().head().height;
        SealedPage { page: SearchPage { height, hits, next: next.map(format_position) }, words }
    }
}

/// Whether the asker searches their own records; an error if they may not search like this.
fn may_search(engine: &NodeEngine, asker: &Asker, query: &SearchQuery) -> Result<bool, NodeError> {
    let viewer = Viewer::of(engine, asker)?;
    let own = query.patient == Some(viewer.id) && viewer.may(Verb::SearchOwn);
    if !own && !viewer.may(Verb::Search) {
        return Err(NodeError::NotPermitted);
    }
    if policy(engine)? == SearchPolicy::PatientNamed && query.patient.is_none() {
        let problem = "this consortium's search policy wants a patient in every search".to_owned();
        return Err(NodeError::Invalid { problem });
    }
    Ok(own)
}

fn policy(engine: &NodeEngine) -> Result<SearchPolicy, NodeError> {
    let value: Option<ParameterValue> = value(engine, &StateKey::parameter(parameter::SEARCH_POLICY))?;
    let named = value.is_some_and(|value| value.bytes.first() == Some(&2));
    Ok(if named { SearchPolicy::PatientNamed } else { SearchPolicy::AnyOf })
}

fn lists(index: &SearchIndex, query: &SearchQuery) -> Vec<IndexList> {
    let mut lists = Vec::new();
    lists.extend(query.patient.map(IndexList::RecordsByPatient));
    lists.extend(query.author.map(IndexList::RecordsByAuthor));
    lists.extend(query.hospital.map(IndexList::RecordsByHospital));
    lists.extend(query.keywords.iter().map(|word| IndexList::RecordsByToken(index.token(word))));
    if lists.is_empty() {
        lists.push(IndexList::Records);
    }
    lists
}

fn hit(engine: &NodeEngine, entry: &IndexEntry, own: bool) -> Result<Option<SearchHit>, NodeError> {
    let ehr_id = EhrId::new(entry.id);
    let Some(ehr) = value::<EhrValue>(engine, &StateKey::ehr(&ehr_id))? else { return Ok(None) };
    if ehr.purged != 0 || (ehr.visibility == Visibility::PatientOnly && !own) {
        return Ok(None);
    }
    Ok(Some(SearchHit {
        ehr_id,
        patient: ehr.patient,
        author: ehr.author,
        hospital: ehr.hospital,
        kind: ehr.kind,
        length: ehr.length,
        published: entry.position.time,
        keywords: Vec::new(),
        title: String::new(),
        amends: ehr.amends,
        amended_by: ehr.amended_by,
    }))
}

/// The sealed words of a record; none if it has no index entry.
fn sealed_words(engine: &NodeEngine, entry: &IndexEntry) -> Result<Option<SealedEntry>, NodeError> {
    let position = carechain_ledger::Position { height: entry.height, index: entry.position.index };
    let Some(stored) = engine.ledger().transaction_at(position).map_err(unreadable)? else { return Ok(None) };
    let body = stored.transaction.body;
    let Ok(PublicPart::Publish(part)) = PublicPart::decode(body.kind, &body.public_part) else {
        return Ok(None);
    };
    sealed_entry(engine, &body, &part).map_err(unreadable)
}

fn format_position(position: IndexPosition) -> String {
    format!("{}-{}", position.time.as_micros(), position.index)
}

fn parse_position(text: &str) -> Result<IndexPosition, NodeError> {
    let parse = || {
        let (time, index) = text.split_once('-')?;
        Some(IndexPosition { time: Time::from_micros(time.parse().ok()?), index: index.parse().ok()? })
    };
    parse().ok_or_else(|| NodeError::Invalid { problem: "\"after\" is not where a page ended".to_owned() })
}
