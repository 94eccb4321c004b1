#!/usr/bin/env python3
"""Writes catalogs/asim/columns.tsv: the columns of Microsoft's ASIM schemas.

    tools/asim/columns.py asim_fields.csv > catalogs/asim/columns.tsv

The input has a row a field, with the columns schema, field_name, physical_type, field_class, entity, role,
allowed_values, aliased_field and tester_aliased, read from the schemas' pages on learn.microsoft.com.
"""
import csv
import sys

TYPES = {"string": "string", "int": "int", "integer": "int", "long": "long", "real": "real", "double": "real",
         "datetime": "datetime", "date/time": "datetime", "bool": "bool", "boolean": "bool", "dynamic": "dynamic",
         "guid": "string"}
# Where the pages state a condition or a choice instead of a column; the first that has a value counts.
ALIASES = {
    ("FileEvent", "Hash"): "TargetFileSHA512|TargetFileSHA256|TargetFileSHA1|TargetFileMD5",
    ("ProcessEvent", "Hash"): "TargetProcessSHA512|TargetProcessSHA256|TargetProcessSHA1|TargetProcessMD5"
                              "|TargetProcessIMPHASH",
    ("WebSession", "Hash"): "FileSHA512|FileSHA256|FileSHA1|FileMD5",
    ("WebSession", "User"): "SrcUsername",
    ("WebSession", "UserAgent"): "HttpUserAgent",
    ("NetworkSession", "Hostname"): "DstHostname",
    ("WebSession", "Hostname"): "DstHostname",
    ("NetworkSession", "IpAddr"): "SrcIpAddr",
    ("WebSession", "IpAddr"): "SrcIpAddr",
    ("AuditEvent", "IpAddr"): "SrcIpAddr|TargetIpAddr",
    ("Authentication", "User"): "TargetUsername|TargetUserId",
    ("DhcpEvent", "Hostname"): "SrcHostname",
    ("AlertEvent", "Dvc"): "DvcFQDN|DvcId|DvcHostname|DvcIpAddr",
}
# Lists that the pages give as examples, or that other values belong to as well.
OPEN = {"EventResultDetails", "EventSubType", "NetworkProtocol", "NetworkProtocolVersion", "ObjectType", "HashType",
        "ThreatCategory", "ThreatField", "UpdatedPropertyName", "DvcAction", "DnsQueryTypeName", "RegistryValueType",
        "ValueType", "ThreatIsActive"}
# Of every schema, by the page of the common fields, whatever its own page's list mixes in.
COMMON_VALUES = {"EventResult": "Success|Partial|Failure|NA", "EventSeverity": "Informational|Low|Medium|High"}
# Every schema of events has them; the page of common fields describes them.
COMMON = [("TimeGenerated", "datetime", "mandatory"), ("Type", "string", "mandatory")]


def type_of(row):
    name = (row["physical_type"] or row["tester_type"] or row["physical_table_type"] or "string").strip().lower()
    return TYPES.get(name, "string")


def closed(name, values):
    """The values that a column can have, where the page says them all."""
    parts = COMMON_VALUES.get(name, values).replace("\t", " ").replace("\n", " ").split("|")
    broken = any(character in value for value in parts for character in "<(") or name.endswith("DomainType")
    return "" if name in OPEN or len(parts) < 2 or broken else "|".join(parts)


def main():
    rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))
    common = [row for row in rows if row["schema"] == "Common"]
    schemas = sorted({row["schema"] for row in rows} - {"Common"})
    print("# The columns of ASIM's schemas: schema, column, type, class, alias of, entity, role, values. Written by")
    print("# tools/asim/columns.py. Facts from https://learn.microsoft.com/azure/sentinel/normalization-about-schemas")
    print("# (CC-BY-4.0).")
    for schema in schemas:
        fields = {row["field_name"]: row for row in rows if row["schema"] == schema}
        for row in common:
            if schema != "AssetEntity":
                fields.setdefault(row["field_name"], row)
        for name, kind, rank in COMMON:
            fields.pop(name, None)
        lines = [[schema, name, kind, rank, "", "", "", ""] for name, kind, rank in COMMON]
        for name, row in fields.items():
            alias = ""
            if row["field_class"] == "Alias":
                alias = ALIASES.get((schema, name)) or row["aliased_field"] or row["tester_aliased"]
                alias = "|".join(target for target in alias.split("|") if target in fields and target != name)
            values = row["allowed_values"] or row["tester_allowed_values"] or ""
            lines.append([schema, name, type_of(row), row["field_class"].lower(), alias, row["entity"], row["role"],
                          closed(name, values)])
        for line in sorted(lines, key=lambda line: line[1]):
            print("\t".join(line).rstrip("\t"))


if __name__ == "__main__":
    main()
