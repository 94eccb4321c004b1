#!/usr/bin/env bash
# Installs what a build of Hecate needs and this machine lacks, and nothing else: Debian packages (tools/packages.txt)
# DuckDB's library and C header and H3's sources (tools/versions.env) into .deps. Does nothing, offline, where all is
# there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/versions.env

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    fail "installing Debian packages needs root or sudo: run this as root, or install: ${missing[*]}"
  fi
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The named packages, as far as they are missing, in one apt-get run.
ensure_packages() {
  missing=()
  local package
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing Debian packages: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
    fail "apt-get update failed: check the network and the package sources"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 \
    --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install: ${missing[*]}"
}

# Packs one release with npm, which knows its registry, and checks what came against the pinned sum.
fetch() { # package@version sha256 folder member
  local archive
  say "fetching $1"
  archive=$(cd "$3" && npm pack --silent "$1") || fail "npm could not fetch $1: check the network and npm's registry"
  printf '%s  %s\n' "$2" "$3/$archive" | sha256sum --check --status ||
    fail "$1 is not the release that tools/versions.env pins: its SHA-256 differs"
  tar -xzf "$3/$archive" -C "$3" "$4" || fail "$1 holds no $4"
}

make_scratch() {
  [ -z "${scratch:-}" ] || return 0
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
}

have_duckdb() {
  local root
  for root in ${DUCKDB_ROOT:+"$DUCKDB_ROOT"} .deps/duckdb /usr/local /usr; do
    if [ -e "$root/include/duckdb.h" ] && compgen -G "$root/lib/libduckdb.so" "$root/lib/*/libduckdb.so" >/dev/null; then
      return 0
    fi
  done
  return 1
}

ensure_duckdb() {
  local platform sum
  have_duckdb && return 0
  case "$(uname -m)" in
    x86_64) platform=x64 sum=$DUCKDB_LIBRARY_SHA256_X64 ;;
    aarch64) platform=arm64 sum=$DUCKDB_LIBRARY_SHA256_ARM64 ;;
    *) fail "no DuckDB is pinned for $(uname -m): install DuckDB $DUCKDB_VERSION and set DUCKDB_ROOT" ;;
  esac
  command -v npm >/dev/null || ensure_packages npm
  make_scratch
  fetch "@duckdb/node-bindings-linux-$platform@$DUCKDB_LIBRARY_RELEASE" "$sum" "$scratch" package/libduckdb.so
  fetch "duckdb@$DUCKDB_HEADER_RELEASE" "$DUCKDB_HEADER_SHA256" "$scratch" package/src/duckdb/src/include/duckdb.h
  mkdir -p .deps/duckdb/lib .deps/duckdb/include
  install -m 644 "$scratch/package/src/duckdb/src/include/duckdb.h" .deps/duckdb/include/
  install -m 644 "$scratch/package/libduckdb.so" .deps/duckdb/lib/
  say "DuckDB $DUCKDB_VERSION is in .deps/duckdb"
}

# The source package of H3's Python bindings, by pip, of which only the C library inside is kept. --no-binary names
# the package alone: what pip needs to read its metadata comes built.
ensure_h3() {
  local archive=h3-$H3_RELEASE.tar.gz inside=h3-$H3_RELEASE/src/h3lib
  [ ! -f "${H3_ROOT:-.deps/h3}/lib/h3Index.c" ] || return 0
  python3 -m pip --version >/dev/null 2>&1 || ensure_packages python3-pip
  make_scratch
  say "fetching h3==$H3_RELEASE"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary h3 --dest "$scratch" \
    "h3==$H3_RELEASE" || fail "pip could not fetch h3==$H3_RELEASE: check the network and the package index"
  printf '%s  %s\n' "$H3_SHA256" "$scratch/$archive" | sha256sum --check --status ||
    fail "h3==$H3_RELEASE is not the release that tools/versions.env pins: its SHA-256 differs"
  tar -xzf "$scratch/$archive" -C "$scratch" "$inside" || fail "$archive holds no $inside"
  mkdir -p .deps/h3
  cp -r "$scratch/$inside/src/h3lib/." "$scratch/$inside/VERSION" "$scratch/$inside/LICENSE" .deps/h3/
  say "H3 $H3_RELEASE is in .deps/h3"
}

command -v dpkg-query >/dev/null || fail "this script knows Debian 12; elsewhere install what tools/packages.txt lists"
mapfile -t packages < <(grep -v '^#' tools/packages.txt)
ensure_packages "${packages[@]}"
ensure_duckdb
ensure_h3
