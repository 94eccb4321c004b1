"""Writes process events in the shape of Tetragon's JSON export, as Cisco Isovalent sends it: `cluster_name` and
`node_labels` stand beside `node_name` and `time`."""

import base64
from datetime import timedelta

LABEL_REGION = "eu-central-1"


def hexid(rng, digits=64):
    return f"{rng.randrange(16 ** digits):0{digits}x}"


def utc(when, digits=9):
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond * 1000 + 437:09d}"[: 20 + digits] + "Z"


class Process:
    def __init__(self, node, pid, started, binary, arguments, cwd, uid, parent, pod):
        self.node, self.pid, self.started, self.binary, self.arguments = node, pid, started, binary, arguments
        self.cwd, self.uid, self.parent, self.pod = cwd, uid, parent, pod

    def exec_id(self):
        ticks = int((self.started - self.node.booted).total_seconds() * 1_000_000_000)
        return base64.b64encode(f"{self.node.name}:{ticks}:{self.pid}".encode()).decode()

    def record(self, flags="execve clone"):
        result = {"exec_id": self.exec_id(), "pid": self.pid, "uid": self.uid, "cwd": self.cwd, "binary": self.binary}
        if self.arguments:
            result["arguments"] = self.arguments
        result.update({"flags": flags, "start_time": utc(self.started), "auid": 4294967295})
        if self.pod:
            result["pod"] = self.pod.record
            result["docker"] = self.pod.container_id[:31]
        result["parent_exec_id"] = self.parent.exec_id() if self.parent else ""
        result.update({"tid": self.pid, "in_init_tree": False})
        return result


class Node:
    def __init__(self, name, cluster, zone, booted, rng):
        self.name, self.cluster, self.booted, self.rng = name, cluster, booted, rng
        self.next_pid = rng.randrange(20_000, 90_000)
        self.records = []
        self.labels = {
            "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "node.kubernetes.io/instance-type": "m6i.large",
            "topology.kubernetes.io/region": LABEL_REGION, "topology.kubernetes.io/zone": zone}
        self.systemd = Process(self, 1, booted, "/usr/lib/systemd/systemd", "--switched-root --system --deserialize=32", "/", 0, None, None)
        self.shim = Process(self, rng.randrange(2000, 4000), booted + timedelta(seconds=19), "/usr/bin/containerd-shim-runc-v2",
                            "-namespace k8s.io -address /run/containerd/containerd.sock", "/", 0, self.systemd, None)

    def emit(self, when, key, body):
        self.records.append((when, {key: body, "node_name": self.name, "time": utc(when), "cluster_name": self.cluster,
                                    "node_labels": self.labels}))

    def exec(self, when, parent, binary, arguments="", pod=None, uid=None, cwd=None, same_pid=None, exits=None):
        """A process_exec; with `same_pid` the process replaces itself (execve without clone)."""
        if same_pid:
            pid = same_pid.pid
        else:
            self.next_pid += self.rng.randrange(1, 30)
            pid = self.next_pid
        pod = pod or parent.pod
        process = Process(self, pid, when, binary, arguments, cwd or (parent.cwd if parent.pod else "/"),
                          parent.uid if uid is None else uid, parent, pod)
        body = {"process": process.record("execve" if same_pid else "execve clone"), "parent": parent.record()}
        if pod is None and parent.parent:
            body["ancestors"] = [parent.parent.record("procFS auid")]
        self.emit(when, "process_exec", body)
        if exits is not None:
            self.exit(when + timedelta(seconds=exits), process)
        return process

    def exit(self, when, process, status=None):
        body = {"process": process.record(), "parent": process.parent.record(), "time": utc(when)}
        if status:
            body["status"] = status
        self.emit(when, "process_exit", body)

    def write(self, when, process, path, size):
        self.emit(when, "process_kprobe", {
            "process": process.record(), "parent": process.parent.record(), "function_name": "__x64_sys_write",
            "args": [{"file_arg": {"path": path}}, {"size_arg": str(size)}], "action": "KPROBE_ACTION_POST"})

    def connect(self, when, process, address, port):
        self.emit(when, "process_connect", {
            "process": process.record(), "parent": process.parent.record(), "source_ip": process.pod.address if process.pod else "10.0.0.9",
            "source_port": self.rng.randrange(32_768, 60_999), "destination_ip": address, "destination_port": port,
            "sock_cookie": str(self.rng.randrange(1 << 60)), "protocol": "TCP"})


class Pod:
    """A pod with one container and its first process, which runs before the log begins."""

    def __init__(self, node, namespace, name, workload, kind, image, started, binary, arguments="", uid=0, cwd="/"):
        rng = node.rng
        self.node, self.container_id = node, hexid(rng)
        self.address = f"10.0.{rng.randrange(1, 9)}.{rng.randrange(2, 250)}"
        self.record = {
            "namespace": namespace, "name": name,
            "container": {"id": f"containerd://{self.container_id}", "name": workload,
                          "image": {"id": f"registry.example/{image.split(':')[0]}@sha256:{hexid(rng)}", "name": f"registry.example/{image}"},
                          "start_time": utc(started, 0).replace(".Z", "Z"), "pid": 1, "security_context": {}},
            "pod_labels": {"app.kubernetes.io/name": workload}, "workload": workload, "workload_kind": kind}
        node.next_pid += 7
        self.main = Process(node, node.next_pid, started, binary, arguments, cwd, uid, node.shim, self)


def sorted_records(nodes):
    records = [record for node in nodes for record in node.records]
    return [record for _, record in sorted(records, key=lambda record: record[0])]
