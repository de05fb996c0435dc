#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check.py BUILD: judges BUILD/bench/results.json by budgets.yaml.

Exit status 1, and a line for each, if a number is over its budget, missing, or has become longer without being declared. What has
become shorter is told too. Numbers of another compiler than the declared ones' are judged by their budgets only.
"""

import sys
from pathlib import Path

from budgets import Budgets, last_results
from elf import compiler


def main():
    build = Path(sys.argv[1])
    results = last_results(build)
    budgets = Budgets.read()
    made_with = compiler(build / "hypervisor" / "arm64.elf")
    wrong = [budgets.judge(name, results) for name in budgets.names()]
    if made_with == budgets.counted_with:
        wrong += [budgets.regressed(name, results) for name in budgets.names()]
        for better in filter(None, (budgets.improved(name, results) for name in budgets.names())):
            print(f"bench: {better}")
    else:
        print(f"bench: built with {made_with}; what numbers were before is known for {budgets.counted_with} only, and not judged")
    wrong = list(filter(None, wrong))
    for message in wrong:
        print(f"bench: {message}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
