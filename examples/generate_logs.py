#!/usr/bin/env python3
"""Generates the sample logs in examples/logs: a day of ordinary activity with the attacks inside.

  sysmon_linux.log      /var/log/syslog of six hosts, as a central syslog server keeps it, with Sysmon for Linux
  tetragon.ndjson.gz    process events of a Kubernetes cluster, as Cisco Isovalent (Tetragon) exports them
  tetragon_hec.ndjson   the same kind of events of a second cluster, in Splunk HEC envelopes

Everything comes from one seed: two runs write the same bytes. `--check` writes nothing and fails where the
committed files differ (the gzip file is compared unpacked, since zlib versions compress differently).
Names, addresses and keys are invented; addresses are from the documentation ranges.
"""

import argparse
import gzip
import json
import pathlib
import random
import sys

sys.dont_write_bytecode = True

from activity_kubernetes import hec_records, tetragon_records  # noqa: E402
from activity_linux import syslog_lines  # noqa: E402

SEED = 20261120
FOLDER = pathlib.Path(__file__).resolve().parent / "logs"


def json_line(record):
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False) + "\n"


def generate():
    """Name of each file -> its bytes, unpacked. Each file has a generator of its own, so that a change of one
    leaves the others as they are."""
    return {
        "sysmon_linux.log": "".join(line + "\n" for line in syslog_lines(random.Random(SEED))),
        "tetragon.ndjson.gz": "".join(map(json_line, tetragon_records(random.Random(SEED + 1)))),
        "tetragon_hec.ndjson": "".join(map(json_line, hec_records(random.Random(SEED + 2)))),
    }


def pack(name, data):
    return gzip.compress(data, compresslevel=9, mtime=0) if name.endswith(".gz") else data


def unpack(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    check = parser.parse_args().check
    failed = False
    for name, text in generate().items():
        data = text.encode()
        path = FOLDER / name
        if not check:
            FOLDER.mkdir(exist_ok=True)
            path.write_bytes(pack(name, data))
        elif not path.exists() or unpack(path) != data:
            print(f"{path} is not what this script generates", file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
