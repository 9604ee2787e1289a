//! Bringing an encrypted record file to its hospital's node.

use carechain_schema::{ErrorCode, Route, UploadStatus};

use super::super::operation::{
    Answer, Body, Content, Credential, Group, Kind, Operation, Parameter, Place, document,
};
use super::super::refusals::{ASKS, SIGNED, STORES};
use crate::limits::{BODY_BYTES_MAX, COMPLETE_BYTES_MAX};

pub(super) const OPEN: Operation = Operation {
    route: Route::UPLOAD_OPEN,
    id: "openUpload",
    group: Group::Uploads,
    summary: "Open an upload",
    details: "The same signed bytes again give its status. The file is collected unless its abstract is on the ledger by the \
              expiry.",
    parameters: &[],
    credential: Credential::None,
    body: Body::Octets {
        meaning: "Upload opening: hospital of this node 20 ‖ upload id 16 ‖ author 21 ‖ patient 20 ‖ publishing hospital 20 ‖ \
                  length of the file u64 ‖ key 32 ‖ capability 16 ‖ expiry u64; then the signature 64 by that key, domain \
                  `CARECHAIN_V1_UPLOAD_OPEN`. The capability is the first 16 bytes of the BLAKE3 of the upload's secret.",
        bytes_max: BODY_BYTES_MAX,
    },
    answers: &[Answer::done("The upload is open.", Content::Json(document::<UploadStatus>))],
    refusals: &[ASKS, SIGNED, STORES, &[ErrorCode::WrongGateway, ErrorCode::Conflict]],
};

pub(super) const STATUS: Operation = Operation {
    route: Route::UPLOAD,
    id: "uploadStatus",
    group: Group::Uploads,
    summary: "Where an upload stands, and which chunks are there",
    details: "",
    parameters: &[Parameter::UPLOAD_ID],
    credential: Credential::UploadSecret,
    body: Body::None,
    answers: &[Answer::done("Where it stands.", Content::Json(document::<UploadStatus>))],
    refusals: &[ASKS],
};

pub(super) const CHUNK: Operation = Operation {
    route: Route::UPLOAD_CHUNK,
    id: "sendChunks",
    group: Group::Uploads,
    summary: "Send chunks in a row, from an index on",
    details: "A chunk has 1 MiB, the last one what is left. Chunks come in any order and again after a break; one that is there \
              already is a success. The body must come at 32 KiB a second or faster.",
    parameters: &[
        Parameter::UPLOAD_ID,
        Parameter {
            name: "index",
            place: Place::Path,
            kind: Kind::Number(u32::MAX as u64),
            meaning: "Which chunk of the file the body starts with, from 0.",
        },
    ],
    credential: Credential::UploadSecret,
    body: Body::Stream {
        meaning: "For each chunk: its subtree value 32 ‖ its bytes. The subtree value is the chaining value of BLAKE3 over \
                  those bytes at their place in the file, not as the root; of a file with one chunk it is the BLAKE3 of the \
                  file. A chunk of another value is refused as `damaged`.",
    },
    answers: &[Answer {
        status: 204,
        meaning: "All of them are stored.",
        content: Content::Nothing,
        headers: &[],
    }],
    refusals: &[ASKS, STORES, &[ErrorCode::Damaged, ErrorCode::Conflict]],
};

pub(super) const COMPLETE: Operation = Operation {
    route: Route::UPLOAD_COMPLETE,
    id: "completeUpload",
    group: Group::Uploads,
    summary: "Complete an upload and wait for receipts of its copies",
    details: "It answers 202 while the holders are still being served: send the same bytes again to go on waiting.",
    parameters: &[Parameter::UPLOAD_ID],
    credential: Credential::UploadSecret,
    body: Body::Octets {
        meaning: "Upload completion: upload id 16 ‖ tag of the address 32 ‖ BLAKE3 of the file 32; then the signature 64 by the \
                  key of the opening, domain `CARECHAIN_V1_UPLOAD_COMPLETE`; then the list of the subtree values 32, one a \
                  chunk.",
        bytes_max: COMPLETE_BYTES_MAX,
    },
    answers: &[
        Answer::done(
            "List of receipts, as many as an abstract needs or more: docs/formats.md, *Receipt and upload*.",
            Content::Octets,
        ),
        Answer {
            status: 202,
            meaning: "Holders are still being served.",
            content: Content::Json(document::<UploadStatus>),
            headers: &[],
        },
    ],
    refusals: &[ASKS, SIGNED, STORES, &[ErrorCode::Damaged, ErrorCode::Conflict, ErrorCode::TooFewCopies]],
};
