#!/usr/bin/env python3
"""Compares what Hecate and Microsoft's parser accept: published queries as they are and with
a mistake each, and those of grammar.txt.

    kql_parser_oracle.py KQL_ACCEPTS WORK_FOLDER

Needs the corpus (HECATE_SHARED, or ../shared beside the repository), node, and a registry that npm reaches; without
one of these it says so and is skipped. KQL_ORACLE_MODULES names a node_modules folder that has the package already.

Where the two may differ, REASONS says why. Each difference that it does not explain fails the test.
"""

import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
ORACLE = REPOSITORY / "tools" / "kql_oracle"
MUTANTS = int(os.environ.get("KQL_ORACLE_MUTANTS", 2000))
VERBOSE = "HECATE_VERBOSE" in os.environ

# Hecate refuses, the other accepts: (a pattern for `codes<tab>message<tab>hint`, the reason).
STRICTER = [
    (r"^(KQL014 ?)+\t", "known and refused by name: the grammar has it, Hecate does not"),
    (r"^(KQL003 ?)+\t", "what stands inside of datetime(…) and its like: Microsoft's parser looks at it later"),
    (r"\tequality is `==`", "`where x = 1`: Microsoft's parser reads a name and a value there"),
    (r"^KQL002\ta query begins with a table", "an operator first: Microsoft's parser reports the missing table later"),
    (r"^KQL002\texpected a value, found `\[`", "a bracket where a value stands: no meaning of it is documented"),
    (r"^KQL002\texpected an aggregate or `by`", "`summarize` of nothing: reported later by Microsoft's"),
    (r"^KQL002\texpected (a value|a name), (but the query ends here|found `[|)]`)",
     "an operator of nothing: reported later by Microsoft's"),
]
# Hecate accepts, the other refuses: (a pattern for the query, the reason).
LAXER = [
    (r";\s*(//[^\n]*\s*)*;|^\s*;", "statements with nothing between their semicolons"),
    (r"(?i)\b(in~?|has_any|has_all)\s*\(\s*\)", "an empty list, which is not an error when the query runs"),
]


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def read_corpus():
    shared = pathlib.Path(os.environ.get("HECATE_SHARED") or REPOSITORY.parent / "shared")
    packed = shared / "corpora" / "kql" / "queries.jsonl.zst"
    if not packed.is_file():
        skip(f"no {packed.name} below the shared material")
    unpacked = subprocess.run(["zstd", "-dc", packed], capture_output=True, check=True).stdout
    return [json.loads(line)["query"] for line in unpacked.splitlines() if line]


def read_grammar():
    """The queries of grammar.txt: those that both read alike, and those that they do not."""
    lines = (HERE / "grammar.txt").read_text().splitlines()
    queries = [line for line in lines if line and not line.startswith("#")]
    return [q for q in queries if not q.startswith("~ ")], [q[2:] for q in queries if q.startswith("~ ")]


def node_modules(work):
    given = os.environ.get("KQL_ORACLE_MODULES")
    if given:
        return pathlib.Path(given)
    if not shutil.which("node") or not shutil.which("npm"):
        skip("node and npm are not installed")
    work.mkdir(parents=True, exist_ok=True)
    modules = work / "node_modules"
    if not (modules / "@kusto").is_dir():
        shutil.copy(ORACLE / "package.json", work)
        if subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=work).returncode != 0:
            skip("npm cannot install what tools/kql_oracle/package.json names")
    return modules


# --- mistakes ---

TOKEN = re.compile(r"""//[^\n]* | \s+ | [hH]?@?"(?:\\.|[^"\\\n])*" | [hH]?@?'(?:\\.|[^'\\\n])*' | ```.*?``` | [\w$]+
    | ==|!=|=~|!~|<=|>=|<>|\.\.|=> | .""", re.VERBOSE | re.DOTALL)
PUNCTUATION = ["(", ")", "[", "]", "{", "}", ",", ";", "|", "=", "==", ".", ":", "-", "*", "!"]


