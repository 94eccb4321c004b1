#!/usr/bin/env bash
# Time from start to the end of a hunt over one event (the first time ever, then again), and the peak memory of a hunt
# over all of them.
set -euo pipefail
hecate=$1
work=$2
rules=()
for folder in "$work"/rules/rules*; do
  case $folder in *placeholder*) ;; *) rules+=(--rules "$folder") ;; esac
done
head -n 1 "$work/events.ndjson" >"$work/one.ndjson"
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
hunt() { XDG_CACHE_HOME=$cache "$hecate" hunt "${rules[@]}" --output ndjson "$@" >/dev/null 2>&1; }
for which in first again again; do
  start=$(date +%s.%N)
  hunt "$work/one.ndjson" || true
  end=$(date +%s.%N)
  awk -v w="$which" -v s="$start" -v e="$end" 'BEGIN { printf "ready and one event, %s time: %.2f s\n", w, e - s }'
done
hunt --stats "$work/stats.json" "$work/events.ndjson" || true
sed 's/.*"peak_rss_bytes":\([0-9]*\).*/\1/' "$work/stats.json" | awk '{ printf "peak memory of a hunt over all events: %.0f MB\n", $1 / 1e6 }'
