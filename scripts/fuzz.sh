#!/usr/bin/env bash
# Fuzzes everything that decodes foreign bytes, 60 seconds a target unless told otherwise; ends with 1 if an input breaks one.
#
#   scripts/fuzz.sh [--seconds N] [--keep] [target...]
#
#   --seconds N   for each target; 0 runs the kept inputs once each and looks for nothing new
#   --keep        afterwards writes what covers most with least into fuzz/corpus, which is kept in git
#
# Starts from fuzz/corpus, from seeds made of the golden fixtures, and from what earlier runs found in the target folder.
#
# The target `http` is another thing: schemathesis calls every route of a node and holds each answer against the description that
# the node serves. It builds the product, which takes a quarter of an hour the first time, and starts a test network of four
# nodes on 127.0.0.1, which ends with this script. With --seconds 0 each route gets one good call.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

seconds=60 keep=no targets=()
while (($# > 0)); do
    case "$1" in
        --seconds) [[ "${2:-}" =~ ^[0-9]+$ ]] || fail "--seconds wants a number"; seconds="$2"; shift 2 ;;
        --keep) keep=yes; shift ;;
        -*) fail "unknown option $1: see the first lines of $0" ;;
        *) targets+=("$1"); shift ;;
    esac
done

readonly work="$target_dir/fuzz"
host="$(rustc -vV | sed -n 's/^host: //p')"
readonly host binary="$work/$host/release/carechain-fuzz"

# What cargo-fuzz passes, but for the address sanitizer, which wants a nightly compiler and safe Rust hardly needs.
readonly COVERAGE="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"

# With a target named, build scripts and macros are compiled without coverage.
build() {
    RUSTFLAGS="$COVERAGE" cargo build --locked --release --manifest-path fuzz/Cargo.toml \
        --target-dir "$work" --target "$host" >&2
}

# libFuzzer's own bounds: an input may take ten seconds and a gigabyte, which is far more than any needs.
fuzz() {
    local target="$1" log="$work/logs/$1.log" limit=(-max_total_time="$seconds")
    ((seconds > 0)) || limit=(-runs=0)
    mkdir -p "$work/corpus/$target" "$work/crashes/$target" "$work/logs"
    local begun=$SECONDS
    if CARECHAIN_FUZZ_TARGET="$target" "$binary" "${limit[@]}" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="$work/crashes/$target/" "$work/corpus/$target" "$work/unpacked/$target" \
        "$work/seeds/$target" >"$log" 2>&1; then
        say "$target: $(executions "$log") executions in $((SECONDS - begun)) s, clean"
        return
    fi
    local input
    input="$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)"
    grep -m 5 -E 'panicked at|^ERROR|^SUMMARY' -A 2 "$log" >&2 || tail -20 "$log" >&2
    say "$target: BROKEN. Again with: CARECHAIN_FUZZ_TARGET=$target $binary ${input:-(see $log)}"
    broken+=("$target")
}

executions() {
    sed -n 's/^stat::number_of_executed_units: *//p' "$1"
}

# What shows a place that the seeds do not. Neither how often it is reached nor long inputs: the corpus stays small.
keep_corpus() {
    local target="$1" kept="$work/kept/$1" found="$work/found/$1"
    rm -rf "$kept" "$found"
    mkdir -p "$kept" "$work/found"
    cp -r "$work/corpus/$target" "$found"
    CARECHAIN_FUZZ_TARGET="$target" "$binary" -set_cover_merge=1 -use_counters=0 -use_cmp=0 "$kept" \
        "$work/seeds/$target" "$work/unpacked/$target" "$found" >"$work/logs/$target-keep.log" 2>&1
    find "$kept" -type f -size +16k -delete
    find "$work/seeds/$target" -type f -exec sha1sum {} + | while read -r digest _; do
        rm -f "$kept/$digest"
    done
    CARECHAIN_FUZZ_TARGET="$target" CARECHAIN_FUZZ_PACK="$kept" "$binary"
    say "$target: $(find "$kept" -type f | wc -l) inputs kept"
}

# Schemathesis over a network of its own.
readonly network="$work/network" environment="$target_dir/fuzz_http_environment" carechain="$target_dir/release/carechain"

fuzz_http() {
    [[ -x "$environment/bin/pip" ]] || python3 -m venv "$environment" >&2
    if ! "$environment/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
        --requirement docs/requirements.txt --requirement fuzz/http/requirements.txt >&2; then
        skip "http: its Python packages cannot be installed from here"
        return
    fi
    cargo build --locked --release --workspace --bin carechain >&2
    end_network
    rm -rf "$network"
    trap end_network EXIT
    "$carechain" testnet init --dir "$network" --nodes 4 >&2
    "$carechain" testnet up --dir "$network" >&2
    local log="$work/logs/http.log"
    mkdir -p "$work/logs"
    if PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" fuzz/http/run.py --binary "$carechain" --network "$network" \
        --seconds "$seconds" >"$log" 2>&1; then
        grep -E '^(GET|POST|PUT) ' "$log" >&2
        say "http: $(grep -m 1 'generated' "$log" | xargs), clean"
    else
        tail -60 "$log" >&2
        say "http: BROKEN, more in $log; the logs of the nodes are in $network/node-*/node.log"
        broken+=(http)
    fi
    end_network
    trap - EXIT
}

# Each node has its process id in its folder.
end_network() {
    [[ ! -d "$network" ]] || "$carechain" testnet down --dir "$network" >&2 || true
}

make_seeds() {
    build
    rm -rf "$work/seeds" "$work/unpacked"
    CARECHAIN_FUZZ_SEEDS="$work/seeds" "$binary"
    CARECHAIN_FUZZ_UNPACK="$work/unpacked" "$binary"
}

broken=()
if ((${#targets[@]} == 0)); then
    make_seeds
    mapfile -t targets < <(ls "$work/seeds"; echo http)
elif [[ "${targets[*]}" != http ]]; then
    make_seeds
fi
for target in "${targets[@]}"; do
    if [[ $target == http ]]; then
        fuzz_http
        continue
    fi
    [[ -d "$work/seeds/$target" ]] || fail "no target $target: there are $(ls "$work/seeds" | tr '\n' ' ')http"
    fuzz "$target"
done
((${#broken[@]} == 0)) || fail "fuzz: broken: ${broken[*]}"
if [[ $keep == yes ]]; then
    for target in "${targets[@]}"; do [[ $target == http ]] || keep_corpus "$target"; done
fi
say_end fuzz
