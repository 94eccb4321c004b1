#!/usr/bin/env bash
# rsigma 0.23.0 (the last that Rust 1.95 builds) over the same events and rules.
#   rsigma.sh install BUILD      prints the path of the binary, or nothing and why on stderr
#   rsigma.sh run BINARY WORK    one line: events a second
set -euo pipefail
version=0.23.0

install() {
  local root=$1/rsigma
  [ "${RSIGMA:-}" = no ] && return 0
  if [ -n "${RSIGMA:-}" ]; then echo "$RSIGMA"; return 0; fi
  if [ -x "$root/bin/rsigma" ]; then echo "$root/bin/rsigma"; return 0; fi
  if ! command -v cargo >/dev/null; then echo "rsigma: left out: no cargo" >&2; return 0; fi
  local have
  have=$(rustc --version | cut -d' ' -f2)
  if [ "$(printf '%s\n1.95.0\n' "$have" | sort -V | head -n 1)" != 1.95.0 ]; then
    echo "rsigma: left out: it needs Rust 1.95, this is $have" >&2
    return 0
  fi
  if ! cargo install rsigma --version "$version" --locked --root "$root" >"$root.log" 2>&1; then
    echo "rsigma: left out: cargo could not install it ($root.log)" >&2
    return 0
  fi
  echo "$root/bin/rsigma"
}

run() {
  local binary=$1 work=$2
  if [ -z "$binary" ]; then echo "rsigma: left out"; return 0; fi
  # It takes one folder.
  local all_rules=$work/rsigma_rules folder
  rm -rf "$all_rules"
  mkdir -p "$all_rules"
  for folder in "$work"/rules/rules*; do
    case $folder in *placeholder*) ;; *) cp -r "$folder" "$all_rules/" ;; esac
  done
  # What it needs to start is taken off: one run over a single event.
  head -n 1 "$work/events.ndjson" >"$work/one.ndjson"
  head -n 20000 "$work/events.ndjson" >"$work/some.ndjson"
  local start one all
  start=$(date +%s.%N)
  "$binary" engine eval -r "$all_rules" -e "@$work/one.ndjson" --output-format ndjson >/dev/null 2>"$work/rsigma.err" || true
  one=$(date +%s.%N)
  "$binary" engine eval -r "$all_rules" -e "@$work/some.ndjson" --output-format ndjson >"$work/rsigma.ndjson" 2>>"$work/rsigma.err" || true
  all=$(date +%s.%N)
  if [ ! -s "$work/rsigma.ndjson" ]; then echo "rsigma: failed: $(head -n 1 "$work/rsigma.err")"; return 0; fi
  awk -v s="$start" -v o="$one" -v a="$all" -v hits="$(wc -l <"$work/rsigma.ndjson")" 'BEGIN {
    t = (a - o) - (o - s); if (t <= 0) t = 1e-9
    printf "rsigma: %.0f ns/event, %.0f events/s over the first 20,000 events (%d lines of output; start-up of %.2f s taken off)\n", t / 20000 * 1e9, 20000 / t, hits, o - s }'
}

case $1 in
  install) install "$2" ;;
  run) run "$2" "$3" ;;
esac
