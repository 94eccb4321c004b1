#!/usr/bin/env bash
# All SigmaHQ rules over the bench events, beside the parsers of their formats and, where it can be had, rsigma.
# Environment: HECATE_SHARED (bench/ and corpora/ lie there; ../shared by default), BUILD (build/bench), REPEAT (7),
# RSIGMA (path of the binary; `no` leaves it out).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source bench/common/prepare.sh
repeat=${REPEAT:-7}

unpack_corpus sigmahq "$work/rules" rules
build_targets bench_sigma hecate

rsigma=$(bench/sigma/rsigma.sh install "$build")
"$build/bin/bench_sigma" --events "$work/events.ndjson" --rules "$work/rules" --work "$work" --repeat "$repeat" \
  --share . --json "$work/sigma.json" "$@"
bench/sigma/rsigma.sh run "$rsigma" "$work"
bench/sigma/startup.sh "$build/bin/hecate" "$work"
echo "as JSON: $work/sigma.json"
