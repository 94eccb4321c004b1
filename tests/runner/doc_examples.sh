#!/usr/bin/env bash
# Runs every `$ hecate …` line of the console blocks in README.md and docs/: documentation that does not run is wrong.
# usage: doc_examples.sh HECATE REPOSITORY
set -uo pipefail
binary=$(cd "$(dirname "$1")" && pwd)
cd "$2" || exit 2
export PATH="$binary:$PATH"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
mapfile -t examples < <(awk '/^```console/ {on = 1; next} /^```/ {on = 0} on && /^\$ / {print FILENAME ":" FNR "\t" substr($0, 3)}' README.md docs/*.md)
for example in "${examples[@]}"; do
  place=${example%%$'\t'*}
  command=${example#*$'\t'}
  command=${command//build\/stats.json/$scratch\/stats.json}
  if (eval "$command") >"$scratch/out" 2>&1 </dev/null; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAIL %s: %s\n' "$place" "$command"
    head -20 "$scratch/out"
  fi
done
# These pages are generated.
generated() { # page command…
  local page=$1
  shift
  if diff -u "$page" <("$@"); then return; fi
  failed=$((failed + 1))
  echo "FAIL $page is not what \`$*\` prints"
}
generated docs/diagnostics.md hecate explain --markdown
for language in sigma spl kql; do generated "docs/$language.md" hecate explain --language "$language"; done
# The first hunt shows what the program really prints.
shown() { sed -n '/first-hunt:begin/,/first-hunt:end/p' README.md | sed '1,2d' | head -n -2; }
if ! diff <(shown) <(hecate hunt --show-suppressed examples/logs 2>/dev/null | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'); then
  failed=$((failed + 1))
  echo "FAIL the output in README.md is not what the first hunt prints"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
