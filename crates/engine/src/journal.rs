//! The engine's side of the journal: consensus entries, and the bodies they rest on.
//!
//! A new segment begins with the entries that are still needed of all segments before, so consensus entries are read from
//! the last segment alone; an older one is kept for as long as it holds a body that the ledger has not synced. Bodies are
//! never written again, however long the journal is.
//!
//! Crash: a body stands ahead of the first entry that names its block, so whatever is prepared or committed can be
//! executed again. One sync a turn covers all that turn sends.

use std::collections::{BTreeMap, BTreeSet};

use carechain_consensus::{JournalEntry, retained};
use carechain_crypto::BlockId;
use carechain_ledger::{JournalError, JournalStore, Journalled, Segment};
use carechain_types::{Header, Height, Submission, decode, encode};
use serde::{Deserialize, Serialize};

use crate::error::{Fatal, OpenError};
use crate::limits::{JOURNAL_RECORD_BYTES_MAX, JOURNAL_SEGMENT_BYTES_MAX};
use crate::mempool::SharedSubmission;

/// One record of the journal.
#[derive(Clone, Debug, Deserialize, Serialize)]
enum Record {
    /// An entry of the consensus.
    Consensus(JournalEntry),
    /// A block's body with every detached part.
    Body(Body),
}

/// A block's body with every detached part.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Body {
    pub(crate) header: Header,
    pub(crate) submissions: Vec<Submission>,
}

/// What a journal held when it was opened.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    pub(crate) entries: Vec<JournalEntry>,
    pub(crate) bodies: BTreeMap<BlockId, Body>,
    places: BTreeMap<BlockId, Place>,
}

/// Where a body stands, and until when it is needed.
#[derive(Clone, Copy, Debug)]
struct Place {
    segment: Segment,
    height: Height,
}

/// What a replica has promised: the consensus entries of its journal, oldest first.
///
/// # Errors
/// If the journal cannot be read or an entry does not decode.
pub fn journalled<J: JournalStore>(store: &J) -> Result<Vec<JournalEntry>, OpenError> {
    Ok(Recovered::read(store)?.entries)
}

/// The blocks whose bodies a journal holds.
///
/// # Errors
/// If the journal cannot be read or an entry does not decode.
pub fn journalled_bodies<J: JournalStore>(store: &J) -> Result<BTreeSet<BlockId>, OpenError> {
    Ok(Recovered::read(store)?.bodies.into_keys().collect())
}

impl Recovered {
    fn read<J: JournalStore>(store: &J) -> Result<Self, OpenError> {
        let mut recovered = Self::default();
        for (index, Journalled { segment, bytes }) in store.replay().map_err(Fatal::from)?.iter().enumerate()
        {
            let record = decode::<Record>(bytes, JOURNAL_RECORD_BYTES_MAX)
                .map_err(|source| OpenError::Entry { index, source })?;
            match record {
                Record::Consensus(entry) if *segment == store.segment() => recovered.entries.push(entry),
                // What it still said stands at the beginning of the last segment.
                Record::Consensus(_) => {}
                Record::Body(body) => {
                    let (block_id, height) = (body.header.id(), body.header.height);
                    recovered.places.entry(block_id).or_insert(Place { segment: *segment, height });
                    recovered.bodies.insert(block_id, body);
                }
            }
        }
        Ok(recovered)
    }
}

/// What must be on disk before a turn's outputs may leave.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RestsOn {
    /// Every own vote: a certificate that is handed out may hold one.
    Votes,
    /// Every record: a vote rests on certificates and bodies ahead of it, too.
    Everything,
}

/// Shows that what outputs rest on is on disk. Made by the journal alone.
#[derive(Debug)]
pub(crate) struct Durable(());

/// The journal with what is known about it.
#[derive(Debug)]
pub(crate) struct Journal<J> {
    store: J,
    dirty: bool,
    /// Some of what is not synced is a vote or what one rests on; a commit certificate alone is neither.
    votes_unsynced: bool,
    bodies: BTreeMap<BlockId, Place>,
    /// The entries of the last segment: what the next one begins with is chosen from them, not read back.
    entries: Vec<JournalEntry>,
    /// What the last segment began with.
    bytes_carried: u64,
}

impl<J: JournalStore> Journal<J> {
    /// Reads everything back.
    pub(crate) fn open(store: J) -> Result<(Self, Recovered), OpenError> {
        let recovered = Recovered::read(&store)?;
        let journal = Self {
            store,
            dirty: false,
            votes_unsynced: false,
            bodies: recovered.places.clone(),
            entries: recovered.entries.clone(),
            bytes_carried: 0,
        };
        Ok((journal, recovered))
    }

    /// The store below, to look at.
    #[cfg(test)]
    pub(crate) const fn store(&self) -> &J {
        &self.store
    }

    /// That outputs which rest on this may leave without a sync, if they may.
    pub(crate) const fn durable(&self, rests_on: RestsOn) -> Option<Durable> {
        let unsynced = match rests_on {
            RestsOn::Votes => self.votes_unsynced,
            RestsOn::Everything => self.dirty,
        };
        if unsynced { None } else { Some(Durable(())) }
    }

    /// Whether a block's body is here.
    pub(crate) fn has_body(&self, block_id: &BlockId) -> bool {
        self.bodies.contains_key(block_id)
    }

    pub(crate) fn append_body(
        &mut self,
        block_id: BlockId,
        header: &Header,
        submissions: &[SharedSubmission],
    ) -> Result<(), JournalError> {
        if self.has_body(&block_id) {
            return Ok(());
        }
        self.bodies.insert(block_id, Place { segment: self.store.segment(), height: header.height });
        let submissions = submissions.iter().map(|submission| (***submission).clone()).collect();
        self.append(&Record::Body(Body { header: header.clone(), submissions }))
    }

    pub(crate) fn append_entry(&mut self, entry: JournalEntry) -> Result<(), JournalError> {
        self.votes_unsynced |= !matches!(entry, JournalEntry::Committed { .. });
        self.entries.push(entry.clone());
        self.append(&Record::Consensus(entry))
    }

    fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        self.store.append(&encode(record))?;
        self.dirty = true;
        Ok(())
    }

    /// Makes everything appended durable.
    pub(crate) fn sync(&mut self) -> Result<Durable, JournalError> {
        self.store.sync()?;
        self.dirty = false;
        self.votes_unsynced = false;
        Ok(Durable(()))
    }

    /// Whether it is time for a new segment.
    pub(crate) fn is_segment_full(&self) -> bool {
        // Counted from what had to stand in it, or much of that would begin a segment every turn.
        self.store.segment_bytes() > self.bytes_carried.saturating_add(JOURNAL_SEGMENT_BYTES_MAX)
    }

    /// Begins a new segment and drops the old ones that rest on heights which the ledger has synced, certificates
    /// included. Everything is durable on return.
    pub(crate) fn roll(&mut self, synced: Height) -> Result<(), JournalError> {
        let entries = retained(core::mem::take(&mut self.entries), synced);
        let records: Vec<_> = entries.iter().map(|entry| encode(&Record::Consensus(entry.clone()))).collect();
        let needed = self.bodies.values().filter(|place| place.height > synced);
        let next = self.store.segment().next();
        let first = needed.map(|place| place.segment).min().unwrap_or(next);
        self.store.roll(&records, first)?;
        self.bodies.retain(|_, place| place.segment >= first);
        self.entries = entries;
        self.bytes_carried = self.store.segment_bytes();
        self.dirty = false;
        self.votes_unsynced = false;
        Ok(())
    }
}
