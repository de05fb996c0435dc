# SPDX-License-Identifier: Apache-2.0
"""python3 -m bench BUILD [--counts] [--times N] [NAME...]: measures, and writes BUILD/bench/results.json and a table; runs the
experiments, and keeps what they find below BUILD/bench/evidence/ (docs/experiments.md).

Without a name, everything; with names (functions in counts/measures.py, experiments/paper_experiments.py and
peers/xen/experiments.py), these, and what was known of the others stays. What needs Xen is skipped where it cannot be fetched.
--counts: nothing but the measures. --times N: what differs from run to run in the experiments is measured N times, and its range kept,
with that of the runs before (common/ranges.py). Exit status 1: something could not be measured. Budgets are judged by
counts/check_budgets.py.
"""

import argparse
import sys
import time
from pathlib import Path

from bench.common import circumstances, ranges
from bench.common.budgets import Budgets
from bench.common.evidence import Evidence
from bench.counts import results
from bench.counts.machine import Machine
from bench.counts.measures import MEASURES
from bench.experiments.paper_experiments import EXPERIMENTS
from bench.peers.xen.experiments import XEN_EXPERIMENTS, xen_skip
from bench.peers.xen.machine import Skipped, XenMachine


def main():
    options = _options()
    experiments, peers = ([], []) if options.counts else (EXPERIMENTS, XEN_EXPERIMENTS)
    unknown = set(options.names) - {each.__name__ for each in [*MEASURES, *experiments, *peers]}
    if unknown:
        sys.exit(f"bench: no such measure: {', '.join(sorted(unknown))}")
    measures, experiments, peers = ([each for each in all_of_them if each.__name__ in options.names or not options.names]
                                    for all_of_them in (MEASURES, experiments, peers))
    machine, evidence = Machine(options.build), Evidence(options.build)
    machine.times = options.times
    failures = _count(machine, measures, keep=bool(options.names))
    failures += _experiment(machine, evidence, experiments)
    failures += _side_by_side(options, evidence, peers)
    sys.exit(1 if failures else 0)


def _options():
    parser = argparse.ArgumentParser(prog="python3 -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("--counts", action="store_true", help="leave out the experiments")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="measure N times what differs from run to run")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_intermixed_args()


def _count(machine, measures, keep):
    """Measures, and writes results.json, with what it had before if @keep; prints the table. Returns how many failed."""
    known = results.known(machine.build) if keep else {}
    failures, measured = 0, {}
    for measure in measures:
        print(f"bench: {measure.__name__} ... ", end="", flush=True)
        done = _attempt("", lambda run=measure: measured.update(run(machine)))
        failures += not done
        if done:
            circumstances.note(machine.build, measure.__name__)
    known |= {name: results.plain(value) for name, value in measured.items()}
    if measures:
        budgets = Budgets.read()
        ordered = {name: known[name] for name in budgets.names() if name in known}
        results.write(machine.build, ordered)
        varying = {name for name, entry in budgets.entries.items() if "varies" in entry}
        ranges.note(machine.build, {name: known[name] for name in measured}, varying)
        print("\n" + budgets.table(ordered))
    return failures


def _experiment(machine, evidence, experiments):
    """Runs @experiments. Returns how many failed."""
    failures = 0
    for experiment in experiments:
        print(f"bench: {experiment.__name__}", flush=True)
        failures += not _attempt(experiment.__name__, lambda run=experiment: run(machine, evidence))
    return failures


def _side_by_side(options, evidence, experiments):
    """Runs those @experiments that are of Xen; without it, keeps as evidence why not, which is no failure. Returns how many failed."""
    try:
        if not experiments:
            return 0
        machine = XenMachine(options.build)
        machine.times = options.times
        return _experiment(machine, evidence, experiments)
    except Skipped as reason:
        for experiment in experiments:
            print(f"bench: {experiment.__name__} skipped: {reason}", flush=True)
            xen_skip(experiment, evidence, str(reason))
        return 0


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


main()
