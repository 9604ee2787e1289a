# Finds what the other scripts need and installs what is missing. Sourced by them; `bash scripts/setup.sh` alone works too.
#
# Debian packages come by apt-get, and only when one is missing; nothing is asked. All words go to stderr, so that a
# script's own output stays clean. Afterwards these are set:
#   root          the repository
#   target_dir    where cargo builds
#   cache_dir     for tools that outlive a checkout, or a folder in target_dir where that cannot be written
# shellcheck shell=bash

set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# The compiler's C++ side builds RocksDB, libclang reads its header, Python runs the independent record reader.
readonly DEBIAN_PACKAGES=(ca-certificates clang g++ libclang-dev make pkg-config python3 python3-venv)
readonly COMMANDS=(clang g++ make pkg-config python3)
readonly RUST_MINOR_MIN=95

say() {
    printf 'carechain: %s\n' "$*" >&2
}

# Notes a check that this machine does not allow; it is named again at the end.
skipped=()
skip() {
    say "skipped: $*"
    skipped+=("$*")
}

say_end() {
    local what
    say "$1: all passed"
    for what in "${skipped[@]}"; do
        say "$1: but skipped: $what"
    done
}

fail() {
    say "$*"
    exit 1
}

install_debian_packages() {
    local missing=() package
    for package in "${DEBIAN_PACKAGES[@]}"; do
        dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed \
            || missing+=("$package")
    done
    ((${#missing[@]} == 0)) && return
    local as_root=()
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null || fail "please install first, as root: apt-get install ${missing[*]}"
        as_root=(sudo -n)
    fi
    say "installing by apt-get: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet --no-install-recommends "${missing[@]}" </dev/null >&2
}

check_commands() {
    local name
    for name in "${COMMANDS[@]}"; do
        command -v "$name" >/dev/null || fail "\`$name\` is missing: install it (on Debian: ${DEBIAN_PACKAGES[*]})"
    done
}

find_rust() {
    local bin="${CARGO_HOME:-${HOME:-/root}/.cargo}/bin"
    command -v cargo >/dev/null || [[ ! -x "$bin/cargo" ]] || export PATH="$bin:$PATH"
    command -v cargo >/dev/null || fail "cargo is missing: install Rust 1.$RUST_MINOR_MIN or newer from https://rustup.rs"
    local version minor
    version="$(cd "$root" && rustc --version)"
    minor="$(sed -E 's/^rustc 1\.([0-9]+)\..*/\1/' <<<"$version")"
    if [[ ! "$minor" =~ ^[0-9]+$ ]] || ((minor < RUST_MINOR_MIN)); then
        fail "Rust 1.$RUST_MINOR_MIN or newer is needed, found \`$version\`: rustup update"
    fi
}

# Adds a rustup component when its cargo command does not answer.
need_component() {
    local component="$1" subcommand="$2"
    cargo "$subcommand" --version >/dev/null 2>&1 && return
    say "adding the Rust component $component"
    rustup component add "$component" >&2 || fail "cannot add the Rust component $component: rustup component add $component"
}

# Finds a subcommand of cargo, or installs it: find_tool NAME VERSION [ARGUMENTS OF cargo install]. One that is on the path already
# is taken as it is. Built with debug settings, for speed of compiling. Status 1 if it cannot be had.
find_tool() {
    local name="$1" version="$2"
    shift 2
    command -v "$name" >/dev/null && return
    export PATH="$cache_dir/tools/bin:$PATH"
    cargo "${name#cargo-}" --version 2>/dev/null | grep -qx "$name $version" && return
    say "installing $name $version into $cache_dir/tools"
    # Outside the repository, so that our lints and lock file are not its own.
    (cd / && cargo install --locked --debug --version "$version" --root "$cache_dir/tools" \
        --target-dir "$cache_dir/tools/target" "$@" "$name") >&2 || return 1
    rm -rf "$cache_dir/tools/target"
}

find_folders() {
    target_dir="${CARGO_TARGET_DIR:-$root/target}"
    cache_dir="${CARECHAIN_CI_CACHE:-${HOME:-/root}/.cache/carechain-ci}"
    if ! mkdir -p "$cache_dir" 2>/dev/null || [[ ! -w "$cache_dir" ]]; then
        cache_dir="$target_dir/cache"
        mkdir -p "$cache_dir"
    fi
}

# pip brings authorities of its own; those of the machine are meant.
readonly AUTHORITIES=/etc/ssl/certs/ca-certificates.crt
use_authorities_of_machine() {
    [[ -n "${PIP_CERT:-}" || ! -r "$AUTHORITIES" ]] || export PIP_CERT="$AUTHORITIES"
}

if command -v dpkg-query >/dev/null; then
    install_debian_packages
fi
check_commands
find_rust
find_folders
use_authorities_of_machine
