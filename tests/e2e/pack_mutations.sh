#!/usr/bin/env bash
# Takes parts out of a copy of the shipped packs, one at a time; the packs' own tests must notice each.
# Usage: pack_mutations.sh HECATE
set -uo pipefail
hecate=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cron=persistence_via_cron_files
pods=cisco_isovalent_cron_job_creation
passed=0 failed=0

fresh() { rm -rf "$scratch/content" && cp -r "$root/content" "$scratch/content"; }

# The tests of the copy must end with this exit code.
expect() { # code what
  "$hecate" test --quiet "$scratch/content" >"$scratch/out" 2>&1
  local code=$?
  if [ "$code" -eq "$1" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL: $2: exit code $code, not $1"
    tail -n 5 "$scratch/out"
  fi
}

# Deletes a top-level key of a pack.yml with all that is indented below it.
without_key() { # file key
  awk -v key="$2:" '/^[^ #]/ {skip = index($0, key) == 1} !skip' "$1" >"$1.new" && ! cmp -s "$1" "$1.new" && mv "$1.new" "$1"
}

fresh
expect 0 "the packs as they are"
for filter in "$root/content/$cron"/filters/*.yml; do
  name=$(basename "$filter")
  fresh
  rm "$scratch/content/$cron/filters/$name"
  expect 1 "without filter $name"
  # Each condition of a filter counts: without it, a near miss is removed too.
  for field in ToolName JobUser 'JobName|contains'; do
    grep -q "^        $field:" "$filter" || continue
    fresh
    awk -v field="        $field:" '/^        [^ ]/ {skip = $0 == field} /^    [^ ]/ {skip = 0} !skip' "$filter" \
      >"$scratch/content/$cron/filters/$name"
    expect 1 "filter $name without $field"
  done
done
fresh
without_key "$scratch/content/$cron/pack.yml" field_aliases || echo "FAIL: no field_aliases to take out"
expect 1 "without field_aliases"
fresh
sed -i 's/^  JobUser: .*/  JobUser: User/' "$scratch/content/$cron/pack.yml"
expect 1 "with the event's user for the owner of a user's own table"
fresh
sed -i 's/"crond","cron","crontab"/"crond","crontab"/' "$scratch/content/$pods/spl/"*.yml
expect 1 "without one of the process names"
fresh
sed -i '/search pod_name!=""/d' "$scratch/content/$pods/spl/"*.yml
expect 1 "without the search for pods"
fresh
sed -i 's/in the cluster/in cluster/' "$scratch/content/$pods/pack.yml" "$scratch/content/$pods/spl/"*.yml
expect 1 "with another risk message"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
