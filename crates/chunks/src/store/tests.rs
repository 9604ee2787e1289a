//! Tests of the store, one file a promise.

mod crash;
mod damage;
mod disk_full;
mod erasure;
mod failed_sync;
mod fixture;
mod model;
mod other_version;
mod power;
mod reading;
mod refusals;
