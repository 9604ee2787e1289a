//! Searching abstracts: lists of the ledger, cut to what the asker may find.

use carechain_api::{Asker, NodeError, SearchHit, SearchPage, SearchQuery};
use carechain_crypto::EhrId;
use carechain_ledger::{IndexEntry, IndexList, IndexPosition, SearchRange};
use carechain_types::{
    EhrValue, IndexEntry as IndexContent, ParameterValue, PublicPart, SearchPolicy, StateKey, Time,
    Visibility, parameter,
};

use super::access::{Viewer, value};
use super::engine_thread::NodeEngine;
use super::search_index::SearchIndex;

/// One page of hits for a signed query.
pub(super) fn search(
    engine: &NodeEngine,
    index: &SearchIndex,
    asker: &Asker,
    query: &SearchQuery,
) -> Result<SearchPage, NodeError> {
    let viewer = Viewer::of(engine, asker)?;
    let own = query.patient == Some(viewer.id);
    if !own && !viewer.is_staff() {
        return Err(NodeError::NotPermitted);
    }
    if policy(engine)? == SearchPolicy::PatientNamed && query.patient.is_none() {
        let problem = "this consortium's search policy wants a patient in every search".to_owned();
        return Err(NodeError::Invalid { problem });
    }
    let range = SearchRange {
        from: query.from,
        until: query.until,
        below: query.after.as_deref().map(parse_position).transpose()?,
        limit: usize::from(query.count_max),
    };
    let failed = |_| NodeError::Internal { what: "the ledger cannot be searched" };
    let page = engine.ledger().search(&lists(index, query), &range).map_err(failed)?;
    let mut hits = Vec::new();
    for entry in &page.entries {
        hits.extend(hit(engine, index, entry, own)?);
    }
    Ok(SearchPage { height: engine.ledger().head().height, hits, next: page.next.map(format_position) })
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

fn hit(
    engine: &NodeEngine,
    index: &SearchIndex,
    entry: &IndexEntry,
    own: bool,
) -> Result<Option<SearchHit>, NodeError> {
    let ehr_id = EhrId::new(entry.id);
    let Some(ehr) = value::<EhrValue>(engine, &StateKey::ehr(&ehr_id))? else { return Ok(None) };
    if ehr.purged != 0 || (ehr.visibility == Visibility::PatientOnly && !own) {
        return Ok(None);
    }
    let content = content(engine, index, entry)?;
    let words =
        |content: &IndexContent| content.keywords.iter().map(|word| word.as_str().to_owned()).collect();
    Ok(Some(SearchHit {
        ehr_id,
        patient: ehr.patient,
        author: ehr.author,
        hospital: ehr.hospital,
        kind: ehr.kind,
        length: ehr.length,
        published: entry.position.time,
        keywords: content.as_ref().map(words).unwrap_or_default(),
        title: content.map(|content| content.title.as_str().to_owned()).unwrap_or_default(),
        amends: ehr.amends,
        amended_by: ehr.amended_by,
    }))
}

/// The words of a record; none if it has no index entry.
fn content(
    engine: &NodeEngine,
    index: &SearchIndex,
    entry: &IndexEntry,
) -> Result<Option<IndexContent>, NodeError> {
    let failed = |_| NodeError::Internal { what: "the ledger cannot be read" };
    let position = carechain_ledger::Position { height: entry.height, index: entry.position.index };
    let Some(stored) = engine.ledger().transaction_at(position).map_err(failed)? else { return Ok(None) };
    let body = stored.transaction.body;
    let Ok(PublicPart::Publish(part)) = PublicPart::decode(body.kind, &body.public_part) else {
        return Ok(None);
    };
    Ok(index.open(engine, &body, &part))
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
