#!/usr/bin/env bash
# Breaks the rules on purpose, one small change at a time, and reports the changes that no unit test notices.
set -euo pipefail

usage() {
    cat <<'END'
usage: scripts/mutants.sh MINUTES [PATH...]    tries mutants of the last commit for so many minutes
       scripts/mutants.sh --score [PATH...]    prints what was found so far, by path
       scripts/mutants.sh --survivors [PATH...]  prints the mutants that no test noticed

PATH is a folder or a file of a pure crate, such as crates/consensus/src/timers.rs. Without one, the paths come
in the order in which a mistake costs most: the rules of consensus, the engine, the rules of the contract, the rest.

Each source file is a shard. A run goes on where the last one stopped: a file whose crate has not changed since its shard
was finished is skipped; once only other files of the crate have changed, such as its tests, the survivors alone are tried
again. A mutant is judged by the quick unit tests of its own crate, so a survivor may still be caught by the simulator.
Everything happens in a clone under the target folder; one process, at the lowest priority.
END
}

if (($# == 0)) || [[ "$1" == --help || "$1" == -h ]]; then
    usage
    exit 0
fi

# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

readonly CARGO_MUTANTS_VERSION=27.1.0
# An unmutated run of one crate's unit tests takes 1 to 8 s without those that end in _slow, which are left out; a mutant that
# loops is stopped after this.
readonly TEST_SECONDS_MAX=40
readonly BUILD_SECONDS_MAX=600

readonly PATHS_BY_PRIORITY=(
    crates/consensus/src/normal_case
    crates/consensus/src/view_change
    crates/consensus/src/recovery
    crates/engine/src
    crates/contract/src/rules
    crates/consensus/src
    crates/contract/src
)

work="$target_dir/mutants"
tree="$work/tree"
results="$work/results"

# The unit tests of a crate, and nothing that takes longer.
tests_of() {
    case "$1" in
    consensus | engine) echo --lib ;;
    contract) echo --test it ;;
    *) fail "no unit tests are known for crates/$1: add them to tests_of in scripts/mutants.sh" ;;
    esac
}

crate_of() {
    local rest="${1#crates/}"
    echo "${rest%%/*}"
}

# The files of a path as the last commit has them; tests are not mutated.
files_of() {
    git -C "$root" ls-tree -r --name-only HEAD -- "$1" "$1.rs" | grep '\.rs$' | grep -vE '/tests(\.rs|/)' || true
}

shard_of() {
    echo "$results/${1//\//,}"
}

# Cargo finds nothing to build again where the clone keeps its path and its times.
update_clone() {
    [[ -d "$tree/.git" ]] || git clone --quiet --shared --no-checkout "$root" "$tree"
    git -C "$tree" fetch --quiet "$root" HEAD
    # Takes back a mutant that a stopped run left behind.
    git -C "$tree" reset --quiet --hard FETCH_HEAD
}

declare -A passes=()
check_unmutated() {
    local crate="$1"
    [[ -z "${passes[$crate]:-}" ]] || return 0
    say "tests of carechain-$crate, unmutated"
    local arguments
    read -ra arguments <<<"$(tests_of "$crate")"
    nice -n 19 cargo test --locked --quiet --manifest-path "$tree/Cargo.toml" --package "carechain-$crate" \
        "${arguments[@]}" -- --skip _slow >&2 || fail "the tests of carechain-$crate fail without any mutant"
    passes[$crate]=yes
}

# What one run found joins what earlier ones found: cargo-mutants begins its lists anew each time.
keep_lists() {
    local shard="$1" list
    for list in caught unviable; do
        touch "$shard/$list"
        cat "$shard/mutants.out/$list.txt" >>"$shard/$list" 2>/dev/null || true
        sort --unique --output "$shard/$list" "$shard/$list"
    done
}

