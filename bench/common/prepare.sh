# What the benches of Sigma, SPL and KQL have in common; sourced by their run.sh from the root of the repository.
# Environment: HECATE_SHARED (bench/ and corpora/ lie there; ../shared by default), BUILD (build/bench).
shared=${HECATE_SHARED:-../shared}
build=${BUILD:-build/bench}
work=$build/work

# need WHAT FILE...: says what is missing and where it would be, and stops.
need() {
  local what=$1 file
  shift
  for file in "$@"; do
    [ -f "$file" ] && continue
    echo "bench: no $what below $shared: set HECATE_SHARED" >&2
    exit 1
  done
}

# The events of all benches, unpacked once.
need "bench events" "$shared/bench/windows_host_logs.ndjson.zst"
mkdir -p "$work"
[ -f "$work/events.ndjson" ] || zstd -dqc "$shared/bench/windows_host_logs.ndjson.zst" >"$work/events.ndjson"

# build_targets NAME...
build_targets() {
  [ -f "$build/build.ninja" ] || cmake --preset release -B "$build" -DHECATE_TESTS=OFF >/dev/null
  cmake --build "$build" --target "$@" -j "$(nproc)" >/dev/null
}

# unpack_corpus NAME FOLDER SIGN: the newest archive of that name, unless SIGN is there.
unpack_corpus() {
  local archive
  archive=$(ls "$shared"/corpora/"$1"-*.tar.zst 2>/dev/null | tail -n 1 || true)
  need "$1 archive" "${archive:-$shared/corpora/$1-*.tar.zst}"
  mkdir -p "$2"
  [ -e "$2/$3" ] || tar -xf "$archive" -C "$2"
}

# chDB's command, or nothing where it cannot be had.
chdb() {
  [ "${CHDB:-}" = no ] && return
  local venv=$work/chdb
  if ! "$venv/bin/python" -c 'import chdb' 2>/dev/null; then
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q chdb; } >"$work/chdb.log" 2>&1; then
      echo "bench: chDB cannot be installed ($work/chdb.log says why): without it" >&2
      return
    fi
  fi
  echo "$venv/bin/python bench/kql/chdb_worker.py bench/kql/searches $work/events.ndjson"
}
