#!/usr/bin/env python3
"""How many events a second `hecate serve` acknowledges, each on the disk first, and how far behind its detections are.

usage: load.py HECATE LOG SECONDS CONNECTIONS EVENTS [serve's arguments…]

LOG is NDJSON; EVENTS is how many a request has. The generator shares the machine's cores with the server; its bodies
are made before the clock starts.
"""
import http.client, json, multiprocessing, os, re, shutil, signal, subprocess, sys, tempfile, time


def make_bodies(path, size):
    with open(path) as file:
        lines = [line.strip() for line in file if line.startswith("{")]
    events = [line if '"event":' in line[:200] and '"sourcetype"' in line else '{"event":' + line + "}" for line in lines]
    return ["".join(events[at:at + size]).encode() for at in range(0, len(events) - size + 1, size)]


def send(port, token, bodies, size, seconds, results):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": "Splunk " + token}
    taken, busy, times = 0, 0, []
    end = time.time() + seconds
    number = 0
    while time.time() < end:
        begin = time.time()
        connection.request("POST", "/services/collector/event", bodies[number % len(bodies)], headers)
        response = connection.getresponse()
        response.read()
        if response.status == 200:
            taken += size
            times.append(time.time() - begin)
            number += 1
        else:
            busy += 1
            time.sleep(0.01)
    results.put((taken, busy, times))


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    return connection.getresponse().read().decode()


def peak_memory(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024


def main():
    hecate, log, seconds, connections, size = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    state = tempfile.mkdtemp(dir=os.environ.get("STATE_DIR"))
    token = subprocess.run([hecate, "serve", "token", "add", "t", "--state", state], capture_output=True, text=True,
                           check=True).stdout.strip()
    server = subprocess.Popen([hecate, "serve", "--state", state, "--listen", "127.0.0.1:0", *sys.argv[6:]],
                              stderr=subprocess.PIPE, text=True)
    said = ""
    for line in server.stderr:
        said = line if "run live" in line else said
        if found := re.search(r"listening on http://127.0.0.1:(\d+)", line):
            port = int(found[1])
            break
    bodies = make_bodies(log, size)
    results = multiprocessing.Queue()
    senders = [multiprocessing.Process(target=send, args=(port, token, bodies, size, seconds, results))
               for _ in range(connections)]
    begin = time.time()
    for sender in senders:
        sender.start()
    got = [results.get() for _ in senders]
    took = time.time() - begin
    for sender in senders:
        sender.join()
    health = json.loads(ask(port, "/healthz"))
    while json.loads(ask(port, "/healthz"))["matched"] < health["durable"]:
        time.sleep(0.02)
    caught_up = time.time() - begin
    metrics = ask(port, "/metrics")
    value = lambda name: float(re.search(rf"^{name} (\S+)", metrics, re.M)[1])
    taken = sum(one[0] for one in got)
    times = sorted(time for one in got for time in one[2])
    found = value("hecate_live_found_seconds_count")
    print(said.strip())
    print(f"{taken / took:,.0f} events/s acknowledged, {value('hecate_log_bytes_total') / took / 1e6:.0f} MB/s logged, "
          f"{value('hecate_log_syncs_total') / took:.0f} syncs/s; answers: median {times[len(times) // 2] * 1000:.1f} ms, "
          f"99 % {times[len(times) * 99 // 100] * 1000:.1f} ms; {sum(one[1] for one in got)} times busy")
    print(f"{taken / caught_up:,.0f} events/s matched; behind at the end: {caught_up - took:.2f} s; "
          f"{found:,.0f} findings, {value('hecate_live_found_seconds_sum') / max(1, found) * 1000:.1f} ms after their request "
          f"on average; {peak_memory(server.pid):.0f} MB")
    server.send_signal(signal.SIGTERM)
    server.wait()
    shutil.rmtree(state)


if __name__ == "__main__":
    main()
