#!/usr/bin/env bash
# What docs/kql.md promises: corpus queries that bind and run, documented examples, typical queries beside DuckDB and chDB,
# all analytics rules in one pass.
# Environment: HECATE_SHARED (bench/ and corpora/ lie there; ../shared by default), BUILD (build/bench), REPEAT (5),
# CHDB (`no` leaves it out). PARTS: of queries, documented, searches and analytics (all).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source bench/common/prepare.sh

corpora=$shared/corpora/kql
need "KQL queries" "$corpora/queries.jsonl.zst"
build_targets bench_kql
for name in queries documented_cases; do
  [ -f "$work/$name.jsonl" ] || zstd -dqc "$corpora/$name.jsonl.zst" >"$work/$name.jsonl"
done

# Each part in a process of its own: what one leaves of the heap must not slow the next down.
for part in ${PARTS:-queries documented analytics searches}; do
  case $part in
    queries) arguments=(--queries "$work/queries.jsonl") ;;
    documented) arguments=(--documented "$work/documented_cases.jsonl") ;;
    analytics) arguments=(--analytics "$work/queries.jsonl" --events "$work/events.ndjson") ;;
    searches) arguments=(--searches bench/kql/searches --events "$work/events.ndjson" --chdb "$(chdb)") ;;
    *) echo "bench: no part is called $part" >&2 && exit 1 ;;
  esac
  echo "== $part"
  "$build/bin/bench_kql" --work "$work" --share . --repeat "${REPEAT:-5}" "${arguments[@]}" "$@"
done
