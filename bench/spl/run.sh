#!/usr/bin/env bash
# Splunk's security content over its own example logs and over the bench events, and ten searches beside DuckDB.
# Environment: HECATE_SHARED (bench/ and corpora/ lie there; ../shared by default), BUILD (build/bench), REPEAT (5).
# PARTS: of shares, synthesis, pass and searches (all).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source bench/common/prepare.sh

unpack_corpus escu "$work/escu" detections
build_targets bench_spl
# Each part in a process of its own: what one leaves of the heap must not slow the next down.
for part in ${PARTS:-shares synthesis pass searches}; do
  "$build/bin/bench_spl" --content "$work/escu" --events "$work/events.ndjson" --work "$work" \
    --repeat "${REPEAT:-5}" --share . --part "$part" "$@"
done
