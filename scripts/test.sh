#!/usr/bin/env bash
# Runs every test, then the independent reader in Python over the same golden vectors. Arguments go to `cargo test`.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

# One profile and one feature set with scripts/demo.sh, so that RocksDB compiles once.
run_cargo_tests() {
    local log="$target_dir/test.log"
    mkdir -p "$target_dir"
    cargo test --locked --release --workspace "$@" 2>&1 | tee "$log"
    say "closing lines of cargo test:"
    grep '^test result:' "$log"
}

run_independent_reader() {
    local environment="$target_dir/read_record_environment"
    [[ -x "$environment/bin/pip" ]] || python3 -m venv "$environment" >&2
    if ! "$environment/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
        --requirement docs/requirements.txt >&2; then
        skip "the independent reader: its Python packages cannot be installed from here"
        return
    fi
    say "the independent reader over the golden vectors"
    local python="$environment/bin/python" proof
    "$python" docs/read_record.py record tests/fixtures/record.json
    for proof in tests/fixtures/proof*.json; do
        "$python" docs/read_record.py proof "$proof" tests/fixtures/genesis.json
    done
    PYTHONDONTWRITEBYTECODE=1 "$python" docs/test_read_record.py
}

run_cargo_tests "$@"
run_independent_reader
say_end test
