//! The table of targets.

mod canonical;
mod disk;
mod engine;
mod files;
mod frames;
mod record;
mod route;
mod text;

/// What libFuzzer runs.
pub(crate) struct Target {
    /// How `scripts/fuzz.sh` and the folders of the corpus call it.
    pub(crate) name: &'static str,
    /// Panics if the input breaks something.
    pub(crate) run: fn(&[u8]),
}

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}

/// One for each decoder of foreign bytes.
pub(crate) const ALL: [Target; 21] = [
    // Canonical bytes of peers and clients.
    target("transaction", canonical::transaction),
    target("block", canonical::block),
    target("exchange", canonical::exchange),
    target("membership", canonical::membership),
    target("state_value", canonical::state_value),
    target("proof", canonical::proof),
    target("proof_file", canonical::proof_file),
    target("genesis", canonical::genesis),
    // What members say, up to what a replica makes of it.
    target("peer_message", engine::peer_message),
    // Streams between nodes, and answers to clients.
    target("network_frame", frames::network),
    target("bulk_frame", frames::bulk),
    target("response_frame", frames::response),
    // A node's own disk.
    target("journal", disk::journal),
    target("pack", disk::pack),
    target("page", disk::page),
    // Files of people.
    target("record", record::record),
    target("archive", files::archive),
    target("keystore", files::keystore),
    target("client_file", files::client_file),
    // Texts, and the HTTP interface.
    target("text", text::text),
    target("route", route::route),
];
