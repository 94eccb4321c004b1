#!/usr/bin/env bash
# All SigmaHQ rules over the bench events, beside the parsers of their formats and, where it can be had, rsigma.
# Environment: HECATE_SHARED (bench/ and corpora/ lie there; ../shared by default), BUILD (build/bench), REPEAT (7),
# RSIGMA (path of the binary; `no` leaves it out).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
shared=${HECATE_SHARED:-../shared}
build=${BUILD:-build/bench}
work=$build/work
repeat=${REPEAT:-7}

events_archive=$shared/bench/windows_host_logs.ndjson.zst
rules_archive=$(ls "$shared"/corpora/sigmahq-*.tar.zst 2>/dev/null | head -n 1 || true)
if [ ! -f "$events_archive" ] || [ -z "$rules_archive" ]; then
  echo "bench: no bench events or SigmaHQ rules below $shared: set HECATE_SHARED" >&2
  exit 1
fi

[ -f "$build/build.ninja" ] || cmake --preset release -B "$build" -DHECATE_TESTS=OFF >/dev/null
cmake --build "$build" --target bench_sigma hecate -j "$(nproc)" >/dev/null

mkdir -p "$work/rules"
[ -f "$work/events.ndjson" ] || zstd -dqc "$events_archive" >"$work/events.ndjson"
[ -d "$work/rules/rules" ] || tar -xf "$rules_archive" -C "$work/rules"

rsigma=$(bench/sigma/rsigma.sh install "$build")
"$build/bin/bench_sigma" --events "$work/events.ndjson" --rules "$work/rules" --work "$work" --repeat "$repeat" \
  --share . --json "$work/sigma.json" "$@"
bench/sigma/rsigma.sh run "$rsigma" "$work"
bench/sigma/startup.sh "$build/bin/hecate" "$work"
echo "as JSON: $work/sigma.json"