def mutate(query, chance):
    """The query with one mistake: a token gone, doubled, swapped with the next, another, or the end cut off."""
    tokens = TOKEN.findall(query)
    solid = [i for i, token in enumerate(tokens) if not token.isspace() and not token.startswith("//")]
    if len(solid) < 2:
        return query + " |"
    at = chance.randrange(len(solid) - 1)
    i, after = solid[at], solid[at + 1]
    kind = chance.choice(["delete", "double", "swap", "cut", "punctuation", "punctuation"])
    if kind == "delete":
        tokens[i] = " "
    elif kind == "double":
        tokens[i] += " " + tokens[i]
    elif kind == "swap":
        tokens[i], tokens[after] = tokens[after], tokens[i]
    elif kind == "cut":
        tokens = tokens[:i + 1]
    else:
        marks = [j for j in solid if not re.match(r"[\w$\"'hH@`]", tokens[j])] or solid
        tokens[chance.choice(marks)] = chance.choice(PUNCTUATION)
    return "".join(tokens)


# --- the two parsers ---

def hecate_says(program, queries):
    fed = b"".join(b"%d\n%s" % (len(q), q) for q in (query.encode("utf-8", "replace") for query in queries))
    lines = subprocess.run([program], input=fed, capture_output=True, check=True).stdout.decode().splitlines()
    assert len(lines) == len(queries), "a line for each query"
    return lines


def oracle_says(modules, queries):
    fed = "".join(json.dumps({"query": query}) + "\n" for query in queries)
    lines = subprocess.run(["node", ORACLE / "parse.js", modules], input=fed.encode(), capture_output=True,
                           check=True).stdout.decode().splitlines()
    assert len(lines) == len(queries), "a line for each query"
    return [json.loads(line) for line in lines]


def explain(query, mine):
    if mine.startswith("-"):
        return next((reason for pattern, reason in LAXER if re.search(pattern, query)), None)
    return next((reason for pattern, reason in STRICTER if re.search(pattern, mine)), None)


def compare(name, queries, program, modules, explained=True):
    """Prints how many agree; returns the differences without a reason."""
    agreed, reasons, open_ones = 0, collections.Counter(), []
    for query, mine, theirs in zip(queries, hecate_says(program, queries), oracle_says(modules, queries)):
        if mine.startswith("-") == theirs["accepts"]:
            agreed += 1
            continue
        reason = explain(query, mine) if explained else None
        if reason:
            reasons[reason] += 1
        else:
            open_ones.append((query, mine, theirs))
    print(f"{name}: {len(queries)} queries, {agreed} agree, {sum(reasons.values())} differ for a reason, "
          f"{len(open_ones)} differ")
    for reason, count in reasons.most_common():
        print(f"  {count:5} {reason}")
    for query, mine, theirs in open_ones[:None if VERBOSE else 10]:
        print(f"--- Hecate: {mine}\n    Microsoft's: {json.dumps(theirs)}")
        at = theirs.get("offset", 0)
        print(query if VERBOSE else query[max(0, at - 80):at + 40])
    return open_ones


def main():
    program, work = sys.argv[1], pathlib.Path(sys.argv[2])
    queries = read_corpus()
    modules = node_modules(work)
    differences = compare("published", queries, program, modules)
    alike, unlike = read_grammar()
    differences += compare("grammar.txt", alike, program, modules, explained=False)
    same = [q for q, mine, theirs in zip(unlike, hecate_says(program, unlike), oracle_says(modules, unlike))
            if mine.startswith("-") == theirs["accepts"]]
    print(f"grammar.txt, known to differ: {len(unlike)} queries, {len(same)} agree after all", *same, sep="\n  ")
    differences += same
    chance = random.Random(20240601)
    mutants = [mutate(chance.choice(queries), chance) for _ in range(MUTANTS)]
    differences += compare("with a mistake", mutants, program, modules)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
