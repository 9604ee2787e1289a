//! Searching. What comes back are hints: whoever acts on one reads it again with proof.

use carechain_crypto::GrantId;
use carechain_schema::{Method, NoticeList, Route, SearchPage, SearchRequest, Timestamp};
use carechain_types::{Height, SearchQuery, Time};

use crate::error::OperationError;
use crate::limits::NOTICE_PAGES_MAX;
use crate::session::Session;

impl Session {
    /// One page of abstracts.
    pub fn search(&self, search: &SearchQuery) -> Result<SearchPage, OperationError> {
        let timestamp = |time: Time| Timestamp::from_microseconds(time.as_micros()).unwrap_or(Timestamp::MAX);
        let request = SearchRequest {
            patient: search.patient.map(|id| id.to_string()),
            author: search.author.map(|party| party.to_string()),
            hospital: search.hospital.map(|id| id.to_string()),
            keywords: search.keywords.iter().map(|word| word.trim().to_lowercase()).collect(),
            from: search.from.map(timestamp),
            until: search.until.map(timestamp),
            count_max: search.count_max,
            after: search.after.clone(),
        };
        let body = serde_json::to_vec(&request).expect("strings and numbers always encode");
        let answer = self.ask(Method::Post, Route::SEARCH.path, &body)?;
        Ok(answer.document().map_err(|problem| self.caller().foreign(problem))?)
    }

    /// Grants to the person or their department, newest first, as the node's notices name them. A hint: each is read again
    /// with proof.
    pub fn received_grants(&self) -> Result<Vec<GrantId>, OperationError> {
        let mut ids: Vec<GrantId> = Vec::new();
        let mut after = Height::ZERO;
        for _ in 0..NOTICE_PAGES_MAX {
            let page = self.notices(after, 0)?;
            let granted = page.notices.iter().filter(|notice| notice.event == "grant");
            ids.extend(granted.filter_map(|notice| notice.id.parse::<GrantId>().ok()));
            if page.height <= after.get() {
                ids.reverse();
                return Ok(ids);
            }
            after = Height::new(page.height);
        }
        Err(OperationError::ListTooLong)
    }

    /// What happened to the person since a height; waits up to so many seconds if nothing did.
    pub fn notices(&self, after: Height, wait_seconds: u64) -> Result<NoticeList, OperationError> {
        let path = format!("{}?after={after}&wait_seconds={wait_seconds}", Route::NOTICES.path);
        let answer = self.ask(Method::Get, &path, b"")?;
        Ok(answer.document().map_err(|problem| self.caller().foreign(problem))?)
    }
}
