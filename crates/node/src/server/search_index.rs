//! Search words: the node opens index entries with the consortium's index key and keeps keyed tokens of their words.
//!
//! A thief of the disk without the credential learns no word: tokens are keyed with the index key, entries stay sealed.

use carechain_crypto::{EhrId, HospitalId, SealedPartContext, SealingKeyPair, hash_parts};
use carechain_ledger::{IndexEntry, IndexPosition, SearchToken, StoredPart};
use carechain_types::limits::PART_BYTES_MAX;
use carechain_types::{
    Header, IndexEntry as IndexContent, PartKind, PublicPart, PublishPart, TransactionBody, decode, ehr_id,
};

use super::engine_thread::NodeEngine;

/// Blocks indexed between two turns of the engine.
const BLOCKS_PER_STEP: u64 = 64;

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

    /// Opens the index entry of a record, if it has one that opens.
    #[must_use]
    pub(super) fn open(
        &self,
        engine: &NodeEngine,
        body: &TransactionBody,
        part: &PublishPart,
    ) -> Option<IndexContent> {
        let index = body.parts.iter().position(|head| head.kind == PartKind::IndexEntry.byte())?;
        let chain_id = *engine.ledger().chain_id();
        let id = body.id(&chain_id);
        let StoredPart::Present(sealed) = engine.ledger().part(&id, u16::try_from(index).ok()?).ok()?? else {
            return None;
        };
        let record = ehr_id(&chain_id, &body.sender, &part.commitment);
        let context = index_entry_context(engine, record, body, part.hospital);
        let opened = context.open(&self.key, &self.key.public(), &sealed.bytes).ok()?;
        decode(opened.expose(), PART_BYTES_MAX).ok()
    }

    /// Adds the words of blocks that are committed and not indexed yet; gives whether more are left.
    pub(super) fn step(&self, engine: &mut NodeEngine) -> Result<bool, carechain_ledger::LedgerError> {
        let (from, head) = (engine.ledger().tokens_height()?, engine.ledger().head().height);
        let until = head.min(from.saturating_add(BLOCKS_PER_STEP));
        if from >= until {
            return Ok(false);
        }
        let mut records = Vec::new();
        let mut height = from.next();
        while height <= until {
            if let Some(block) = engine.ledger().block(height)? {
                let outcomes = engine.ledger().outcomes(height)?.unwrap_or_default();
                for (index, transaction) in (0_u32..).zip(&block.transactions) {
                    let done = outcomes.get(index as usize).is_some_and(|outcome| outcome.is_done());
                    if done && let Some(record) = self.words(engine, &block.header, index, &transaction.body)
                    {
                        records.push(record);
                    }
                }
            }
            height = height.next();
        }
        engine.index_tokens(&records, until)?;
        Ok(until < head)
    }

    fn words(
        &self,
        engine: &NodeEngine,
        header: &Header,
        index: u32,
        body: &TransactionBody,
    ) -> Option<(IndexEntry, Vec<SearchToken>)> {
        let Ok(PublicPart::Publish(part)) = PublicPart::decode(body.kind, &body.public_part) else {
            return None;
        };
        let content = self.open(engine, body, &part)?;
        let record = ehr_id(&header.chain_id, &body.sender, &part.commitment);
        let entry = IndexEntry {
            position: IndexPosition { time: header.time, index },
            height: header.height,
            id: *record.get(),
            number: 0,
        };
        let words = content.keywords.iter().chain(&content.staff).map(|word| self.token(word.as_str()));
        Some((entry, words.collect()))
    }
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
