"""Writes events as Sysmon for Linux does: one syslog line each, the event as XML on it.

Fields and their order are those of its events 1, 3, 5, 11 and 23."""

from datetime import datetime, timedelta
from xml.sax.saxutils import escape

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
VERSIONS = {1: 5, 3: 5, 5: 3, 11: 2, 23: 5}
USER_IDS = {"root": 0, "www-data": 33, "backup": 34, "postgres": 113, "_apt": 100, "nagios": 118, "zabbix": 119,
            "jenkins": 120, "gitlab-runner": 998, "logrotate": 997, "anna": 1000, "mike": 1001, "nobody": 65534}


def stamp(when):
    return f"{MONTHS[when.month - 1]} {when.day:2d} {when:%H:%M:%S}"


class Process:
    def __init__(self, pid, guid, image, command, user, cwd):
        self.pid, self.guid, self.image, self.command, self.user, self.cwd = pid, guid, image, command, user, cwd


class Host:
    """One machine's syslog. Lines are collected with their time; `lines` sorts them."""

    def __init__(self, name, address, rng):
        self.name, self.address, self.rng = name, address, rng
        self.records = []
        self.record_id = rng.randrange(50_000, 900_000)
        self.next_pid = rng.randrange(2_000, 9_000)
        self.machine = f"{rng.randrange(1 << 32):08x}-{rng.randrange(1 << 16):04x}"
        self.sysmon_pid = rng.randrange(600, 990)
        self.init = Process(1, self.guid(), "/usr/lib/systemd/systemd", "/sbin/init", "root", "/")
        self.daemons = {}

    def guid(self):
        r = self.rng
        return f"{{{self.machine}-{r.randrange(1 << 16):04x}-{r.randrange(1 << 16):04x}-{r.randrange(1 << 48):012x}}}"

    def pid(self):
        self.next_pid += self.rng.randrange(1, 9)
        return self.next_pid

    def daemon(self, image, command, user="root"):
        """A process that has run since boot: it appears as a parent only."""
        key = (image, command)
        if key not in self.daemons:
            self.daemons[key] = Process(self.rng.randrange(300, 1900), self.guid(), image, command, user, "/")
        return self.daemons[key]

    def syslog(self, when, program, message):
        self.records.append((when, f"{stamp(when)} {self.name} {program}: {message}"))

    def event(self, when, event_id, user, data):
        self.record_id += 1
        utc = f"{when:%Y-%m-%d %H:%M:%S}.{when.microsecond // 1000:03d}"
        fields = [("RuleName", "-"), ("UtcTime", utc)] + [(k, utc if v is None else v) for k, v in data]
        xml = "".join(f'<Data Name="{k}">{escape(str(v))}</Data>' for k, v in fields)
        logged = when + timedelta(microseconds=700 + self.rng.randrange(9000))
        self.syslog(when, "sysmon", (
            '<Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/>'
            f"<EventID>{event_id}</EventID><Version>{VERSIONS[event_id]}</Version><Level>4</Level><Task>{event_id}</Task>"
            f'<Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime="{logged:%Y-%m-%dT%H:%M:%S.%f}000Z"/>'
            f'<EventRecordID>{self.record_id}</EventRecordID><Correlation/><Execution ProcessID="{self.sysmon_pid}" '
            f'ThreadID="{self.sysmon_pid}"/><Channel>Linux-Sysmon/Operational</Channel><Computer>{self.name}</Computer>'
            f'<Security UserId="{USER_IDS.get(user, 1002)}"/></System><EventData>{xml}</EventData></Event>'))

    def start(self, when, parent, image, command, user=None, cwd=None, ends=None):
        """A process creation (event 1), and its end (event 5) after `ends` seconds where that is given."""
        process = Process(self.pid(), self.guid(), image, command, user or parent.user, cwd or parent.cwd)
        uid = USER_IDS.get(process.user, 1002)
        self.event(when, 1, process.user, [
            ("ProcessGuid", process.guid), ("ProcessId", process.pid), ("Image", image), ("FileVersion", "-"),
            ("Description", "-"), ("Product", "-"), ("Company", "-"), ("OriginalFileName", "-"), ("CommandLine", command),
            ("CurrentDirectory", process.cwd), ("User", process.user),
            ("LogonGuid", f"{{{self.machine}-0000-{uid:04x}-000000000000}}"), ("LogonId", uid),
            ("TerminalSessionId", 4294967295 if uid < 1000 else 3), ("IntegrityLevel", "no level"), ("Hashes", "-"),
            ("ParentProcessGuid", parent.guid), ("ParentProcessId", parent.pid), ("ParentImage", parent.image),
            ("ParentCommandLine", parent.command), ("ParentUser", parent.user)])
        if ends is not None:
            self.event(when + timedelta(seconds=ends), 5, process.user, [
                ("ProcessGuid", process.guid), ("ProcessId", process.pid), ("Image", image), ("User", process.user)])
        return process

    def create(self, when, process, path):
        self.event(when, 11, process.user, [
            ("ProcessGuid", process.guid), ("ProcessId", process.pid), ("Image", process.image), ("TargetFilename", path),
            ("CreationUtcTime", None), ("User", process.user)])

    def delete(self, when, process, path):
        self.event(when, 23, process.user, [
            ("ProcessGuid", process.guid), ("ProcessId", process.pid), ("User", process.user), ("Image", process.image),
            ("TargetFilename", path), ("Hashes", "-"), ("IsExecutable", "-"), ("Archived", "-")])

    def connect(self, when, process, address, port, incoming=False):
        ends = [(self.address, self.rng.randrange(32_768, 60_999)), (address, port)]
        if incoming:
            ends = [(address, ends[0][1]), (self.address, port)]
        data = [("ProcessGuid", process.guid), ("ProcessId", process.pid), ("Image", process.image), ("User", process.user),
                ("Protocol", "tcp"), ("Initiated", "false" if incoming else "true")]
        for side, (ip, number) in zip(("Source", "Destination"), ends):
            data += [(f"{side}IsIpv6", "false"), (f"{side}Ip", ip), (f"{side}Hostname", "-"), (f"{side}Port", number),
                     (f"{side}PortName", "-")]
        self.event(when, 3, process.user, data)


def sorted_lines(hosts):
    """All hosts' lines by time. Microseconds decide within a second; the sort is stable."""
    records = [record for host in hosts for record in host.records]
    return [line for _, line in sorted(records, key=lambda record: record[0])]


def at(clock, day=20):
    """A time of day on the sample day, as datetime."""
    parts = [int(part) for part in clock.split(":")]
    return datetime(2026, 11, day, *parts)