# Status 1: the time is over.
run_shard() {
    local file="$1" shard crate source_id crate_id status=0 arguments
    shard="$(shard_of "$file")"
    crate="$(crate_of "$file")"
    source_id="$(git -C "$tree" rev-parse "HEAD:$file")"
    crate_id="$(git -C "$tree" rev-parse "HEAD:crates/$crate")"
    [[ "$(cat "$shard/finished" 2>/dev/null)" != "$crate_id" ]] || return 0
    check_unmutated "$crate"
    if [[ "$(cat "$shard/source" 2>/dev/null)" != "$source_id" ]]; then
        rm -rf "$shard"
        mkdir -p "$shard"
        echo "$source_id" >"$shard/source"
    fi
    rm -f "$shard/finished"
    local seconds=$((deadline - SECONDS))
    ((seconds > 0)) || return 1
    read -ra arguments <<<"$(tests_of "$crate")"
    say "$file"
    timeout --signal=INT --kill-after=60 "$seconds" nice -n 19 \
        env RUST_BACKTRACE=0 cargo mutants --dir "$tree" --in-place --output "$shard" \
        --file "$file" --iterate --baseline skip --timeout "$TEST_SECONDS_MAX" --build-timeout "$BUILD_SECONDS_MAX" \
        --colors never -- --locked "${arguments[@]}" -- --skip _slow </dev/null >&2 || status=$?
    keep_lists "$shard"
    case "$status" in
    # All caught; some missed; some timed out.
    0 | 2 | 3) echo "$crate_id" >"$shard/finished" ;;
    *) ((SECONDS < deadline)) || return 1; fail "cargo-mutants ended with $status at $file" ;;
    esac
}

run_paths() {
    local path file
    for path in "$@"; do
        for file in $(files_of "$path"); do
            run_shard "$file" || { say "the time is over; the next run goes on at $file"; return 0; }
        done
    done
    say "all of them are done"
}

count_lines() {
    cat "$@" 2>/dev/null | wc -l
}

# A path counts the files that no path before it counted.
print_score() {
    local path file shard
    local -A counted=()
    printf '%-34s %9s %8s %7s %7s %8s %9s\n' path files mutants caught missed timeouts unviable
    for path in "$@"; do
        local all=0 run=0 caught=0 missed=0 timeouts=0 unviable=0
        for file in $(files_of "$path"); do
            [[ -z "${counted[$file]:-}" ]] || continue
            counted[$file]=yes
            all=$((all + 1))
            shard="$(shard_of "$file")"
            [[ -e "$shard/caught" ]] || continue
            run=$((run + 1))
            caught=$((caught + $(count_lines "$shard/caught")))
            unviable=$((unviable + $(count_lines "$shard/unviable")))
            missed=$((missed + $(count_lines "$shard/mutants.out/missed.txt")))
            timeouts=$((timeouts + $(count_lines "$shard/mutants.out/timeout.txt")))
        done
        printf '%-34s %9s %8d %7d %7d %8d %9d\n' "$path" "$run of $all" \
            $((caught + missed + timeouts + unviable)) "$caught" "$missed" "$timeouts" "$unviable"
    done
}

print_survivors() {
    local path file
    for path in "$@"; do
        for file in $(files_of "$path"); do
            cat "$(shard_of "$file")/mutants.out/missed.txt" 2>/dev/null || true
        done
    done | sort --unique
}

action="$1"
shift
paths=("$@")
((${#paths[@]} > 0)) || paths=("${PATHS_BY_PRIORITY[@]}")
paths=("${paths[@]%/}")
paths=("${paths[@]%.rs}")
case "$action" in
--score) print_score "${paths[@]}" ;;
--survivors) print_survivors "${paths[@]}" ;;
*[!0-9]*) usage >&2; fail "MINUTES is a whole number, not \`$action\`" ;;
*)
    deadline=$((SECONDS + action * 60))
    mkdir -p "$results"
    exec 9>"$work/lock"
    flock --nonblock 9 || fail "another run is under way in $work"
    export CARGO_TARGET_DIR="$work/target"
    find_tool cargo-mutants "$CARGO_MUTANTS_VERSION" || fail "cargo-mutants cannot be installed from here"
    update_clone
    run_paths "${paths[@]}"
    print_score "${paths[@]}"
    ;;
esac
