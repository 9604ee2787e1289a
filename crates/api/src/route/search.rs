//! Searching: JSON in and out, with a signed query.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use carechain_schema::{AbstractLine, Document, SearchPage as SearchAnswer, SearchRequest, Timestamp};
use carechain_types::{Party, SearchQuery, Time};

use crate::asker::asker;
use crate::body;
use crate::border::Border;
use crate::failure::Refused;
use crate::limits::{SEARCH_COUNT_MAX, SEARCH_KEYWORDS_MAX};
use crate::node::SearchHit;

pub(crate) async fn search(State(border): State<Arc<Border>>, request: Request) -> Result<Response, Refused> {
    let (parts, bytes) = body::split(request);
    let request: SearchRequest = serde_json::from_slice(&bytes).map_err(Refused::malformed)?;
    let asked = asker(&border, &parts, &bytes)?;
    let answer = border.node.search(asked.asker, typed(request)?).await;
    let page = asked.once(&border, answer).await?;
    let answer =
        SearchAnswer { abstracts: page.hits.into_iter().map(abstract_line).collect(), next: page.next };
    let mut document = Document::done(answer);
    document.origin.height = Some(page.height.get());
    Ok(body::document(&document))
}

fn typed(request: SearchRequest) -> Result<SearchQuery, Refused> {
    let SearchRequest { patient, author, hospital, keywords, from, until, count_max, after } = request;
    if keywords.len() > SEARCH_KEYWORDS_MAX || keywords.iter().any(|word| word.len() > 64) {
        return Err(Refused::malformed(format_args!("at most {SEARCH_KEYWORDS_MAX} keywords of 64 bytes")));
    }
    let author = author
        .map(|text| Party::from_text(&text).ok_or_else(|| Refused::malformed("the author is no id")))
        .transpose()?;
    Ok(SearchQuery {
        patient: patient.map(|text| text.parse()).transpose().map_err(Refused::malformed)?,
        author,
        hospital: hospital.map(|text| text.parse()).transpose().map_err(Refused::malformed)?,
        keywords,
        from: from.map(time),
        until: until.map(time),
        after,
        count_max: Some(count_max.unwrap_or(SEARCH_COUNT_MAX).clamp(1, SEARCH_COUNT_MAX)),
    })
}

const fn time(timestamp: Timestamp) -> Time {
    Time::from_micros(timestamp.microseconds())
}

pub(crate) fn timestamp(time: Time) -> Timestamp {
    Timestamp::from_microseconds(time.as_micros()).unwrap_or(Timestamp::MAX)
}

fn abstract_line(hit: SearchHit) -> AbstractLine {
    AbstractLine {
        ehr_id: hit.ehr_id.to_string(),
        patient: hit.patient.to_string(),
        author: hit.author.to_string(),
        hospital: hit.hospital.to_string(),
        kind: hit.kind.as_str().to_owned(),
        bytes: hit.length,
        published: timestamp(hit.published),
        keywords: hit.keywords,
        title: Some(hit.title).filter(|title| !title.is_empty()),
        amends: hit.amends.map(|id| id.to_string()),
        amended_by: hit.amended_by.map(|id| id.to_string()),
    }
}
