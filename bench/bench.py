#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py BUILD [MEASURE...]: measures, and writes BUILD/bench/results.json and a table (docs/measuring.md).

Without a name, everything is measured; with names (those of measures.py), these, and what was known of the others
stays. Exit status 1: something could not be measured. Budgets are judged by check.py.
"""

import json
import sys
import time
from pathlib import Path

from budgets import Budgets
from machine import Machine
from measures import MEASURES


def main():
    build, names = Path(sys.argv[1]), sys.argv[2:]
    unknown = set(names) - {measure.__name__ for measure in MEASURES}
    if unknown:
        sys.exit(f"bench: no such measure: {', '.join(sorted(unknown))}")
    machine = Machine(build)
    output = build / "bench" / "results.json"
    results = json.loads(output.read_text(encoding="utf-8")) if names and output.exists() else {}
    failures = 0
    for measure in MEASURES:
        if names and measure.__name__ not in names:
            continue
        start = time.monotonic()
        print(f"bench: {measure.__name__} ... ", end="", flush=True)
        try:
            results |= {name: _plain(value) for name, value in measure(machine).items()}
            print(f"{time.monotonic() - start:.0f} s")
        except Exception as error:  # any reason not to have a number: say it, and measure the rest
            failures += 1
            print(f"failed: {error}")
    budgets = Budgets.read()
    ordered = {name: results[name] for name in budgets.names() if name in results}
    output.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")
    print("\n" + budgets.table(ordered))
    sys.exit(1 if failures else 0)


def _plain(value):
    """@value with no more digits than it has meaning."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


main()
