//! The engine's side of the journal: consensus entries, and the bodies they rest on.
//!
//! Crash: a body stands ahead of the first entry that names its block, so whatever is prepared or committed can be
//! executed again. One sync a turn covers all that turn sends.

use std::collections::{BTreeMap, BTreeSet};

use carechain_consensus::{JournalEntry, retained};
use carechain_crypto::BlockId;
use carechain_ledger::{JournalError, JournalStore};
use carechain_types::{Header, Height, Submission, decode, encode};
use serde::{Deserialize, Serialize};

use crate::error::OpenError;
use crate::limits::{JOURNAL_BYTES_MAX, JOURNAL_RECORD_BYTES_MAX};
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
}

/// What a replica has promised: the consensus entries of its journal, oldest first.
///
/// # Errors
/// If the journal cannot be read or an entry does not decode.
pub fn journalled<J: JournalStore>(store: &J) -> Result<Vec<JournalEntry>, OpenError> {
    let mut entries = Vec::new();
    for (index, bytes) in store.replay().map_err(crate::error::Fatal::from)?.iter().enumerate() {
        let record = decode::<Record>(bytes, JOURNAL_RECORD_BYTES_MAX)
            .map_err(|source| OpenError::Entry { index, source })?;
        if let Record::Consensus(entry) = record {
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// The blocks whose bodies a journal holds.
///
/// # Errors
/// If the journal cannot be read or an entry does not decode.
pub fn journalled_bodies<J: JournalStore>(store: &J) -> Result<BTreeSet<BlockId>, OpenError> {
    let mut bodies = BTreeSet::new();
    for (index, bytes) in store.replay().map_err(crate::error::Fatal::from)?.iter().enumerate() {
        let record = decode::<Record>(bytes, JOURNAL_RECORD_BYTES_MAX)
            .map_err(|source| OpenError::Entry { index, source })?;
        if let Record::Body(body) = record {
            bodies.insert(body.header.id());
        }
    }
    Ok(bodies)
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
    bodies: BTreeSet<BlockId>,
    /// What the last truncation could not drop.
    bytes_kept: u64,
}

impl<J: JournalStore> Journal<J> {
    /// Reads everything back.
    pub(crate) fn open(store: J) -> Result<(Self, Recovered), OpenError> {
        let mut recovered = Recovered::default();
        let records = store.replay().map_err(crate::error::Fatal::from)?;
        for (index, bytes) in records.iter().enumerate() {
            let record = decode::<Record>(bytes, JOURNAL_RECORD_BYTES_MAX)
                .map_err(|source| OpenError::Entry { index, source })?;
            match record {
                Record::Consensus(entry) => recovered.entries.push(entry),
                Record::Body(body) => {
                    recovered.bodies.insert(body.header.id(), body);
                }
            }
        }
        let bodies = recovered.bodies.keys().copied().collect();
        Ok((Self { store, dirty: false, votes_unsynced: false, bodies, bytes_kept: 0 }, recovered))
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
        self.bodies.contains(block_id)
    }

    pub(crate) fn append_body(
        &mut self,
        block_id: BlockId,
        header: &Header,
        submissions: &[SharedSubmission],
    ) -> Result<(), JournalError> {
        if !self.bodies.insert(block_id) {
            return Ok(());
        }
        let submissions = submissions.iter().map(|submission| (***submission).clone()).collect();
        self.append(&Record::Body(Body { header: header.clone(), submissions }))
    }

    pub(crate) fn append_entry(&mut self, entry: JournalEntry) -> Result<(), JournalError> {
        self.votes_unsynced |= !matches!(entry, JournalEntry::Committed { .. });
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

    /// Whether it is worth dropping what the ledger holds durably.
    pub(crate) fn is_long(&self) -> bool {
        // Counted from what had to stay, or a journal that cannot shrink would be written anew every turn.
        self.store.size_bytes() > self.bytes_kept.saturating_add(JOURNAL_BYTES_MAX)
    }

    /// Drops what rests on heights that the ledger has synced, certificates included.
    pub(crate) fn truncate(&mut self, synced: Height) -> Result<(), OpenError> {
        let mut recovered = Recovered::default();
        for (index, bytes) in self.store.replay().map_err(crate::error::Fatal::from)?.iter().enumerate() {
            let record = decode::<Record>(bytes, JOURNAL_RECORD_BYTES_MAX)
                .map_err(|source| OpenError::Entry { index, source })?;
            match record {
                Record::Consensus(entry) => recovered.entries.push(entry),
                Record::Body(body) if body.header.height > synced => {
                    recovered.bodies.insert(body.header.id(), body);
                }
                Record::Body(_) => {}
            }
        }
        self.bodies = recovered.bodies.keys().copied().collect();
        let bodies = recovered.bodies.into_values().map(Record::Body);
        let entries = retained(recovered.entries, synced).into_iter().map(Record::Consensus);
        let keep: Vec<_> = bodies.chain(entries).map(|record| encode(&record)).collect();
        self.store.rotate(&keep).map_err(crate::error::Fatal::from)?;
        self.bytes_kept = self.store.size_bytes();
        self.dirty = false;
        self.votes_unsynced = false;
        Ok(())
    }
}
