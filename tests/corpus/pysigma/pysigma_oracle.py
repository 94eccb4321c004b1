#!/usr/bin/env python3
"""Compares what Hecate and pySigma parse of the SigmaHQ rules: as many rules, the same condition, the same searches.

    pysigma_oracle.py SIGMA_DUMP WORK_FOLDER

Needs the corpus (HECATE_SHARED) and a package index that pip reaches; without either it says so and is skipped.
accepted.txt beside it lists the rules on which the two may differ, and what of the specification says so.
"""

import json
import os
import pathlib
import subprocess
import sys

SKIPPED = 77
PYSIGMA = "pysigma==2.0.1"
HERE = pathlib.Path(__file__).resolve().parent
FOLDERS = ["rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance", "rules-dfir",
           "rules-placeholder", "deprecated", "unsupported"]


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def unpack(work):
    shared = os.environ.get("HECATE_SHARED")
    if not shared:
        skip("HECATE_SHARED is not set")
    archives = sorted(pathlib.Path(shared, "corpora").glob("sigmahq-*.tar.zst"))
    if not archives:
        skip(f"no sigmahq-*.tar.zst below {shared}/corpora")
    rules = work / "rules"
    if not (rules / "rules").is_dir():
        rules.mkdir(parents=True, exist_ok=True)
        if subprocess.run(["tar", "--zstd", "-xf", archives[-1], "-C", rules]).returncode != 0:
            skip(f"{archives[-1]} cannot be unpacked")
    return rules


def venv_python(work):
    python = work / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if subprocess.run([python, "-c", "import sigma.rule"], **quiet).returncode != 0:
        if subprocess.run([python, "-m", "pip", "install", "--quiet", PYSIGMA]).returncode != 0:
            skip("pip cannot install " + PYSIGMA)
    return python


# --- pySigma's side; runs with the Python of the virtual environment ---

def condition_tree(node):
    from sigma.conditions import ConditionAND, ConditionIdentifier, ConditionNOT, ConditionOR, ConditionSelector
    if isinstance(node, ConditionIdentifier):
        return node.identifier
    if isinstance(node, ConditionSelector):
        count = "all" if node.cond_class is ConditionAND else "1"
        return [f"{count}-of", "*" if node.pattern == "them" else node.pattern]
    if isinstance(node, ConditionNOT):
        return ["not", condition_tree(node.args[0])]
    assert isinstance(node, (ConditionAND, ConditionOR)), type(node)
    return ["and" if isinstance(node, ConditionAND) else "or"] + [condition_tree(arg) for arg in node.args]


def value_of(value):
    from sigma.types import SigmaBool, SigmaNull, SigmaNumber, SigmaString
    if isinstance(value, SigmaString):
        return value.original
    if isinstance(value, SigmaNumber):
        return {"number": str(value.number)}
    if isinstance(value, SigmaNull):
        return None
    return value.boolean if isinstance(value, SigmaBool) else repr(value)


def search_tree(node):
    from sigma.conditions import ConditionAND
    if hasattr(node, "detection_items"):
        parts = [search_tree(part) for part in node.detection_items]
        return parts[0] if len(parts) == 1 else ["and" if node.item_linking is ConditionAND else "or"] + parts
    return {"field": node.field or "", "modifiers": [m.__name__ for m in node.modifiers],
            "values": [value_of(value) for value in node.original_value]}


def pysigma_rules(root):
    import yaml
    from sigma.rule import SigmaRule
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.yml")):
            for number, document in enumerate(yaml.safe_load_all(path.read_text(encoding="utf-8")), 1):
                if not isinstance(document, dict) or "detection" not in document or "action" in document:
                    continue
                result = {"rule": f"{path.relative_to(root)}#{number}"}
                try:
                    rule = SigmaRule.from_dict(document)
                    trees = [condition_tree(c.parse(postprocess=False)) for c in rule.detection.parsed_condition]
                    result["condition"] = trees[0] if len(trees) == 1 else ["or"] + trees
                    result["searches"] = {n: search_tree(d) for n, d in rule.detection.detections.items()}
                except Exception as error:  # whatever a rule makes pySigma raise, it has not parsed it
                    result["refused"] = f"{type(error).__name__}: {error}"
                yield result


# --- the comparison ---

def read_tree(text):
    """`(and a (not b))` as lists."""
    stack = [[]]
    for token in text.replace("(", " ( ").replace(")", " ) ").split():
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    return stack[0][0]


def flat(tree):
    """Nested `and`s and `or`s are one."""
    if not isinstance(tree, list):
        return tree
    head, parts = tree[0], [flat(part) for part in tree[1:]]
    if head not in ("and", "or"):
        return [head] + parts
    out = [head]
    for part in parts:
        out += part[1:] if isinstance(part, list) and part[0] == head else [part]
    return out


def normal_search(tree, classes):
    if isinstance(tree, list):
        return flat([tree[0]] + [normal_search(part, classes) for part in tree[1:]])
    result = dict(tree)
    if classes:
        result["modifiers"] = [classes.get(name, name) for name in tree["modifiers"]]
    result["values"] = [{"number": float(v["number"])} if isinstance(v, dict) else v for v in tree["values"]]
    return result


def differences(ours, theirs, classes):
    if ("refused" in ours) != ("refused" in theirs):
        who = "Hecate" if "refused" in ours else "pySigma"
        yield f"{who} refuses it: {(ours if 'refused' in ours else theirs)['refused']}"
        return
    if "refused" in ours:
        return
    mine, other = flat(read_tree(ours["condition"])), flat(theirs["condition"])
    if mine != other:
        yield f"condition: {mine} and {other}"
    if list(ours["searches"]) != list(theirs["searches"]):
        yield f"searches: {list(ours['searches'])} and {list(theirs['searches'])}"
        return
    for name, tree in ours["searches"].items():
        mine, other = normal_search(tree, classes), normal_search(theirs["searches"][name], {})
        if mine != other:
            yield f"search {name}: {json.dumps(mine)} and {json.dumps(other)}"


def accepted_rules():
    result = {}
    for line in (HERE / "accepted.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            rule, reason = line.split("  ", 1)
            result[rule] = reason.strip()
    return result


def compare(dump, root):
    from sigma.modifiers import modifier_mapping
    classes = {name: modifier.__name__ for name, modifier in modifier_mapping.items()}
    text = ""
    ours = {}
    for folder in FOLDERS:
        text = subprocess.run([dump, root / folder], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        for line in text.splitlines():
            rule = json.loads(line)
            ours[f"{folder}/{rule['rule']}"] = rule
    theirs = {rule["rule"]: rule for rule in pysigma_rules(root)}
    accepted = accepted_rules()
    wrong = 0
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in ours or name not in theirs:
            found = [f"only {'Hecate' if name in ours else 'pySigma'} has this rule"]
        else:
            found = list(differences(ours[name], theirs[name], classes))
        if found and name in accepted:
            continue
        for difference in found:
            print(f"{name}: {difference}")
        wrong += bool(found)
    refused = sum("refused" in rule for rule in theirs.values())
    print(f"{len(ours)} rules, {len(theirs)} of pySigma ({refused} refused by it); {wrong} differ, "
          f"{len(accepted)} accepted differences")
    return 1 if wrong else 0


def main():
    if sys.argv[1] == "--compare":
        sys.exit(compare(sys.argv[2], pathlib.Path(sys.argv[3])))
    dump, work = sys.argv[1], pathlib.Path(sys.argv[2])
    root = unpack(work)
    python = venv_python(work)
    sys.exit(subprocess.run([python, __file__, "--compare", dump, root]).returncode)


if __name__ == "__main__":
    main()
