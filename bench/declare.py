#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""declare.py BUILD: writes what BUILD/bench/results.json has counted into bench/budgets.yaml, as what the numbers are now."""

import sys
from pathlib import Path

from budgets import Budgets, declared, last_results, path
from elf import compiler


def main():
    build = Path(sys.argv[1])
    results = last_results(build)
    before = Budgets.read()
    text = path().read_text(encoding="utf-8")
    path().write_text(declared(text, results, compiler(build / "hypervisor" / "arm64.elf")), encoding="utf-8")
    after = Budgets.read()
    for name, entry in after.entries.items():
        if entry.get("now") != before.entries[name].get("now"):
            print(f"bench: {name}: {before.entries[name]['now']:,} before, {entry['now']:,} now")
    if after.entries == before.entries:
        print("bench: nothing to declare: every number is what bench/budgets.yaml says")


main()
