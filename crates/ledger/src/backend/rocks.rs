//! The backend on disk: RocksDB with one column family per table.
//!
//! Crash: one write-ahead log for all families and point-in-time recovery keep the prefix rule of [`super`].
//! Limits: all memory settings stand in [`crate::limits`]; an open database costs about 15 MiB.

use std::path::Path;

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamily, ColumnFamilyDescriptor, DB, DBCompressionType, DBRecoveryMode,
    Direction, IteratorMode, LogLevel, Options, ReadOptions, WriteBatch, WriteOptions,
};

use super::{Backend, BackendError, Batch, Change, Durability, Order, Row, ScanRange, Table};
use crate::limits;

/// An open database folder. The lock file in it keeps other processes out.
#[derive(Debug)]
pub struct RocksBackend {
    database: DB,
}

impl RocksBackend {
    /// Opens the folder, creating database and tables that are not there.
    ///
    /// # Errors
    /// If the folder cannot be used, another process has it open or the database is damaged.
    pub fn open(path: &Path) -> Result<Self, BackendError> {
        let cache = Cache::new_lru_cache(limits::BLOCK_CACHE_BYTES);
        let families =
            Table::ALL.map(|table| ColumnFamilyDescriptor::new(table.name(), family_options(table, &cache)));
        let database = DB::open_cf_descriptors(&database_options(), path, families)
            .map_err(|error| BackendError::Open { path: path.to_owned(), source: error.into() })?;
        Ok(Self { database })
    }

    fn family(&self, table: Table) -> &ColumnFamily {
        self.database.cf_handle(table.name()).expect("every table was opened")
    }
}

fn write_error(error: rocksdb::Error) -> BackendError {
    BackendError::Write { source: error.into() }
}

fn database_options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_wal_recovery_mode(DBRecoveryMode::PointInTime);
    options.set_db_write_buffer_size(limits::WRITE_BUFFERS_BYTES);
    options.set_max_total_wal_size(limits::WRITE_AHEAD_LOG_BYTES_MAX);
    options.set_max_background_jobs(limits::BACKGROUND_JOBS);
    options.set_max_open_files(limits::OPEN_FILES_MAX);
    options.set_keep_log_file_num(2);
    options.set_max_log_file_size(1 << 20);
    options.set_log_level(LogLevel::Warn);
    options.set_stats_dump_period_sec(0);
    options.set_stats_persist_period_sec(0);
    options
}

fn family_options(table: Table, cache: &Cache) -> Options {
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_cache(cache);
    blocks.set_cache_index_and_filter_blocks(true);
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(true);
    if is_read_by_exact_key(table) {
        blocks.set_bloom_filter(10.0, false);
    }
    let mut options = Options::default();
    options.set_block_based_table_factory(&blocks);
    options.set_compression_type(DBCompressionType::Lz4);
    options.set_write_buffer_size(limits::TABLE_WRITE_BUFFER_BYTES);
    options.set_arena_block_size(limits::ARENA_BLOCK_BYTES);
    options
}

/// Tables that are asked for keys that are often absent, so that a filter saves a read.
const fn is_read_by_exact_key(table: Table) -> bool {
    matches!(
        table,
        Table::Positions
            | Table::Seen
            | Table::StatePages
            | Table::StateValues
            | Table::Parts
            | Table::Heights
    )
}

impl Backend for RocksBackend {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
        self.database
            .get_cf(self.family(table), key)
            .map_err(|error| BackendError::Read { table, source: error.into() })
    }

    fn scan(&self, table: Table, range: &ScanRange) -> Result<Vec<Row>, BackendError> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let mut options = ReadOptions::default();
        options.set_iterate_lower_bound(range.from.clone());
        if let Some(to) = &range.to {
            options.set_iterate_upper_bound(to.clone());
        }
        let mode = match range.order {
            Order::Ascending => IteratorMode::From(&range.from, Direction::Forward),
            Order::Descending => IteratorMode::End,
        };
        self.database
            .iterator_cf_opt(self.family(table), options, mode)
            .take(range.limit)
            .map(|row| row.map(|(key, value)| (key.into_vec(), value.into_vec())))
            .collect::<Result<_, _>>()
            .map_err(|error| BackendError::Read { table, source: error.into() })
    }

    fn write(&self, batch: Batch, durability: Durability) -> Result<(), BackendError> {
        let mut writes = WriteBatch::default();
        for (table, key, change) in batch.changes() {
            match change {
                Change::Put(value) => writes.put_cf(self.family(table), key, value),
                Change::Delete => writes.delete_cf(self.family(table), key),
            }
        }
        let mut options = WriteOptions::default();
        options.set_sync(durability == Durability::Synced);
        self.database.write_opt(writes, &options).map_err(write_error)
    }

    fn sync(&self) -> Result<(), BackendError> {
        self.database.flush_wal(true).map_err(write_error)
    }
}
