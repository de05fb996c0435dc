#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py BUILD [--counts] [NAME...]: measures, and writes BUILD/bench/results.json and a table; runs the experiments, and
keeps what they find below BUILD/bench/evidence/ (docs/measuring.md).

Without a name, everything; with names (functions of measures.py and experiments.py), these, and what was known of the others
stays. --counts: nothing but the measures. Exit status 1: something could not be measured. Budgets are judged by check.py.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from budgets import Budgets
from evidence import Evidence
from experiments import EXPERIMENTS
from machine import Machine
from measures import MEASURES


def main():
    options = _options()
    experiments = [] if options.counts else EXPERIMENTS
    unknown = set(options.names) - {each.__name__ for each in [*MEASURES, *experiments]}
    if unknown:
        sys.exit(f"bench: no such measure: {', '.join(sorted(unknown))}")
    machine = Machine(options.build)
    wanted = [each for each in MEASURES if each.__name__ in options.names or not options.names]
    failures = _count(machine, wanted, keep=bool(options.names))
    wanted = [each for each in experiments if each.__name__ in options.names or not options.names]
    evidence = Evidence(options.build)
    for experiment in wanted:
        print(f"bench: {experiment.__name__}", flush=True)
        failures += not _attempt(experiment.__name__, lambda run=experiment: run(machine, evidence))
    sys.exit(1 if failures else 0)


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("--counts", action="store_true", help="leave out the experiments")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_intermixed_args()


def _count(machine, measures, keep):
    """Measures, and writes results.json, with what it had before if @keep; prints the table. Returns how many failed."""
    output = machine.build / "bench" / "results.json"
    results = json.loads(output.read_text(encoding="utf-8")) if keep and output.exists() else {}
    failures = 0
    for measure in measures:
        print(f"bench: {measure.__name__} ... ", end="", flush=True)
        failures += not _attempt("", lambda run=measure: results.update(run(machine)))
    if measures:
        budgets = Budgets.read()
        ordered = {name: _plain(results[name]) for name in budgets.names() if name in results}
        output.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")
        print("\n" + budgets.table(ordered))
    return failures


def _attempt(name, run):
    """Runs one; says how long it took, or why it failed. Returns whether it did not."""
    start = time.monotonic()
    label = f"bench: {name} " if name else ""
    try:
        run()
    except Exception as error:  # any reason not to have a number: say it, and measure the rest
        print(f"{label}failed: {error}", flush=True)
        return False
    print(f"{label}{'took ' if name else ''}{time.monotonic() - start:.0f} s", flush=True)
    return True


def _plain(value):
    """@value with no more digits than it has meaning."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


main()
