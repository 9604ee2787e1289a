#!/usr/bin/env bash
# Fuzzes everything that decodes foreign bytes, 60 seconds a target unless told otherwise; ends with 1 if an input breaks one.
#
#   scripts/fuzz.sh [--seconds N] [--keep] [target...]
#
#   --seconds N   for each target; 0 runs the kept inputs once each and looks for nothing new
#   --keep        afterwards writes what covers most with least into fuzz/corpus, which is kept in git
#
# Starts from fuzz/corpus, from seeds made of the golden fixtures, and from what earlier runs found in the target folder.
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
    mkdir -p "$work/corpus/$target" "$work/crashes/$target" "$work/logs" "fuzz/corpus/$target"
    local begun=$SECONDS
    if CARECHAIN_FUZZ_TARGET="$target" "$binary" "${limit[@]}" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="$work/crashes/$target/" "$work/corpus/$target" "fuzz/corpus/$target" \
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
        "$work/seeds/$target" "fuzz/corpus/$target" "$found" >"$work/logs/$target-keep.log" 2>&1
    find "$kept" -type f -size +16k -delete
    find "$work/seeds/$target" -type f -exec sha1sum {} + | while read -r digest _; do
        rm -f "$kept/$digest"
    done
    rm -rf "fuzz/corpus/$target"
    cp -r "$kept" "fuzz/corpus/$target"
    say "$target: $(find "$kept" -type f | wc -l) inputs kept"
}

build
rm -rf "$work/seeds"
CARECHAIN_FUZZ_SEEDS="$work/seeds" "$binary"
((${#targets[@]} > 0)) || mapfile -t targets < <(ls "$work/seeds")
broken=()
for target in "${targets[@]}"; do
    [[ -d "$work/seeds/$target" ]] || fail "no target $target: there are $(ls "$work/seeds" | tr '\n' ' ')"
    fuzz "$target"
done
((${#broken[@]} == 0)) || fail "fuzz: broken: ${broken[*]}"
if [[ $keep == yes ]]; then
    for target in "${targets[@]}"; do keep_corpus "$target"; done
fi
say_end fuzz
