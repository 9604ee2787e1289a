//! Search words: the node opens index entries with the consortium's index key and keeps keyed tokens of their words.
//!
//! Opening is work for any thread but the engine's: there only sealed bytes are looked up and tokens written.
//!
//! A thief of the disk without the credential learns no word: tokens are keyed with the index key, entries stay sealed.

use carechain_crypto::{EhrId, HospitalId, SealedPartContext, SealingKeyPair, hash_parts};
use carechain_ledger::{IndexEntry, IndexPosition, LedgerError, SearchToken, StoredPart};
use carechain_types::limits::PART_BYTES_MAX;
use carechain_types::{
    Header, Height, IndexEntry as IndexContent, PartHead, PartKind, PublicPart, PublishPart, TransactionBody,
    decode, ehr_id,
};

use crate::engine_thread::NodeEngine;

/// Blocks looked through in one step.
const BLOCKS_PER_STEP: u64 = 64;
/// Index entries after which a step ends, with the block it is in.
const ENTRIES_PER_STEP: usize = 64;

/// The index key of this epoch, with what derives from it.
pub(super) struct SearchIndex {
    key: SealingKeyPair,
}

impl SearchIndex {
    /// With the private half of the index key.
    #[must_use]
    pub(super) const fn new(key: SealingKeyPair) -> Self {
        Self { key }
    }

    /// The token of a word, compared in lower case.
    #[must_use]
    pub(super) fn token(&self, word: &str) -> SearchToken {
        let private = self.key.private();
        let digest = hash_parts(&[private.expose(), b"search token", word.trim().to_lowercase().as_bytes()]);
        let mut token = [0; 16];
        token.copy_from_slice(&digest.as_slice()[..16]);
        SearchToken(token)
    }

    /// What a sealed entry says, if it opens.
    #[must_use]
    pub(super) fn open(&self, sealed: &SealedEntry) -> Option<IndexContent> {
        let opened = sealed.context.open(&self.key, &self.key.public(), &sealed.bytes).ok()?;
        decode(opened.expose(), PART_BYTES_MAX).ok()
    }

    /// The search words of records, as far as their entries open.
    #[must_use]
    pub(super) fn words(&self, records: Vec<Unindexed>) -> Vec<(IndexEntry, Vec<SearchToken>)> {
        let words = |Unindexed { entry, sealed }: Unindexed| {
            let content = self.open(&sealed)?;
            let words = content.keywords.iter().chain(&content.staff).map(|word| self.token(word.as_str()));
            Some((entry, words.collect()))
        };
        records.into_iter().filter_map(words).collect()
    }
}

/// An index entry as the ledger has it.
pub(super) struct SealedEntry {
    context: SealedPartContext,
    bytes: Vec<u8>,
}

/// The index entry of a record, if it has one that is not purged.
pub(super) fn sealed_entry(
    engine: &NodeEngine,
    body: &TransactionBody,
    part: &PublishPart,
) -> Result<Option<SealedEntry>, LedgerError> {
    let is_entry = |head: &PartHead| head.kind == PartKind::IndexEntry.byte();
    let Some((index, _)) = (0_u16..).zip(body.parts.iter()).find(|(_, head)| is_entry(head)) else {
        return Ok(None);
    };
    let chain_id = *engine.ledger().chain_id();
    let id = body.id(&chain_id);
    let Some(StoredPart::Present(sealed)) = engine.ledger().part(&id, index)? else { return Ok(None) };
    let record = ehr_id(&chain_id, &body.sender, &part.commitment);
    let context = index_entry_context(engine, record, body, part.hospital);
    Ok(Some(SealedEntry { context, bytes: sealed.bytes.to_vec() }))
}

/// A record whose words are not indexed yet.
pub(super) struct Unindexed {
    entry: IndexEntry,
    sealed: SealedEntry,
}

/// Records of blocks that are committed and not indexed yet, up to some height; none if there is no such block.
pub(super) fn unindexed(engine: &NodeEngine) -> Result<Option<(Vec<Unindexed>, Height)>, LedgerError> {
    let (from, head) = (engine.ledger().tokens_height()?, engine.ledger().head().height);
    let until = head.min(from.saturating_add(BLOCKS_PER_STEP));
    let (mut records, mut looked) = (Vec::new(), from);
    while looked < until && records.len() < ENTRIES_PER_STEP {
        looked = looked.next();
        let Some(block) = engine.ledger().block(looked)? else { continue };
        let outcomes = engine.ledger().outcomes(looked)?.unwrap_or_default();
        for (index, transaction) in (0_u32..).zip(&block.transactions) {
            let done = outcomes.get(index as usize).is_some_and(|outcome| outcome.is_done());
            if done {
                records.extend(published(engine, &block.header, index, &transaction.body)?);
            }
        }
    }
    Ok((looked > from).then_some((records, looked)))
}

fn published(
    engine: &NodeEngine,
    header: &Header,
    index: u32,
    body: &TransactionBody,
) -> Result<Option<Unindexed>, LedgerError> {
    let Ok(PublicPart::Publish(part)) = PublicPart::decode(body.kind, &body.public_part) else {
        return Ok(None);
    };
    let Some(sealed) = sealed_entry(engine, body, &part)? else { return Ok(None) };
    let record = ehr_id(&header.chain_id, &body.sender, &part.commitment);
    let entry = IndexEntry {
        position: IndexPosition { time: header.time, index },
        height: header.height,
        id: *record.get(),
        number: 0,
    };
    Ok(Some(Unindexed { entry, sealed }))
}

/// Associated data of an index entry.
fn index_entry_context(
    engine: &NodeEngine,
    record: EhrId,
    body: &TransactionBody,
    hospital: HospitalId,
) -> SealedPartContext {
    SealedPartContext {
        chain_id: *engine.ledger().chain_id(),
        part_kind: PartKind::IndexEntry.byte(),
        subject: *record.get(),
        sender: body.sender.to_bytes(),
        hospital,
    }
}
