#!/usr/bin/env bash
# A server from nothing to findings: a token, the sample logs over the HTTP Event Collector as if they happened today,
# what was found live, and the hourly search, which makes up for the runs that it missed.
# Needs `hecate` in the PATH; everything is in a folder that is gone afterwards.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
state=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$state"' EXIT

start() { # arguments…
  : >"$state/stderr"
  hecate serve --state "$state" --listen 127.0.0.1:0 "$@" 2>>"$state/stderr" &
  server=$!
  until url=$(sed -n 's/^hecate: listening on //p' "$state/stderr") && [ -n "$url" ]; do
    kill -0 "$server" 2>/dev/null || { cat "$state/stderr"; exit 1; }
    sleep 0.1
  done
}
stop() { # it answers and matches what it has taken
  kill -TERM "$server"
  wait "$server"
  server=
  tail -n 1 "$state/stderr"
}
titles() { sed -n 's/.*"title":"\([^"]*\)".*"time":"\([^"]*\)".*/  \2  \1/p' "$1" | sort; }

token=$(hecate serve token add demo --state "$state" --sourcetype cisco:isovalent:processExec)
start --no-schedules
echo "The server listens on $url. The sample logs are sent, moved to the last hours:"
hecate replay logs --to "$url" --token "$token" --rebase now
stop
echo "Found live:"
titles "$state/findings.ndjson"

# As if the search had been scheduled a day ago, and the server away since.
detection=94531a31-a041-4777-909f-cd92ed3b71ad
echo "$(($(date +%s) / 3600 * 3600 - 86400)) spl/$detection" >"$state/schedule.state"
start --enable "$detection"
hour=$(($(date +%s) / 3600 * 3600))
for _ in $(seq 300); do
  grep -q "^$hour spl/$detection" "$state/schedule.state" && break
  sleep 0.1
done
stop
echo "Found by the hourly search, in 24 runs that were made up for:"
titles "$state/scheduled.ndjson"
[ -s "$state/findings.ndjson" ] && [ -s "$state/scheduled.ndjson" ]
