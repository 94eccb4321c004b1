"""Answers for chDB: reads a search's name a line, says how long it took and how many rows there were, as JSON.

The queries run in ClickHouse's own Kusto dialect over views of the file that have the tables' columns; a query that this
dialect refuses runs as the SQL below `--- chdb` of its file, if there is any. One thread, as the others have.
"""

import json
import pathlib
import sys
import time

from chdb import session

SYSMON = "lower(Channel) = 'microsoft-windows-sysmon/operational'"
SECURITY = "lower(Channel) = 'security'"
HOST = "if(Hostname = '', Computer, Hostname)"
TIME = "parseDateTime64BestEffortOrNull(multiIf(`@timestamp` != '', `@timestamp`, TimeCreated != '', TimeCreated, TimeGenerated), 7)"


def data(name):
    """A field of the event, or of the JSON in its EventData."""
    return f"if({name} = '', JSONExtractString(EventData, '{name}'), {name})"


def base(path):
    return f"replaceRegexpOne({path}, '^.*\\\\\\\\', '')"


# name: (raw columns, columns, condition); several parts are united
VIEWS = {
    "WindowsEvent": [
        ("EventID Int64, Channel String, Hostname String, Computer String",
         f"Channel, EventID, {HOST} AS Computer_", "Channel != ''"),
    ],
    "Event": [
        ("EventID Int64, Channel String, Hostname String, Computer String, Message String, SourceName String,"
         " Provider String, `@timestamp` String, TimeCreated String, TimeGenerated String",
         f"EventID, {HOST} AS Computer_, Message AS RenderedDescription, if(SourceName = '', Provider, SourceName) AS"
         f" Source, {TIME} AS TimeGenerated_", "lower(Channel) != 'security'"),
    ],
    "SecurityEvent": [
        ("EventID Int64, Channel String, Hostname String, Computer String, TargetUserName String, LogonType Int64,"
         " ProcessName String, ObjectName String, `@timestamp` String, TimeCreated String, TimeGenerated String",
         f"EventID, {HOST} AS Computer_, TargetUserName, LogonType, ProcessName, ObjectName, {TIME} AS TimeGenerated_",
         SECURITY),
    ],
    "DeviceProcessEvents": [
        ("EventID Int64, Channel String, Hostname String, Computer String, Image String, CommandLine String,"
         " `User` String, ProcessId String, EventData String",
         f"{HOST} AS DeviceName, {base(data('Image'))} AS FileName, {data('CommandLine')} AS ProcessCommandLine,"
         f" {base(data('User'))} AS AccountName, toInt64OrNull({data('ProcessId')}) AS ProcessId_",
         f"EventID = 1 AND {SYSMON}"),
        ("EventID Int64, Channel String, Hostname String, Computer String, NewProcessName String, CommandLine String,"
         " TargetUserName String, SubjectUserName String, NewProcessId String",
         f"{HOST}, {base('NewProcessName')}, CommandLine, if(TargetUserName IN ('', '-'), SubjectUserName,"
         " TargetUserName), toInt64(reinterpretAsUInt64(reverse(unhex(leftPad(substring(NewProcessId, 3), 16, '0')))))",
         f"EventID = 4688 AND {SECURITY}"),
    ],
    "DeviceNetworkEvents": [
        ("EventID Int64, Channel String, Hostname String, Computer String, `User` String, ProcessId String,"
         " Initiated String, SourceIp String, SourcePort String, DestinationIp String, DestinationPort String,"
         " EventData String",
         f"{HOST} AS DeviceName, {base(data('User'))} AS InitiatingProcessAccountName,"
         f" toInt64OrNull({data('ProcessId')}) AS InitiatingProcessId,"
         f" if(lower({data('Initiated')}) = 'true', {data('DestinationIp')}, {data('SourceIp')}) AS RemoteIP,"
         f" toInt64OrNull(if(lower({data('Initiated')}) = 'true', {data('DestinationPort')}, {data('SourcePort')}))"
         " AS RemotePort", f"EventID = 3 AND {SYSMON}"),
    ],
    "DeviceRegistryEvents": [
        ("EventID Int64, Channel String, Hostname String, Computer String, TargetObject String, Details String,"
         " Image String, EventData String, `@timestamp` String, TimeCreated String, TimeGenerated String",
         f"'RegistryValueSet' AS ActionType, {HOST} AS DeviceName, replaceRegexpOne(replaceRegexpOne("
         f"replaceRegexpOne({data('TargetObject')}, '\\\\\\\\[^\\\\\\\\]*$', ''), '^HKLM', 'HKEY_LOCAL_MACHINE'), '^HKU',"
         f" 'HKEY_USERS') AS RegistryKey, {base(data('TargetObject'))} AS RegistryValueName,"
         f" {data('Details')} AS RegistryValueData, {base(data('Image'))} AS InitiatingProcessFileName,"
         f" {TIME} AS TimeGenerated_", f"EventID = 13 AND {SYSMON}"),
    ],
}


