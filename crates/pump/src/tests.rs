//! Byte pumps of several hospitals over real sockets and real chunk stores, above a ledger that says what it is told.

mod client;
mod copies;
mod failing_disk;
mod ledger;
mod lost_copies;
mod manifests;
mod reads;
mod uploads;
mod world;
