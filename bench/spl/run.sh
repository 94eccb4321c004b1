#!/usr/bin/env bash
# Splunk's security content over its own example logs and over the bench events, and ten searches beside DuckDB.
# Environment: HECATE_SHARED (bench/ and corpora/ lie there; ../shared by default), BUILD (build/bench), REPEAT (5).
# PARTS: of shares, synthesis, pass and searches (all).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
shared=${HECATE_SHARED:-../shared}
build=${BUILD:-build/bench}
work=$build/work

events_archive=$shared/bench/windows_host_logs.ndjson.zst
content_archive=$(ls "$shared"/corpora/escu-*.tar.zst 2>/dev/null | head -n 1 || true)
if [ ! -f "$events_archive" ] || [ -z "$content_archive" ]; then
  echo "bench: no bench events or ESCU content below $shared: set HECATE_SHARED" >&2
  exit 1
fi

[ -f "$build/build.ninja" ] || cmake --preset release -B "$build" -DHECATE_TESTS=OFF >/dev/null
cmake --build "$build" --target bench_spl -j "$(nproc)" >/dev/null

mkdir -p "$work/escu"
[ -f "$work/events.ndjson" ] || zstd -dqc "$events_archive" >"$work/events.ndjson"
[ -d "$work/escu/detections" ] || tar -xf "$content_archive" -C "$work/escu"
# Each part in a process of its own: what one leaves of the heap must not slow the next down.
for part in ${PARTS:-shares synthesis pass searches}; do
  "$build/bin/bench_spl" --content "$work/escu" --events "$work/events.ndjson" --work "$work" \
    --repeat "${REPEAT:-5}" --share . --part "$part" "$@"
done
