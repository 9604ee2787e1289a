//! How the node is, and which ledger it serves.

use carechain_schema::{ErrorCode, NodeReport, Route, StatusReport};

use super::super::operation::{Answer, Body, Content, Credential, Group, Operation, document};
use super::super::refusals::ASKS;
use crate::media;

/// What a row has unless it says otherwise.
const OPEN: Operation = Operation {
    route: Route::STATUS,
    id: "",
    group: Group::Node,
    summary: "",
    details: "",
    parameters: &[],
    credential: Credential::None,
    body: Body::None,
    answers: &[],
    refusals: &[],
};

pub(super) const NODE: Operation = Operation {
    route: Route::NODE,
    id: "node",
    summary: "Whose node it is, of which ledger, and whether it is ready",
    answers: &[Answer::done("What everybody may know.", Content::Json(document::<NodeReport>))],
    refusals: &[ASKS],
    ..OPEN
};

pub(super) const STATUS: Operation = Operation {
    route: Route::STATUS,
    id: "status",
    summary: "How the node is",
    details: "It answers while the node is not ready, too. `findings` says what is wrong, worst first. Open to the node's own \
              machine, and to who shows the operators' token.",
    credential: Credential::OperatorTokenUnlessLocal,
    answers: &[Answer::done("How the node is.", Content::Json(document::<StatusReport>))],
    refusals: &[ASKS],
    ..OPEN
};

pub(super) const READY: Operation = Operation {
    route: Route::READY,
    id: "ready",
    summary: "Whether the node does its work, for a load balancer",
    details: "A refusal tells operators the worst finding that blocks, and others only its code.",
    answers: &[Answer::done("No finding blocks.", Content::Json(document::<NodeReport>))],
    refusals: &[ASKS, &[ErrorCode::NoQuorum]],
    ..OPEN
};

pub(super) const METRICS: Operation = Operation {
    route: Route::METRICS,
    id: "metrics",
    summary: "Figures for Prometheus",
    details: "Open to the node's own machine, and to who shows the operators' token.",
    credential: Credential::OperatorTokenUnlessLocal,
    answers: &[Answer::done("Counters and gauges.", Content::Text(media::METRICS))],
    ..OPEN
};

pub(super) const GENESIS: Operation = Operation {
    route: Route::GENESIS,
    id: "genesis",
    summary: "The genesis file",
    details: "A client trusts a genesis file that it got by another way, and compares. The chain id is computed from the file.",
    answers: &[Answer::done("The bytes of the file.", Content::Octets)],
    ..OPEN
};

pub(super) const OPENAPI: Operation = Operation {
    route: Route::OPENAPI,
    id: "openapi",
    summary: "This description",
    answers: &[Answer::done("OpenAPI 3.1.", Content::AnyJson)],
    ..OPEN
};
