#!/usr/bin/env bash
# All content of three languages over the bench events: one pass beside Sigma's alone, what each rule adds, one search
# after the other with DuckDB, compressed input, and one question beside the tools that people have for it.
# Environment: HECATE_SHARED (bench/ and corpora/ lie there; ../shared by default), BUILD (build/bench), REPEAT (3),
# CHDB (`no` leaves it out). PARTS: of pass, curve, separately, inputs and tools (all).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source bench/common/prepare.sh
repeat=${REPEAT:-3}

if ! command -v jq >/dev/null; then
  echo "bench: jq is missing, which the corpus of queries is cut up with" >&2
  exit 1
fi
unpack_corpus sigmahq "$work/rules" rules
unpack_corpus escu "$work/escu" detections
queries=$shared/corpora/kql/queries.jsonl.zst
need "KQL queries" "$queries"
build_targets bench_all bench_kql

# Each query that is a detection becomes a file, as a folder of content has them.
if [ ! -d "$work/sentinel" ]; then
  mkdir "$work/sentinel.new"
  zstd -dqc "$queries" | jq -r 'select(.kind == "analytics" or .kind == "hunting") | .query | @base64' |
    awk -v folder="$work/sentinel.new" '{ printf "%s", $0 > sprintf("%s/%04d.b64", folder, NR) }'
  for encoded in "$work/sentinel.new"/*.b64; do
    base64 -d "$encoded" >"${encoded%.b64}.kql" && rm "$encoded"
  done
  mv "$work/sentinel.new" "$work/sentinel"
fi

seconds_of() { # COMMAND...: the fastest of some runs
  local i start end
  for ((i = 0; i < repeat; i++)); do
    start=$(date +%s.%N)
    "$@" >/dev/null
    end=$(date +%s.%N)
    awk -v s="$start" -v e="$end" 'BEGIN { printf "%.3f\n", e - s }'
  done | sort -n | head -n 1
}

# The first of the questions that bench/kql asks, as one would ask jq.
ask_jq() {
  jq -c 'select((.EventID == 1 or .EventID == 4688)
      and (((.Image // .NewProcessName) // "") | test("(^|\\\\)(powershell|pwsh|powershell_ise)\\.exe$"; "i"))
      and ((.CommandLine // "") | test("-enc|-encodedcommand|frombase64string|downloadstring"; "i")))
    | [.Hostname, .CommandLine]' "$work/events.ndjson"
}

for part in ${PARTS:-pass curve separately inputs tools}; do
  echo "== $part"
  if [ "$part" = tools ]; then
    "$build/bin/bench_kql" --work "$work" --share . --repeat "$repeat" --only 01_ --searches bench/kql/searches \
      --events "$work/events.ndjson" --chdb "$(chdb)"
    echo "the same of jq: $(seconds_of ask_jq) s"
    continue
  fi
  # Each part in a process of its own: what one leaves of the heap must not slow the next down.
  "$build/bin/bench_all" --part "$part" --events "$work/events.ndjson" --work "$work" --share . --repeat "$repeat" \
    --sigma "$work/rules" --content "$work/escu" --content "$work/sentinel" "$@"
done
