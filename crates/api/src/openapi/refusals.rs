//! Which error codes a route refuses with. Codes that share a status are one answer, which routes share by its name.

use std::collections::{BTreeMap, BTreeSet};

use carechain_schema::{ErrorCode, FAILURE_DOCUMENT};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

use super::operation::{Body, Credential, Operation};
use crate::media;

/// Every route: the Host header is wrong, a bound is reached, the node has a fault.
const EVERYWHERE: &[ErrorCode] = &[ErrorCode::Malformed, ErrorCode::Busy, ErrorCode::Internal];
/// Routes that ask the ledger or the store.
pub(super) const ASKS: &[ErrorCode] = &[ErrorCode::NotReady];
/// Routes that wait for a decision of the ledger.
pub(super) const DECIDES: &[ErrorCode] =
    &[ErrorCode::NotReady, ErrorCode::NoQuorum, ErrorCode::OutcomeUnknown];
/// Routes to things that a stranger must not tell from things that do not exist.
pub(super) const HIDES: &[ErrorCode] = &[ErrorCode::NotFound];
/// Routes whose query or body is signed.
pub(super) const SIGNED: &[ErrorCode] = &[ErrorCode::Unauthenticated, ErrorCode::OutsideExpiry];
/// Routes whose signature is for one node and counts once.
pub(super) const FOR_THIS_NODE: &[ErrorCode] = &[ErrorCode::Replayed, ErrorCode::WrongGateway];
/// Routes that fill the disk.
pub(super) const STORES: &[ErrorCode] = &[ErrorCode::DiskFull];

/// The codes that an operation refuses with, by HTTP status.
pub(super) fn by_status(operation: &Operation) -> BTreeMap<u16, BTreeSet<&'static str>> {
    let from_shape: &[&[ErrorCode]] = &[
        EVERYWHERE,
        // With an empty value it is another path, which no route has.
        if operation.route.path.contains('{') { &[ErrorCode::NoRoute] } else { &[] },
        match operation.body {
            Body::Stream { .. } => &[],
            // A route that takes no body refuses any byte of one.
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
