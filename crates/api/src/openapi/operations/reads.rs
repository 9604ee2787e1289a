//! Reading an encrypted record file.

use carechain_schema::{ErrorCode, Route};

use super::super::operation::{Answer, Body, Content, Credential, Group, Operation};
use super::super::refusals::{ASKS, FOR_THIS_NODE, HIDES, SIGNED, STORES};
use crate::limits::BODY_BYTES_MAX;

/// Codes that say what became of the reader's own grant.
const GRANT: &[ErrorCode] = &[
    ErrorCode::Refused,
    ErrorCode::GrantExpired,
    ErrorCode::GrantRevoked,
    ErrorCode::RequestDenied,
    ErrorCode::GrantNotYetValid,
];

pub(super) const READ: Operation = Operation {
    route: Route::READ,
    id: "read",
    group: Group::Reads,
    summary: "Read a range of a record file",
    details: "The ledger decides first, and its decision stands in the patient's access log whatever comes after. Bytes follow \
              only an allowed read. A refusal that tells about the reader's own grant carries the three headers, too; every \
              other one is `not_found`. `no_quorum` here means that no decision was seen: the attempt may be logged all the same.",
    parameters: &[],
    credential: Credential::None,
    body: Body::Octets {
        meaning: "Read request, as in docs/formats.md, *Receipt and upload*; then the signature 64 by the reader's key, domain \
                  `CARECHAIN_V1_READ_REQUEST`; then an option of what is shown: opening of the address 32 ‖ BLAKE3 of the file \
                  32 ‖ its length u64.",
        bytes_max: BODY_BYTES_MAX,
    },
    answers: &[Answer {
        status: 200,
        meaning: "The range of the encrypted file, sealed to the reply key of the request: docs/formats.md, *Response*. A \
                  stream that ends early has failed; ask again for what is missing.",
        content: Content::Octets,
        headers: &[
            (
                "carechain-transaction",
                "Id of the transaction that holds the decision, 64 hexadecimal digits.",
            ),
            ("carechain-height", "Height of its block, a decimal number."),
            (
                "carechain-entry",
                "Place of the access entry, hexadecimal: id of the record 20 ‖ index u64 ‖ height u64.",
            ),
        ],
    }],
    refusals: &[
        ASKS,
        SIGNED,
        FOR_THIS_NODE,
        HIDES,
        STORES,
        GRANT,
        &[ErrorCode::NoQuorum, ErrorCode::TooFewCopies],
    ],
};