def view(name, parts, events):
    selects = []
    for columns, shown, condition in parts:
        selects.append(f"SELECT {shown} FROM file('{events}', JSONEachRow, '{columns}') WHERE {condition}")
    renamed = [f"{each} AS {each.rstrip('_')}" for each in
               (column.split(" AS ")[-1].strip() for column in split_columns(parts[0][1]))]
    return f"CREATE VIEW {name} AS SELECT {', '.join(renamed)} FROM ({' UNION ALL '.join(selects)})"


def split_columns(text):
    columns, depth, quoted = [""], 0, False
    for char in text:
        quoted ^= char == "'"
        depth += 0 if quoted else (char == "(") - (char == ")")
        if char == "," and depth == 0 and not quoted:
            columns.append("")
        else:
            columns[-1] += char
    return columns


def sections(path):
    parts, language = {}, None
    for line in path.read_text().splitlines(keepends=True):
        if line.startswith("--- "):
            language = line[4:].strip()
            parts[language] = ""
        elif language:
            parts[language] += line
    return parts


class Asker:
    def __init__(self, folder, events):
        self.folder = pathlib.Path(folder)
        self.events = events
        self.session = session.Session()
        for statement in ("CREATE DATABASE bench", "USE bench",
                          "SET max_threads = 1, input_format_allow_errors_num = 1000, allow_experimental_kusto_dialect = 1,"
                          " input_format_json_read_numbers_as_strings = 1, input_format_null_as_default = 1"):
            self.session.query(statement)
        for name, parts in VIEWS.items():
            self.session.query(view(name, parts, events))

    def run(self, text):
        start = time.perf_counter()
        rows = str(self.session.query(text, "JSONCompactEachRow")).count("\n")
        return {"seconds": time.perf_counter() - start, "rows": rows}

    def in_kusto(self, text):
        # A comment is no part of this dialect.
        lines = [line for line in text.splitlines() if not line.strip().startswith("//")]
        self.session.query("SET dialect = 'kusto'")
        try:
            return {**self.run("\n".join(lines)), "how": "kusto"}
        finally:
            self.session.query("SET dialect = 'clickhouse'")

    def ask(self, name):
        parts = sections(self.folder / f"{name}.txt")
        try:
            return self.in_kusto(parts["kql"])
        except Exception as refused:  # chDB raises what it likes
            if "chdb" not in parts:
                return {"error": "its Kusto dialect: " + " ".join(str(refused).split())[:160]}
        try:
            return {**self.run(parts["chdb"].replace("{}", self.events)), "how": "sql"}
        except Exception as failed:
            return {"error": "its SQL: " + " ".join(str(failed).split())[:300]}


def main():
    asker = Asker(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        print(json.dumps(asker.ask(line.strip())), flush=True)


if __name__ == "__main__":
    main()
