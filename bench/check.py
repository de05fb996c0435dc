#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check.py BUILD: exit status 1, and a line for each, if a number of results.json is over its budget or missing."""

import json
import sys
from pathlib import Path

from budgets import Budgets


def main():
    results = json.loads((Path(sys.argv[1]) / "bench" / "results.json").read_text(encoding="utf-8"))
    budgets = Budgets.read()
    wrong = [message for message in (budgets.judge(name, results) for name in budgets.names()) if message]
    for message in wrong:
        print(f"bench: {message}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
