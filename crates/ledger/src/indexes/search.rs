//! Walking one list, or the items that several lists have in common, newest first.
//!
//! Limits: one search reads a bounded number of rows and says where to go on.

use carechain_types::Time;

use super::list::{IndexEntry, IndexList, IndexPosition};
use crate::backend::{Backend, Order, ScanRange, Table};
use crate::ledger::{Ledger, LedgerError};
use crate::limits::{SEARCH_CHUNK_ROWS, SEARCH_LISTS_MAX, SEARCH_ROWS_MAX};

/// Which items of the lists: `from` ≤ block time < `until`, below a position.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SearchRange {
    /// First block time.
    pub from: Option<Time>,
    /// First block time beyond.
    pub until: Option<Time>,
    /// Goes on below this position: [`SearchPage::next`] of the page before.
    pub below: Option<IndexPosition>,
    /// Items at most.
    pub limit: usize,
}

impl SearchRange {
    /// The newest items of all times.
    #[must_use]
    pub const fn newest(limit: usize) -> Self {
        Self { from: None, until: None, below: None, limit }
    }
}

/// One page of a search.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SearchPage {
    /// The items, newest first.
    pub entries: Vec<IndexEntry>,
    /// Where to go on; `None` = there is nothing more. A page may be short or empty and still have more behind it.
    pub next: Option<IndexPosition>,
}

/// One list, walked downwards in chunks.
struct Walker<'a, B> {
    backend: &'a B,
    prefix: Vec<u8>,
    lowest: Vec<u8>,
    /// Rows read and not yet passed, lowest first.
    chunk: Vec<IndexEntry>,
    rows_read: usize,
}

impl<B: Backend> Walker<'_, B> {
    /// The highest item below `below`, which never rises from call to call.
    fn highest_below(
        &mut self,
        below: &[u8; IndexPosition::BYTES],
    ) -> Result<Option<IndexEntry>, LedgerError> {
        while self.chunk.last().is_some_and(|entry| entry.position.to_bytes() >= *below) {
            self.chunk.pop();
        }
        if self.chunk.is_empty() {
            let to = [self.prefix.as_slice(), below].concat();
            let range = ScanRange {
                from: self.lowest.clone(),
                to: Some(to),
                order: Order::Descending,
                limit: SEARCH_CHUNK_ROWS,
            };
            let rows = self.backend.scan(Table::Indexes, &range)?;
            self.rows_read += rows.len();
            let damaged = || LedgerError::Damaged { table: Table::Indexes, source: None };
            let entries =
                rows.iter().rev().map(|(key, value)| IndexEntry::from_row(key, value).ok_or_else(damaged));
            self.chunk = entries.collect::<Result<_, _>>()?;
        }
        Ok(self.chunk.last().copied())
    }
}

fn position_at(time: Time) -> IndexPosition {
    IndexPosition { time, index: 0 }
}

impl<B: Backend> Ledger<B> {
    /// The items that stand in all of the lists, newest first.
    ///
    /// # Errors
    /// If there is no list or there are too many, or the backend fails or is damaged.
    pub fn search(&self, lists: &[IndexList], range: &SearchRange) -> Result<SearchPage, LedgerError> {
        if lists.is_empty() || lists.len() > SEARCH_LISTS_MAX {
            return Err(LedgerError::SearchLists { count: lists.len(), count_max: SEARCH_LISTS_MAX });
        }
        let mut walkers: Vec<_> = lists.iter().map(|list| self.walker(list, range)).collect();
        let mut below = upper_bound(range);
        let mut entries = Vec::new();
        while entries.len() < range.limit {
            let Some((entry, is_common)) = step(&mut walkers, &below)? else {
                return Ok(SearchPage { entries, next: None });
            };
            below = entry.position.to_bytes();
            if is_common {
                entries.push(entry);
            } else {
                below = after(below);
            }
            if walkers.iter().map(|walker| walker.rows_read).sum::<usize>() > SEARCH_ROWS_MAX {
                break;
            }
        }
        let next = IndexPosition::from_bytes(&below);
        Ok(SearchPage { entries, next: Some(next) })
    }

    fn walker(&self, list: &IndexList, range: &SearchRange) -> Walker<'_, B> {
        let prefix = list.prefix();
        let lowest = position_at(range.from.unwrap_or_default()).to_bytes();
        let lowest = [prefix.as_slice(), &lowest].concat();
        Walker { backend: self.backend(), prefix, lowest, chunk: Vec::new(), rows_read: 0 }
    }
}

/// First position beyond the range.
fn upper_bound(range: &SearchRange) -> [u8; IndexPosition::BYTES] {
    let until = range.until.map_or([u8::MAX; IndexPosition::BYTES], |until| position_at(until).to_bytes());
    range.below.map_or(until, |below| until.min(below.to_bytes()))
}

/// The lowest of the lists' highest items below `below`, and whether all lists have it. Nothing above it is common.
fn step<B: Backend>(
    walkers: &mut [Walker<'_, B>],
    below: &[u8; IndexPosition::BYTES],
) -> Result<Option<(IndexEntry, bool)>, LedgerError> {
    let mut lowest: Option<IndexEntry> = None;
    let mut is_common = true;
    for walker in walkers {
        let Some(entry) = walker.highest_below(below)? else { return Ok(None) };
        is_common &= lowest.is_none_or(|lowest| lowest.position == entry.position);
        if lowest.is_none_or(|lowest| entry.position < lowest.position) {
            lowest = Some(entry);
        }
    }
    Ok(lowest.map(|entry| (entry, is_common)))
}

/// The position just above, so that the next step includes this one.
fn after(mut position: [u8; IndexPosition::BYTES]) -> [u8; IndexPosition::BYTES] {
    for byte in position.iter_mut().rev() {
        let (next, overflow) = byte.overflowing_add(1);
        *byte = next;
        if !overflow {
            break;
        }
    }
    position
}
