#!/usr/bin/env python3
"""Runs `hecate serve` as its users do: real senders, a server that is killed while they send, and what is left after it.

usage: serve.py HECATE REPOSITORY [ROUNDS]

What is acknowledged must be in the log, what is repeated with the same request id must be there once, and each event
that a rule matches must be one finding, however often the server dies.
"""
import collections, gzip, http.client, json, os, random, re, shutil, signal, subprocess, sys, tempfile, threading, time

HECATE, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 6
RULE = """title: Marked
id: 7a1c0f1e-1111-4a63-9a3b-3a1f2f9c0002
status: test
logsource: {product: linux, category: process_creation}
detection:
  selection: {CommandLine|contains: marked}
  condition: selection
level: low
"""
failed = 0


def check(what, good, seen=""):
    global failed
    if not good:
        failed += 1
        print(f"FAIL {what} {seen}")


class Server:
    def __init__(self, state, *arguments):
        self.state, self.arguments, self.port = state, arguments, 0

    def start(self):
        self.log = open(os.path.join(self.state, "stderr"), "ab")
        begin = self.log.tell()
        self.process = subprocess.Popen(
            [HECATE, "serve", "--state", self.state, "--listen", f"127.0.0.1:{self.port}", *self.arguments],
            stdout=subprocess.DEVNULL, stderr=self.log)
        for _ in range(600):
            with open(self.log.name, "rb") as log:
                log.seek(begin)
                found = re.search(rb"listening on https?://127.0.0.1:(\d+)", log.read())
            if found:
                self.port = int(found[1])  # the same after a restart
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit("FAIL the server does not start: " + open(self.log.name).read())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def ask(self, method, path, body=None, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def logged(self):
        out = subprocess.run([HECATE, "serve", "log", "--state", self.state], capture_output=True, check=True).stdout
        return [json.loads(line) for line in out.splitlines()]

    def findings(self):
        with open(os.path.join(self.state, "findings.ndjson")) as file:
            return [json.loads(line) for line in file]

    def wait_until_matched(self):
        for _ in range(400):
            health = json.loads(self.ask("GET", "/healthz")[1])
            if health["durable"] == health["matched"]:
                return
            time.sleep(0.05)
        check("all that is in the log is matched", False, health)


def new_state(scratch, name, *token_arguments):
    state = os.path.join(scratch, name)
    token = subprocess.run([HECATE, "serve", "token", "add", "test", "--state", state, *token_arguments],
                           capture_output=True, check=True, text=True).stdout.strip()
    rules = os.path.join(scratch, "rules")
    os.makedirs(rules, exist_ok=True)
    with open(os.path.join(rules, "rule.yml"), "w") as file:
        file.write(RULE)
    return state, token, ["--rules", rules]


def event(key):
    marked = "marked" if key.endswith("7") else "plain"
    text = ("<Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>1</EventID><Channel>Linux-Sysmon/Operational</Channel>"
            "<Computer>c</Computer></System><EventData><Data Name=\"Image\">/bin/sh</Data>"
            f"<Data Name=\"CommandLine\">{marked} {key}</Data></EventData></Event>")
    return json.dumps({"event": text, "host": key, "time": 1700000000})


def send_until_taken(server, token, sender, stop, taken, offered):
    """Requests of some events, each sent again under its id until it is taken."""
    chance = random.Random(sender)
    number = 0
    while not stop.is_set():
        keys = [f"{sender}-{number}-{i}" for i in range(chance.randint(1, 20))]
        body = "".join(event(key) for key in keys).encode()
        headers = {"Authorization": "Splunk " + token, "X-Hecate-Request-Id": f"{sender}-{number}"}
        if chance.random() < 0.5:
            headers["Content-Encoding"], body = "gzip", gzip.compress(body)
        offered.update(keys)
        while True:
            try:
                status, answer = server.ask("POST", "/services/collector/event", body, headers)
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 200:
                taken.update(keys)
                # Now and then the answer is lost on its way.
                if chance.random() < 0.2:
                    continue
                break
            if status not in (0, 503):
                check("a good request is taken", False, (status, answer))
            if stop.is_set():
                return
            time.sleep(0.01)
        number += 1


def kill_under_load(scratch):
    state, token, rules = new_state(scratch, "kill")
    server = Server(state, *rules, "--segment-bytes", "200000").start()
    stop, taken, offered = threading.Event(), set(), set()
    senders = [threading.Thread(target=send_until_taken, args=(server, token, f"s{n}", stop, taken, offered))
               for n in range(3)]
    for sender in senders:
        sender.start()
    for n in range(ROUNDS):
        time.sleep(random.uniform(0.1, 0.6))
        server.kill()
        server.start()
    time.sleep(0.3)
    stop.set()
    for sender in senders:
        sender.join()
    server.wait_until_matched()
    check("a stopped server ends with 0", server.stop() == 0)
    counts = collections.Counter(one["host"] for one in server.logged())
    check("some events were taken", len(taken) > 100, len(taken))
    check("nothing that was acknowledged is lost", not taken - set(counts), sorted(taken - set(counts))[:5])
    check("nothing is there twice", max(counts.values()) == 1, counts.most_common(3))
    check("nothing is there that nobody sent", not set(counts) - offered)
    marked = {key for key in counts if key.endswith("7")}
    found = collections.Counter(re.search(r"marked ([\w-]+)", json.dumps(one["result"]))[1] for one in server.findings())
    check("each event that the rule matches is found", set(found) == marked, sorted(set(found) ^ marked)[:5])
    check("and found once", not found or max(found.values()) == 1, found.most_common(3))
    ids = [one["finding_id"] for one in server.findings()]
    check("ids are unique", len(ids) == len(set(ids)))
    print(f"kill -9: {ROUNDS} times, {len(taken)} events acknowledged, {len(counts)} in the log, {len(found)} findings")


def replayed_logs_are_found_as_hunted(scratch):
    state, token, _ = new_state(scratch, "replay")
    server = Server(state, "--show-suppressed").start()
    logs = os.path.join(ROOT, "examples/logs")
    call = [HECATE, "replay", logs, "--to", f"http://127.0.0.1:{server.port}", "--token", token, "--run", "r"]
    for _ in range(2):  # the second sends what is known
        check("replay ends with 0", subprocess.run(call, capture_output=True).returncode == 0)
    server.wait_until_matched()
    check("a refused token is exit code 2",
          subprocess.run([*call[:-3], "wrong-token"], capture_output=True).returncode == 2)
    check("a second server does not take the same folder",
          subprocess.run([HECATE, "serve", "--state", state], capture_output=True).returncode == 2)
    live = collections.Counter((one["detection_id"], one["time"], one["suppressed_by"]) for one in server.findings())
    hunt = subprocess.run([HECATE, "hunt", "-o", "ndjson", "--show-suppressed", logs], capture_output=True, text=True)
    single = {key[0] for key in live}
    hunted = collections.Counter((one["detection_id"], one["time"], one["suppressed_by"])
                                 for one in map(json.loads, hunt.stdout.splitlines()) if one["detection_id"] in single)
    check("a live server finds what a hunt over the files finds", live == hunted, (live - hunted, hunted - live))
    check("there are findings", sum(live.values()) > 10)
    server.stop()
    away = subprocess.run([*call, "--retries", "1"], capture_output=True)
    check("a server that is away is exit code 4", away.returncode == 4, away.returncode)


def times_are_moved(scratch):
    state, token, rules = new_state(scratch, "times")
    server = Server(state, *rules).start()
    path = os.path.join(scratch, "events.ndjson")
    with open(path, "w") as file:
        for n in range(4):
            file.write(json.dumps({"time": 1000 + n * 2, "event": {"n": n}}) + "\n")
    begin = time.time()
    subprocess.run([HECATE, "replay", path, "--to", f"http://127.0.0.1:{server.port}", "--token", token, "--rate", "4x",
                    "--rebase", "now"], check=True, capture_output=True)
    took = time.time() - begin
    check("6 seconds at 4x take 1.5", 1.4 < took < 4, took)
    times = [one["time"] for one in server.logged()]
    check("distances stay", [round(b - a, 3) for a, b in zip(times, times[1:])] == [2, 2, 2], times)
    check("the last one happens when it is sent", abs(times[-1] - (begin + 1.5)) < 1.5, times[-1] - begin)
    server.stop()


def schedules_are_made_up_for(scratch):
    """Hourly searches over a day that was replayed: each instant once, though the server is killed again and again."""
    state, token, _ = new_state(scratch, "schedules")
    for path, _, names in os.walk(os.path.join(ROOT, "content")):
        for name in names:
            text = open(os.path.join(path, name), errors="replace").read()
            if "Cisco Isovalent - Cron Job Creation" in text and (found := re.search(r"^id: (\S+)", text, re.M)):
                detection = found[1]
    server = Server(state, "--no-schedules").start()
    subprocess.run([HECATE, "replay", os.path.join(ROOT, "examples/logs"), "--to", f"http://127.0.0.1:{server.port}",
                    "--token", token, "--rebase", "now", "--sourcetype", "cisco:isovalent:processExec"], check=True,
                   capture_output=True)
    server.stop()
    events = subprocess.run([HECATE, "serve", "log", "--state", state], capture_output=True, check=True).stdout
    log = os.path.join(scratch, "log.ndjson")
    with open(log, "wb") as file:
        file.write(events)
    hour = int(time.time()) // 3600 * 3600
    first = hour - 20 * 3600
    expected = collections.Counter()
    for instant in range(first + 3600, hour + 1, 3600):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(instant))
        out = subprocess.run([HECATE, "hunt", "--as-scheduled", "--now", now, "-o", "ndjson", log], capture_output=True,
                             check=True, text=True).stdout
        expected.update((one["detection_id"], one["first_time"], one["last_time"], one["count"])
                        for one in map(json.loads, out.splitlines()) if one["detection_id"] == detection)
    check("the hunts find some", sum(expected.values()) > 3, expected)
    with open(os.path.join(state, "schedule.state"), "w") as file:
        file.write(f"{first} spl/{detection}\n")
    server = Server(state, "--enable", detection).start()
    for _ in range(5):
        time.sleep(random.uniform(0.0, 0.4))
        server.kill()
        server.start()
    for _ in range(400):
        with open(os.path.join(state, "schedule.state")) as file:
            if any(int(line.split()[0]) >= hour for line in file if "/" in line):
                break
        time.sleep(0.1)
    server.stop()
    with open(os.path.join(state, "scheduled.ndjson")) as file:
        found = [json.loads(line) for line in file]
    seen = collections.Counter((one["detection_id"], one["first_time"], one["last_time"], one["count"]) for one in found)
    check("runs that were missed find what hunts find", seen == expected, (seen - expected, expected - seen))
    check("ids are unique", len({one["finding_id"] for one in found}) == len(found))
    numbers = {one["source"]["record"] for one in found if one["source"]}
    lines = events.splitlines()
    check("findings name their events", all(b"cron" in lines[number - 1] for number in numbers), numbers)
    print(f"schedules: 20 instants made up for in spite of 5 kills, {len(found)} findings")


