#!/usr/bin/env bash
# KQL's documented examples beside the tables of their pages.
# Environment: HECATE_SHARED (corpora/ lies there; ../shared by default), BUILD (build/bench).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
shared=${HECATE_SHARED:-../shared}
build=${BUILD:-build/bench}
work=$build/work

archive=$shared/corpora/kql/documented_cases.jsonl.zst
if [ ! -f "$archive" ]; then
  echo "bench: no documented cases below $shared: set HECATE_SHARED" >&2
  exit 1
fi

[ -f "$build/build.ninja" ] || cmake --preset release -B "$build" -DHECATE_TESTS=OFF >/dev/null
cmake --build "$build" --target bench_kql -j "$(nproc)" >/dev/null

mkdir -p "$work"
[ -f "$work/documented_cases.jsonl" ] || zstd -dqc "$archive" >"$work/documented_cases.jsonl"
"$build/bin/bench_kql" --work "$work" --documented "$work/documented_cases.jsonl" --share . "$@"
