//! Every bound of the HTTP border, with its reason.

use core::time::Duration;

use carechain_types::limits::TRANSACTION_BYTES_MAX;

/// Bytes of a body that carries a transaction with its parts and length prefixes.
pub const SUBMISSION_BYTES_MAX: usize = TRANSACTION_BYTES_MAX + 64 * 1_024;
/// Bytes of any other body: a state query of 1,024 keys has 36 KiB.
pub const BODY_BYTES_MAX: usize = 64 * 1_024;
/// Bytes of the body that completes an upload: 32 a chunk, 1 TiB of file, and the signed part.
pub const COMPLETE_BYTES_MAX: usize = 32 * carechain_types::limits::UPLOAD_CHUNKS_MAX + 4 * 1_024;
/// Connections of clients at once; one address alone gets half of them.
pub const CONNECTIONS_MAX: usize = 1_024;
/// Connections beyond those, of addresses that have their share: each is good for one question how the node is.
pub const SPARE_CONNECTIONS_MAX: usize = 64;
/// Bytes one connection buffers of what its client sends, headers included: 256 MiB over all of them.
pub const BUFFER_BYTES_MAX: usize = 256 * 1_024;
/// Headers of one request.
pub const HEADERS_MAX: usize = 64;
/// How long a client may take over the headers of its next request, the wait for it included. Longer than the 15 s for
/// which clients keep a connection that they do not use: it is they who close it.
pub const HEADERS_WAIT: Duration = Duration::from_secs(30);
/// The same on a spare connection.
pub const SPARE_HEADERS_WAIT: Duration = Duration::from_secs(5);
/// How long a client may take over the handshake of TLS.
pub const HANDSHAKE_WAIT: Duration = Duration::from_secs(10);
/// How long a client may take nothing of an answer before its connection is closed; time is added by every byte it takes.
pub const TAKING_WAIT: Duration = Duration::from_secs(60);
/// Least rate at which bodies must come and answers be taken, once the waits above and below are used up: 256 kbit/s.
pub const BYTES_PER_SECOND_MIN: u64 = 32 * 1_024;
/// Pause after a connection that the system did not give.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Bytes of the query header, base64: a path of 2 KiB and some.
pub const QUERY_HEADER_BYTES_MAX: usize = 4 * 1_024;

/// Requests under work at once; beyond it the answer is `busy`, which is safe to retry. One address gets half.
pub const REQUESTS_MAX: usize = 512;
/// Questions how the node is, at once.
pub const HEALTH_MAX: usize = 32;
/// Of those, of one address: a monitor and a balancer that ask each second.
pub const HEALTH_PER_ADDRESS_MAX: usize = 8;
/// Handshakes of TLS at once, of clients elsewhere: as many wait at most for the processor ahead of any other work.
pub const HANDSHAKES_MAX: usize = 64;
/// Of those, of one address.
pub const HANDSHAKES_PER_ADDRESS_MAX: usize = 16;
/// Handshakes at once of clients on the node's own machine, which have places of their own.
pub const OWN_HANDSHAKES_MAX: usize = 16;
/// KiB of answers that are made and that their clients have not yet taken; one address gets half.
pub const ANSWERS_KIB_MAX: usize = 256 * 1_024;
/// Bytes of an answer up to which its client needs no place for it: 64 MiB if every connection has such an answer.
pub const ANSWER_BYTES_FREE: usize = 64 * 1_024;
/// KiB of all bodies that are taken in or worked on at once; one address gets half.
pub const BODIES_KIB_MAX: usize = 256 * 1_024;
/// Uploads that stream bytes at once: each holds at most [`CHUNKS_IN_FLIGHT_MAX`] + 1 chunks of 1 MiB.
pub const UPLOAD_STREAMS_MAX: usize = 16;
/// Of those, for files of one author: three times the lanes of a client.
pub const UPLOAD_STREAMS_PER_PERSON_MAX: usize = 6;
/// Reads that stream bytes at once: each holds a few frames.
pub const READ_STREAMS_MAX: usize = 64;
/// Of those, of one reader.
pub const READ_STREAMS_PER_PERSON_MAX: usize = 8;
/// Chunks of one upload stream that wait for the store at once.
pub const CHUNKS_IN_FLIGHT_MAX: usize = 4;
/// Callers that wait for notices at once.
pub const WAITERS_MAX: usize = 256;
/// Of those, of one person: a client for each machine they sit at.
pub const WAITERS_PER_PERSON_MAX: usize = 8;
/// Salts of signed queries remembered so that none counts twice; the oldest expire within minutes.
pub const QUERY_SALTS_MAX: usize = 200_000;
/// Of those, salts of one key: 33 queries a second for as long as a query lives.
pub const QUERY_SALTS_PER_KEY_MAX: usize = 20_000;

/// Records of one of the two files of spent salts: what is remembered at once, and as much again that expired meanwhile.
pub const SALT_RECORDS_MAX: usize = 2 * QUERY_SALTS_MAX;

/// How long a submitter waits for its commit before the outcome is called unknown.
pub const COMMIT_WAIT: Duration = Duration::from_secs(30);
/// How long the completion of an upload waits for receipts before it answers with progress.
pub const RECEIPTS_WAIT: Duration = Duration::from_secs(10);
/// How long a caller may wait for notices in one call.
pub const NOTICES_WAIT_MAX: Duration = Duration::from_secs(30);
/// Bytes of a body that are taken and dropped before it is refused, for its length or for a secret that is not shown.
pub const PASSED_OVER_MAX: usize = 256 << 10;
/// How long the node waits for the bytes of a body in all, beyond the time that they take at [`BYTES_PER_SECOND_MIN`].
pub const BODY_WAIT: Duration = Duration::from_secs(10);
/// The same for the stream of an upload, whose client reads a disk as it sends.
pub const PIECE_WAIT: Duration = Duration::from_secs(20);

/// How long the rest of a refused body is taken and dropped, so that its client reads the refusal.
pub const DISCARD_WAIT: Duration = Duration::from_secs(5);

/// Entries of one list page: a proof of 4,096 claims holds three claims an entry.
pub const LIST_COUNT_MAX: u16 = 256;
/// Hits of one search page.
pub const SEARCH_COUNT_MAX: u16 = 100;
/// Keywords in one search.
pub const SEARCH_KEYWORDS_MAX: usize = 16;

/// Between two lines of the log about refusals of one reason to one address.
pub const REFUSAL_LINE_PAUSE: Duration = Duration::from_secs(60);
/// Reasons and addresses that get lines in that time.
pub const REFUSAL_LINES_MAX: usize = 256;

/// The longest body fits into the share of one address.
const _: () = assert!(COMPLETE_BYTES_MAX <= BODIES_KIB_MAX / 2 * 1_024);
/// So does the longest answer in memory.
const _: () = assert!(carechain_types::limits::PROOF_BYTES_MAX <= ANSWERS_KIB_MAX / 2 * 1_024);
const _: () = assert!(LIST_COUNT_MAX as usize * 3 < carechain_types::limits::PROOF_CLAIMS_MAX);
