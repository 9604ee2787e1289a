//! Every bound of the client, with its reason.

use core::time::Duration;

use carechain_types::Span;

/// Memory of argon2id, KiB: the least a keystore may ask for (research: 64 MiB, three passes).
pub const KEYSTORE_MEMORY_KIB_MIN: u32 = 64 * 1_024;
/// Memory of argon2id, KiB: the most a keystore may ask for, so that a file cannot exhaust the machine.
pub const KEYSTORE_MEMORY_KIB_MAX: u32 = 1_024 * 1_024;
/// Passes of argon2id, least.
pub const KEYSTORE_PASSES_MIN: u32 = 3;
/// Passes of argon2id, most.
pub const KEYSTORE_PASSES_MAX: u32 = 16;
/// Lanes of argon2id, most.
pub const KEYSTORE_LANES_MAX: u32 = 16;
/// Bytes of a keystore, enrolment or configuration file.
pub const SMALL_FILE_BYTES_MAX: u64 = 64 * 1_024;
/// Bytes of the registry that maps a hospital's own patient numbers.
pub const REGISTRY_BYTES_MAX: u64 = 256 * 1_024 * 1_024;
/// Bytes of a hospital's own number of a patient: the longest in use, an insurance number with a prefix, has half of that.
pub const PATIENT_NUMBER_BYTES_MAX: usize = 64;
/// Bytes of a genesis file: 200 hospitals of 4 KiB and some.
pub const GENESIS_BYTES_MAX: u64 = 2 * 1_024 * 1_024;

/// How long a connection may take.
pub const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// How long an answer may take to start: the node waits up to 30 s for a commit.
pub const ANSWER_WAIT: Duration = Duration::from_secs(45);
/// How long one read of a body may stand still.
pub const READ_WAIT: Duration = Duration::from_secs(60);
/// Attempts at a call that is safe to repeat.
pub const ATTEMPTS_MAX: u32 = 4;
/// Pause before the first repetition; doubles each time.
pub const ATTEMPT_PAUSE: Duration = Duration::from_millis(150);
/// How long a submitter goes on asking for an outcome.
pub const OUTCOME_WAIT: Duration = Duration::from_secs(60);
/// How long a submitter goes on while too few hospitals answer its node: one that was just started hears them within
/// seconds.
pub const QUORUM_WAIT: Duration = Duration::from_secs(5);
/// Bytes of an answer that is not a stream.
pub const ANSWER_BYTES_MAX: u64 = 9 * 1_024 * 1_024;
/// Bytes of a JSON answer.
pub const JSON_BYTES_MAX: u64 = 4 * 1_024 * 1_024;

/// How old an answer may be: it must be complete as of the own clock less this.
pub const ANSWER_AGE_MAX: Span = Span::SECOND.times(30);
/// How far the own clock may be from the members' median.
pub const CLOCK_OFF_MAX: Span = Span::SECOND.times(25);
/// Life of a signed query.
pub const QUERY_LIFE: Span = Span::MINUTE.times(2);
/// Life of an upload: until then its abstract must be on the ledger.
pub const UPLOAD_LIFE: Span = Span::HOUR.times(6);
/// How long the ciphertext of a retrieve that was cut off is kept for another try.
pub const FETCHED_LIFE: Duration = Duration::from_secs(7 * 24 * 3_600);
/// How long holders may take to give their receipts before the client says so.
pub const RECEIPTS_WAIT: Duration = Duration::from_secs(300);

/// Threads that seal one record: more would wait for the one that reads and zips.
pub const SEALING_THREADS_MAX: usize = 4;
/// Chunks of 1 MiB between reading and sealing: enough that neither waits for the other's hiccups.
pub const SEALING_CHUNKS_WAITING: usize = 4;
/// Connections that send chunks at once: one for each core of a small workstation.
pub const UPLOAD_LANES: usize = 2;
/// Chunks of one call: what a broken connection costs at most is 64 MiB.
pub const UPLOAD_CALL_CHUNKS: u32 = 64;
/// Read requests for one file before the transfer is given up: each goes on where the last broke.
pub const READ_ATTEMPTS_MAX: u32 = 8;
/// Entries of one list page.
pub const LIST_PAGE: u16 = 256;
/// Pages of one list before it is called too long to show.
pub const LIST_PAGES_MAX: u32 = 256;

/// Answers of a node that say "there is more" before it is not believed: 512 blocks a page of notices.
pub const NOTICE_PAGES_MAX: u32 = 1 << 16;

/// Entries of an archive: documents and images of one study.
pub const ARCHIVE_ENTRIES_MAX: usize = 100_000;
/// Bytes that all entries of an archive may have unpacked.
pub const ARCHIVE_BYTES_MAX: u64 = 1 << 44;
/// How many times its packed length an entry may have, beyond [`ARCHIVE_RATIO_FREE_BYTES`]: text packs to a tenth, a bomb
/// to a thousandth.
pub const ARCHIVE_RATIO_MAX: u64 = 200;
/// Bytes an entry may have whatever its ratio: a few kilobytes of zeros are no bomb.
pub const ARCHIVE_RATIO_FREE_BYTES: u64 = 1 << 20;
/// How many bytes all entries together may have beyond that ratio: many small bombs are one.
pub const ARCHIVE_RATIO_FREE_BYTES_ALL: u64 = 64 << 20;
/// Bytes of an archive's directory, which is held in memory: names of [`ARCHIVE_NAME_BYTES_MAX`] and a fixed part of up
/// to 150 bytes for each of [`ARCHIVE_ENTRIES_MAX`].
pub const ARCHIVE_DIRECTORY_BYTES_MAX: u64 = 32 << 20;
/// Bytes of all names of an archive.
pub const ARCHIVE_NAME_BYTES_MAX: usize = 16 << 20;
/// Bytes of an entry's path.
pub const ARCHIVE_PATH_BYTES_MAX: usize = 1_024;
/// Depth of folders in an archive.
pub const ARCHIVE_DEPTH_MAX: usize = 32;

const _: () =
    assert!(ARCHIVE_NAME_BYTES_MAX as u64 + 150 * ARCHIVE_ENTRIES_MAX as u64 <= ARCHIVE_DIRECTORY_BYTES_MAX);
