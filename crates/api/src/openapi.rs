//! The description of this interface: OpenAPI 3.1, made of the table of routes and of the types that travel.
//!
//! ```text
//! operations (one row a route) ─┐
//! schema (types of JSON) ───────┼─► document ─► GET /v1/openapi.json, tests/fixtures/openapi.json
//! introduction.md ──────────────┘
//! ```
//!
//! Invariants
//! - Every route has exactly one row: the table is as long as [`Route::ALL`](carechain_schema::Route::ALL), and a test compares.
//! - A refusal that a row does not list is a fault of the row or of the route: `scripts/fuzz.sh` looks for them.

mod document;
mod operation;
mod operations;
mod path;
mod refusals;
mod security;

use std::sync::LazyLock;

use bytes::Bytes;

/// The description as it is served: JSON in lines, the same bytes at every call.
pub fn openapi() -> Bytes {
    static BYTES: LazyLock<Bytes> = LazyLock::new(|| {
        let text = document::document().to_pretty_json().expect("names, texts and numbers always encode");
        Bytes::from(text + "\n")
    });
    BYTES.clone()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
pub(crate) mod tests;
