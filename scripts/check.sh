#!/usr/bin/env bash
# Everything that can be known without running the product: format, lints, documentation, our own rules, licences.
# Changes no file of the repository.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

readonly CARGO_DENY_VERSION=0.20.2

check_dependencies() {
    if ! find_tool cargo-deny "$CARGO_DENY_VERSION" --no-default-features; then
        skip "licences, bans and sources of dependencies: cargo-deny cannot be installed from here"
        return
    fi
    step cargo-deny --locked check bans licenses sources
    step cargo-deny --locked --manifest-path fuzz/Cargo.toml --config deny.toml check bans licenses sources
    if ! step cargo-deny --locked fetch db; then
        skip "known vulnerabilities: the advisory database cannot be reached from here"
        return
    fi
    step cargo-deny --locked --offline check advisories
}

step() {
    say "$*"
    "$@"
}

need_component rustfmt fmt
need_component clippy clippy

step cargo fmt --all --check
step cargo fmt --manifest-path fuzz/Cargo.toml --check -- --config-path rustfmt.toml
step cargo clippy --locked --release --workspace --all-targets -- -D warnings
step cargo clippy --locked --release --manifest-path fuzz/Cargo.toml --target-dir "$target_dir/fuzz" -- -D warnings
RUSTDOCFLAGS="-D warnings" step cargo doc --locked --release --workspace --no-deps
step cargo test --locked --release --package carechain-tidy

check_dependencies
say_end check
