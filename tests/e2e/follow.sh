#!/usr/bin/env bash
# `hecate hunt --follow` as a process over files that are written to, rotated and cut off, stopped and started again: every
# event is found once. Events are numbered; what was found is compared with what was written.
# usage: follow.sh HECATE
set -uo pipefail
hecate=$1
work=$(mktemp -d)
pid=
trap '[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null; rm -rf "$work"' EXIT
failed=0
log=$work/app.log out=$work/out err=$work/err position=$work/position.json
mkdir "$work/rules"
cat >"$work/rules/rule.yml" <<'RULE'
title: Failed Logon
id: f0110000-0000-4000-8000-000000000001
name: failed_logon
status: test
logsource: {product: windows, service: security}
detection:
    selection: {EventID: 4625, 'TargetUserName|startswith': u}
    condition: selection
level: low
---
title: Three Of A Host
id: f0110000-0000-4000-8000-000000000002
status: test
correlation:
    type: event_count
    rules: [failed_logon]
    generate: true
    group-by: [Computer]
    timespan: 1m
    condition: {gte: 3}
level: medium
RULE
echo 'EventID=4625 | stats count by TargetUserName' >"$work/rules/needs_all.spl"

event() { # number [time [host]]
  printf '{"Channel":"Security","EventID":4625,"Provider_Name":"Microsoft-Windows-Security-Auditing","TimeCreated":"%s","Computer":"%s","TargetUserName":"u%s"}' \
    "${2:-2026-03-02T09:00:00Z}" "${3:-host-$1}" "$1"
}
events() { local n; for n in $(seq "$1" "$2"); do event "$n"; echo; done; }
start() {
  "$hecate" hunt --no-cache --rules "$work/rules" --follow --position "$position" "$log" >>"$out" 2>>"$err" &
  pid=$!
}
stop() { # signal, expected exit code
  kill "-$1" "$pid"
  wait "$pid" 2>/dev/null
  local code=$?
  pid=
  [ "$code" -eq "$2" ] || fail "exit code $code after SIG$1, expected $2"
}
found() { grep -o '"TargetUserName":"u[0-9]*"' "$out" | tr -dc '0-9\n'; }
count() { found | wc -l; }
fail() {
  echo "FAIL $*"
  failed=1
}
await() { # how many, what
  for _ in $(seq 100); do
    [ "$(count)" -ge "$1" ] && break
    sleep 0.1
  done
  [ "$(count)" -eq "$1" ] || fail "$2: $(count) findings, expected $1"
}
each_once() { # last, what
  diff <(found | sort -n) <(seq 1 "$1") >"$work/diff" || { fail "$2: not each event once"; head "$work/diff"; }
}

# The file is not there yet, then comes with two lines and a half.
start
sleep 0.5
{ events 1 2; event 3 | head -c 100; } >"$log"
await 2 "as they come"
sleep 0.5
[ "$(count)" -eq 2 ] || fail "half a line is no event"
event 3 | tail -c +101 >>"$log"
echo >>"$log"
await 3 "the line's end"

# Renamed; who writes goes on for a moment, then opens the new file.
mv "$log" "$log.1"
events 4 5 >>"$log.1"
sleep 0.3
events 6 7 >"$log"
await 7 "rotation by renaming"
events 8 8 >>"$log"
await 8 "the new file"

# Stopped in the middle of a line, and gone on from there.
event 9 | head -c 50 >>"$log"
sleep 0.5
stop TERM 0
each_once 8 "stopped by SIGTERM"
event 9 | tail -c +51 >>"$log"
{ echo; events 10 12; } >>"$log"
start
await 12 "going on"
stop INT 0
start
sleep 1
each_once 12 "nothing new"

# Copied and cut off, and soon longer than before.
cp "$log" "$log.copy"
: >"$log"
events 13 13 >>"$log"
await 13 "cut off"
events 14 40 >>"$log"
await 40 "after it was cut off"

# Rotated twice while nobody follows.
stop TERM 0
events 41 43 >>"$log"
mv "$log.1" "$log.3"
mv "$log" "$log.2"
sleep 0.05
events 44 45 >"$log.1"
sleep 0.05
events 46 47 >"$log"
start
await 47 "rotated while nobody followed"
each_once 47 "rotated while nobody followed"

# Killed: nothing is lost; what was found in the last moment may be found again.
for round in 1 2 3; do
  events $((48 + (round - 1) * 2000)) $((47 + round * 2000)) >>"$log" &
  writer=$!
  sleep "0.$((round * 2))"
  stop KILL 137
  wait "$writer"
  start
done
for _ in $(seq 150); do
  [ "$(found | sort -un | wc -l)" -ge 6047 ] && break
  sleep 0.1
done
diff <(found | sort -un) <(seq 1 6047) >"$work/diff" || { fail "killed: events are lost"; head "$work/diff"; }
stop TERM 0

# Correlations speak as soon as the events' clock says so, also by events of others.
rm "$log" "$position"
start
for s in 10 20 30; do event 9001 "2026-03-02T10:00:${s}Z" web-01; echo; done >"$log"
sleep 0.5
grep -q "Three Of A Host" "$out" && fail "the correlation's minute is not over"
event 9002 "2026-03-02T10:03:00Z" web-02 >>"$log"
echo >>"$log"
for _ in $(seq 50); do grep -q "Three Of A Host" "$out" && break; sleep 0.1; done
grep -q "Three Of A Host" "$out" || fail "the correlation came too late"
stop TERM 0
[ "$(grep -c "Three Of A Host" "$out")" -eq 1 ] || fail "the correlation is there more than once"

# What cannot be written is not said to have been found.
rm -f "$position"
"$hecate" hunt --no-cache --rules "$work/rules/rule.yml" --follow --position "$position" "$log" >/dev/full 2>"$work/full"
[ $? -eq 2 ] && grep -q 'findings cannot be written' "$work/full" || fail "findings that cannot be written"
[ -e "$position" ] && fail "the position goes beyond what was written"

grep -q 'ENG017.*needs_all: needs more than one event' "$err" || fail "what cannot run is not named"
gzip -kf "$log"
"$hecate" hunt --no-cache --rules "$work/rules/rule.yml" --follow "$log.gz" >/dev/null 2>"$work/gz"
[ $? -eq 3 ] && grep -q 'ING018' "$work/gz" || fail "a packed file is not refused"
echo broken >"$position"
"$hecate" hunt --no-cache --rules "$work/rules/rule.yml" --follow --position "$position" "$log" >/dev/null 2>"$work/bad"
[ $? -eq 2 ] && grep -q 'ING017' "$work/bad" || fail "a broken position file is taken"
[ "$(cat "$position")" = broken ] || fail "a broken position file is overwritten"
[ "$failed" -eq 0 ] && echo "all found once"
exit "$failed"
