#!/usr/bin/env bash
# Everything that can be known without running the product: format, lints, documentation, our own rules, licences.
# Changes no file of the repository.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

# Built with its own defaults for speed of compiling: it runs for seconds.
readonly CARGO_DENY_VERSION=0.20.2

find_cargo_deny() {
    command -v cargo-deny >/dev/null && return
    export PATH="$cache_dir/tools/bin:$PATH"
    cargo-deny --version 2>/dev/null | grep -qx "cargo-deny $CARGO_DENY_VERSION" && return
    say "installing cargo-deny $CARGO_DENY_VERSION into $cache_dir/tools"
    # Outside the repository, so that our lints and lock file are not its own.
    (cd / && cargo install --locked --debug --no-default-features --version "$CARGO_DENY_VERSION" \
        --root "$cache_dir/tools" --target-dir "$cache_dir/tools/target" cargo-deny) >&2 || return 1
    rm -rf "$cache_dir/tools/target"
}

check_dependencies() {
    if ! find_cargo_deny; then
        skip "licences, bans and sources of dependencies: cargo-deny cannot be installed from here"
        return
    fi
    step cargo-deny --locked check bans licenses sources
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
step cargo clippy --locked --release --workspace --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" step cargo doc --locked --release --workspace --no-deps
step cargo test --locked --release --package carechain-tidy

check_dependencies
say_end check
