//! Row keys and the rows that stand for themselves.
//!
//! Numbers in keys are big-endian, so that rows lie in their order; values are canonical bytes.

use carechain_crypto::{ChainId, TransactionId};
use carechain_types::limits::{REPLICAS_MAX, TRANSACTION_BODY_BYTES_MAX};
use carechain_types::{Certificate, Header, Height, Outcome, Transaction, decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::LedgerError;
use super::position::Position;
use crate::backend::{Backend, Batch, ScanRange, Table};

const CHAIN: &[u8] = b"chain";
const HEAD: &[u8] = b"head";
const INDEXED: &[u8] = b"indexed";

/// A header has 330 bytes at most.
const HEADER_BYTES_MAX: usize = 512;

/// Bytes of a certificate: 66 a vote and its key.
const CERTIFICATE_BYTES_MAX: usize = 66 * REPLICAS_MAX + 256;

/// Bytes of an outcome: id, code and a bounded result.
const OUTCOME_BYTES_MAX: usize = 512;

pub(super) fn height_key(height: Height) -> [u8; 8] {
    height.get().to_be_bytes()
}

pub(super) fn height_from(table: Table, bytes: &[u8]) -> Result<Height, LedgerError> {
    let bytes = bytes.try_into().map_err(|_| LedgerError::Damaged { table, source: None })?;
    Ok(Height::new(u64::from_be_bytes(bytes)))
}

/// Height ‖ index: key of transactions and outcomes, value of positions.
pub(super) fn position_bytes(position: Position) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&height_key(position.height));
    bytes[8..].copy_from_slice(&position.index.to_be_bytes());
    bytes
}

pub(super) fn position_from(table: Table, bytes: &[u8]) -> Result<Position, LedgerError> {
    let damaged = LedgerError::Damaged { table, source: None };
    let Some((height, index)) = bytes.split_at_checked(8) else { return Err(damaged) };
    let index = index.try_into().map_err(|_| damaged)?;
    Ok(Position { height: height_from(table, height)?, index: u32::from_be_bytes(index) })
}

pub(super) fn part_key(transaction: &TransactionId, index: u16) -> Vec<u8> {
    [transaction.as_slice(), &index.to_be_bytes()].concat()
}

/// The decoded value of a row, if there is one.
fn typed<T: Serialize + DeserializeOwned>(
    backend: &impl Backend,
    table: Table,
    key: &[u8],
    bytes_max: usize,
) -> Result<Option<T>, LedgerError> {
    backend.get(table, key)?.map(|bytes| typed_value(table, &bytes, bytes_max)).transpose()
}

pub(super) fn typed_value<T: Serialize + DeserializeOwned>(
    table: Table,
    bytes: &[u8],
    bytes_max: usize,
) -> Result<T, LedgerError> {
    decode(bytes, bytes_max).map_err(|source| LedgerError::Damaged { table, source: Some(source) })
}

pub(super) fn header(backend: &impl Backend, height: Height) -> Result<Option<Header>, LedgerError> {
    typed(backend, Table::Headers, &height_key(height), HEADER_BYTES_MAX)
}

pub(super) fn certificate(
    backend: &impl Backend,
    height: Height,
) -> Result<Option<Certificate>, LedgerError> {
    typed(backend, Table::Certificates, &height_key(height), CERTIFICATE_BYTES_MAX)
}

pub(super) fn transaction(
    backend: &impl Backend,
    position: Position,
) -> Result<Option<Transaction>, LedgerError> {
    typed(backend, Table::Transactions, &position_bytes(position), TRANSACTION_BODY_BYTES_MAX)
}

pub(super) fn outcome(backend: &impl Backend, position: Position) -> Result<Option<Outcome>, LedgerError> {
    typed(backend, Table::Outcomes, &position_bytes(position), OUTCOME_BYTES_MAX)
}

/// All transactions of a block, in order.
pub(super) fn transactions(backend: &impl Backend, header: &Header) -> Result<Vec<Transaction>, LedgerError> {
    rows_of(backend, Table::Transactions, header, TRANSACTION_BODY_BYTES_MAX)
}

/// All outcomes of a block, in order.
pub(super) fn outcomes(backend: &impl Backend, header: &Header) -> Result<Vec<Outcome>, LedgerError> {
    rows_of(backend, Table::Outcomes, header, OUTCOME_BYTES_MAX)
}

/// All rows of one block in a table keyed by position.
fn rows_of<T: Serialize + DeserializeOwned>(
    backend: &impl Backend,
    table: Table,
    header: &Header,
    bytes_max: usize,
) -> Result<Vec<T>, LedgerError> {
    let count = header.transaction_count as usize;
    let rows = backend.scan(table, &ScanRange::prefix(&height_key(header.height), count))?;
    if rows.len() != count {
        return Err(LedgerError::Missing { what: table.name(), height: header.height });
    }
    rows.iter().map(|(_, row)| typed_value(table, row, bytes_max)).collect()
}

pub(super) fn chain(backend: &impl Backend) -> Result<Option<ChainId>, LedgerError> {
    let row = backend.get(Table::Meta, CHAIN)?;
    let damaged = LedgerError::Damaged { table: Table::Meta, source: None };
    row.map(|bytes| ChainId::from_slice(&bytes).ok_or(damaged)).transpose()
}

pub(super) fn head_height(backend: &impl Backend) -> Result<Height, LedgerError> {
    let row = backend.get(Table::Meta, HEAD)?;
    height_from(Table::Meta, &row.unwrap_or_default())
}

/// The height up to which the indexes are complete; `None` while they are rebuilt.
pub(super) fn indexed_height(backend: &impl Backend) -> Result<Option<Height>, LedgerError> {
    let row = backend.get(Table::Meta, INDEXED)?;
    row.map(|bytes| height_from(Table::Meta, &bytes)).transpose()
}

pub(super) fn stage_header(batch: &mut Batch, header: &Header) {
    let key = height_key(header.height);
    batch.put(Table::Headers, key, encode(header));
    batch.put(Table::Heights, header.id().as_slice(), key);
    stage_head(batch, header.height);
}

pub(super) fn stage_chain(batch: &mut Batch, chain_id: &ChainId) {
    batch.put(Table::Meta, CHAIN, chain_id.as_slice());
}

pub(super) fn stage_head(batch: &mut Batch, height: Height) {
    batch.put(Table::Meta, HEAD, height_key(height));
}

pub(super) fn stage_indexed(batch: &mut Batch, height: Option<Height>) {
    match height {
        Some(height) => batch.put(Table::Meta, INDEXED, height_key(height)),
        None => batch.delete(Table::Meta, INDEXED),
    }
}
