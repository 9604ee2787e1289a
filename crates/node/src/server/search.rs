//! Searching abstracts: lists of the ledger, cut to what the asker may find.

use carechain_api::{Asker, NodeError, SearchHit, SearchPage};
use carechain_contract::Verb;
use carechain_crypto::EhrId;
use carechain_ledger::{IndexEntry, IndexList, IndexPosition, SearchRange};
use carechain_types::{
    EhrValue, ParameterValue, PublicPart, SearchPolicy, SearchQuery, StateKey, Time, Visibility, parameter,
};

use super::access::{Viewer, value};
use super::engine_thread::NodeEngine;
use super::search_index::{SealedEntry, SearchIndex, sealed_entry};

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

/// One page of hits for a signed query. What the asker may not find leaves no gap: a page is full if there is more, and
/// the place where the next starts is that of a hit.
pub(super) fn search(
    engine: &NodeEngine,
    index: &SearchIndex,
    asker: &Asker,
    query: &SearchQuery,
) -> Result<SealedPage, NodeError> {
    let viewer = Viewer::of(engine, asker)?;
    let own = query.patient == Some(viewer.id) && viewer.may(Verb::SearchOwn);
    if !own && !viewer.may(Verb::Search) {
        return Err(NodeError::NotPermitted);
    }
    if policy(engine)? == SearchPolicy::PatientNamed && query.patient.is_none() {
        let problem = "this consortium's search policy wants a patient in every search".to_owned();
        return Err(NodeError::Invalid { problem });
    }
    let below = query.after.as_deref().map(parse_position).transpose()?;
    let mut range = SearchRange { from: query.from, until: query.until, below, limit: STEP_ENTRIES };
    let count_max = query.count_max.map_or(STEP_ENTRIES, usize::from);
    let height = engine.ledger().head().height;
    let lists = lists(index, query);
    let (mut hits, mut words) = (Vec::new(), Vec::new());
    let mut last = None;
    for _ in 0..STEPS_MAX {
        let failed = |_| NodeError::Internal { what: "the ledger cannot be searched" };
        let page = engine.ledger().search(&lists, &range).map_err(failed)?;
        for entry in &page.entries {
            let Some(hit) = hit(engine, entry, own)? else { continue };
            if hits.len() == count_max {
                let next = last.map(format_position);
                return Ok(SealedPage { page: SearchPage { height, hits, next }, words });
            }
            hits.push(hit);
            words.push(sealed_words(engine, entry)?);
            last = Some(entry.position);
        }
        range.below = page.next;
        if page.next.is_none() {
            return Ok(SealedPage { page: SearchPage { height, hits, next: None }, words });
        }
    }
    let next = range.below.map(format_position);
    Ok(SealedPage { page: SearchPage { height, hits, next }, words })
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
    let failed = |_| NodeError::Internal { what: "the ledger cannot be read" };
    let position = carechain_ledger::Position { height: entry.height, index: entry.position.index };
    let Some(stored) = engine.ledger().transaction_at(position).map_err(failed)? else { return Ok(None) };
    let body = stored.transaction.body;
    let Ok(PublicPart::Publish(part)) = PublicPart::decode(body.kind, &body.public_part) else {
        return Ok(None);
    };
    Ok(sealed_entry(engine, &body, &part))
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
