//! The table: one row a route, in the order of [`Route::ALL`].

mod ledger;
mod node;
mod persons;
mod reads;
mod uploads;

use carechain_schema::Route;

use super::operation::Operation;

pub(super) const OPERATIONS: [Operation; Route::ALL.len()] = [
    node::STATUS,
    node::READY,
    node::METRICS,
    node::GENESIS,
    node::OPENAPI,
    ledger::SUBMIT,
    ledger::TRANSACTION,
    ledger::STATE,
    ledger::LIST,
    ledger::PART,
    persons::SEARCH,
    persons::NOTICES,
    uploads::OPEN,
    uploads::STATUS,
    uploads::CHUNK,
    uploads::COMPLETE,
    reads::READ,
    node::NODE,
];
