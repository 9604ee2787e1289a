//! Transactions, and proofs of what the ledger holds.

use carechain_schema::{ErrorCode, Route};

use super::super::operation::{Answer, Body, Content, Credential, Group, Kind, Operation, Parameter, Place};
use super::super::refusals::{ASKS, DECIDES, HIDES, SIGNED, STORES};
use crate::limits::{BODY_BYTES_MAX, SUBMISSION_BYTES_MAX};

pub(super) const SUBMIT: Operation = Operation {
    route: Route::SUBMIT,
    id: "submitTransaction",
    group: Group::Ledger,
    summary: "Submit a transaction and wait for its block",
    details: "The answer comes when the transaction is in a block, whatever the contract decided: the proof carries the outcome. \
              A transaction that is committed already gives its proof again, so that sending the same bytes again is safe. \
              After `outcome_unknown`, ask for the transaction before anything is signed anew.",
    parameters: &[],
    credential: Credential::None,
    body: Body::Octets {
        meaning: "Submission: transaction (body ‖ signature 64) ‖ list of its detached parts (salt 32 ‖ byte string) in \
                  the order of their heads. The bodies are in docs/formats.md, *Transaction*.",
        bytes_max: SUBMISSION_BYTES_MAX,
    },
    answers: &[Answer::done("Canonical bytes of the proof: docs/formats.md, *Proof*.", Content::Octets)],
    refusals: &[SIGNED, DECIDES, HIDES, STORES],
};

pub(super) const TRANSACTION: Operation = Operation {
    route: Route::TRANSACTION,
    id: "transaction",
    group: Group::Ledger,
    summary: "The proof of a committed transaction",
    details: "Open to who knows the id. A transaction that waits for a block is not found.",
    parameters: &[Parameter::TRANSACTION_ID],
    credential: Credential::None,
    body: Body::None,
    answers: &[Answer::done("Canonical bytes of the proof: docs/formats.md, *Proof*.", Content::Octets)],
    refusals: &[ASKS, HIDES],
};

pub(super) const STATE: Operation = Operation {
    route: Route::STATE,
    id: "state",
    group: Group::Ledger,
    summary: "One proof of values in the state, or of their absence",
    details: "All keys, which must differ, are proven at one height. Persons, departments, hospitals, members and parameters are \
              public; every other key wants a signed query of who may see it.",
    parameters: &[],
    credential: Credential::QueryUnlessPublic,
    body: Body::Octets {
        meaning: "State query: list of keys (tag u8 ‖ id 20 ‖ index u64) ‖ 1 to carry the bodies of the transactions that \
                  wrote the values, else 0 ‖ option of a time as of which the answer is to be complete ‖ option of the \
                  least height u64. At most 1,024 keys.",
        bytes_max: BODY_BYTES_MAX,
    },
    answers: &[Answer::done("Canonical bytes of the proof: docs/formats.md, *Proof*.", Content::Octets)],
    refusals: &[ASKS, HIDES, &[ErrorCode::NoQuorum]],
};

pub(super) const LIST: Operation = Operation {
    route: Route::LIST,
    id: "list",
    group: Group::Ledger,
    summary: "One proof that shows a page of a list whole, newest first",
    details: "",
    parameters: &[],
    credential: Credential::Query,
    body: Body::Octets {
        meaning: "List query: kind u8 (1 records, 2 requests, 3 grants of a patient; 4 access entries of a record; 5 attempts \
                  of a person on ids that do not exist) ‖ id of that person or record 20 ‖ start (u32 0 at the newest; u32 1 ‖ \
                  index u64: below it, for 1, 4 and 5; u32 2 ‖ id 20: at it, for 2 and 3) ‖ entries u16, 1 to 256 ‖ option of a \
                  time as of which the answer is to be complete ‖ option of the least height u64.",
        bytes_max: BODY_BYTES_MAX,
    },
    answers: &[Answer::done("Canonical bytes of the proof: docs/formats.md, *Proof*.", Content::Octets)],
    refusals: &[ASKS, HIDES, &[ErrorCode::NoQuorum]],
};

pub(super) const PART: Operation = Operation {
    route: Route::PART,
    id: "part",
    group: Group::Ledger,
    summary: "A detached part of a transaction",
    details: "What is sealed beside a transaction and may be purged: an address, an index entry, a reason.",
    parameters: &[
        Parameter::TRANSACTION_ID,
        Parameter {
            name: "index",
            place: Place::Path,
            kind: Kind::Number(u16::MAX as u64),
            meaning: "Place of the part's head in the transaction, from 0.",
        },
    ],
    credential: Credential::Query,
    body: Body::None,
    answers: &[Answer::done("Salt 32 ‖ byte string.", Content::Octets)],
    refusals: &[ASKS, HIDES],
};