def full_disk(scratch):
    """A file system of its own, where that is allowed."""
    mount = os.path.join(scratch, "small")
    os.makedirs(mount)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", mount], capture_output=True).returncode != 0:
        print("full disk: skipped, mounting is not allowed here")
        return
    try:
        state, token, rules = new_state(mount, "state")
        server = Server(state, *rules).start()
        headers = {"Authorization": "Splunk " + token}
        ballast = os.path.join(mount, "ballast")
        with open(ballast, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096) == 4096:
                    pass
            except OSError:
                pass
        body = event("full") * 200
        check("a full disk is busy", server.ask("POST", "/services/collector", body, headers)[0] == 503)
        check("and says why", "No space left" in server.ask("GET", "/healthz")[1], server.ask("GET", "/healthz"))
        os.remove(ballast)
        check("room is used again", server.ask("POST", "/services/collector", body, headers)[0] == 200)
        check("and it is well", server.ask("GET", "/healthz")[0] == 200)
        server.wait_until_matched()
        server.stop()
        check("all of it, once", len(server.logged()) == 200, len(server.logged()))
    finally:
        subprocess.run(["umount", "-l", mount])


def tls(scratch):
    certificate, key = os.path.join(scratch, "cert.pem"), os.path.join(scratch, "key.pem")
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                           "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                           key, "-out", certificate], capture_output=True)
    if made.returncode != 0:
        print("TLS: skipped, there is no openssl")
        return
    state, token, rules = new_state(scratch, "tls")
    server = Server(state, *rules, "--tls-cert", certificate, "--tls-key", key).start()
    call = [HECATE, "replay", os.path.join(ROOT, "examples/logs/tetragon_hec.ndjson"), "--to",
            f"https://localhost:{server.port}", "--token", token, "--retries", "0"]
    check("a certificate that nobody vouches for is refused", subprocess.run(call, capture_output=True).returncode == 4)
    sent = subprocess.run([*call, "--cacert", certificate], capture_output=True, text=True)
    check("one that is known is taken", sent.returncode == 0, sent.stderr)
    check("all came", len(server.logged()) > 0)
    server.stop()


def main():
    scratch = tempfile.mkdtemp()
    try:
        for scenario in (kill_under_load, replayed_logs_are_found_as_hunted, times_are_moved, schedules_are_made_up_for, full_disk,
                         tls):
            scenario(scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print("failed" if failed else "passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
