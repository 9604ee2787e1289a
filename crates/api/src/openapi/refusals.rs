//! Which error codes a route refuses with, and how the description says so: one answer for each set of codes that share a status.

use std::collections::{BTreeMap, BTreeSet};

use carechain_schema::{ErrorCode, FAILURE_DOCUMENT};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

use super::operation::{Body, Credential, Operation};
use crate::media;

/// Of every route: the Host header, the bounds on connections and calls, and faults of the node.
const EVERYWHERE: &[ErrorCode] = &[ErrorCode::Malformed, ErrorCode::Busy, ErrorCode::Internal];
/// Of what asks the node's ledger or store.
pub(super) const ASKS: &[ErrorCode] = &[ErrorCode::NotReady];
/// Of what needs a decision of the ledger.
pub(super) const DECIDES: &[ErrorCode] =
    &[ErrorCode::NotReady, ErrorCode::NoQuorum, ErrorCode::OutcomeUnknown];
/// Of what a stranger must not tell from what is not there.
pub(super) const HIDES: &[ErrorCode] = &[ErrorCode::NotFound];
/// Of what is signed, whether as a query or in the body.
pub(super) const SIGNED: &[ErrorCode] = &[ErrorCode::Unauthenticated, ErrorCode::OutsideExpiry];
/// Of what is signed for one node, and honoured once.
pub(super) const FOR_THIS_NODE: &[ErrorCode] = &[ErrorCode::Replayed, ErrorCode::WrongGateway];
/// Of what fills the disk.
pub(super) const STORES: &[ErrorCode] = &[ErrorCode::DiskFull];

/// The codes that an operation refuses with, by HTTP status.
pub(super) fn by_status(operation: &Operation) -> BTreeMap<u16, BTreeSet<&'static str>> {
    let from_shape: &[&[ErrorCode]] = &[
        EVERYWHERE,
        // A path whose value is empty is another path.
        if operation.route.path.contains('{') { &[ErrorCode::NoRoute] } else { &[] },
        match operation.body {
            Body::Stream { .. } => &[],
            // Bytes that belong to no body are too many, too.
            Body::None | Body::Json { .. } | Body::Octets { .. } => &[ErrorCode::TooLarge],
        },
        match operation.credential {
            Credential::Query | Credential::QueryUnlessPublic => SIGNED,
            _ => &[],
        },
        match operation.credential {
            Credential::Query | Credential::QueryUnlessPublic => FOR_THIS_NODE,
            Credential::UploadSecret => HIDES,
            Credential::OperatorTokenUnlessLocal => &[ErrorCode::Refused],
            Credential::None => &[],
        },
    ];
    let mut codes: BTreeMap<u16, BTreeSet<_>> = BTreeMap::new();
    for code in from_shape.iter().chain(operation.refusals).copied().flatten() {
        codes.entry(code.http_status()).or_default().insert(code.as_str());
    }
    codes
}

/// Name of the answer that carries one of these codes.
pub(super) fn name(codes: &BTreeSet<&'static str>) -> String {
    codes.iter().copied().collect::<Vec<_>>().join("-or-")
}

/// That answer: the document of refusals, narrowed to the codes.
pub(super) fn response(codes: &BTreeSet<&'static str>) -> Response {
    let meanings = codes.iter().map(|name| {
        let code = ErrorCode::ALL.iter().find(|code| code.as_str() == *name);
        format!("`{name}`: {}", code.map_or("", |code| code.meaning()))
    });
    ResponseBuilder::new()
        .description(meanings.collect::<Vec<_>>().join("\n\n"))
        .content(media::JSON, Content::new(Some(narrowed(codes))))
        .build()
}

fn narrowed(codes: &BTreeSet<&'static str>) -> RefOr<Schema> {
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes.iter().copied()));
    let error = ObjectBuilder::new().property("code", code);
    AllOfBuilder::new()
        .item(Ref::from_schema_name(FAILURE_DOCUMENT))
        .item(ObjectBuilder::new().property("error", error))
        .into()
}
