#!/usr/bin/env bash
# Builds carechain and runs the whole job on four nodes of a fresh local network. Arguments go to `carechain demo`:
#   scripts/demo.sh                      a generated study
#   scripts/demo.sh study.zip scans/     your own files and folders
#   scripts/demo.sh --json --dir D       one JSON document; logs and data stay in D
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# The whole workspace is selected so that features, and with them all dependencies, are those of the tests.
cargo build --locked --release --manifest-path "$root/Cargo.toml" --workspace --bin carechain >&2
exec "$target_dir/release/carechain" demo "$@"
