# SPDX-License-Identifier: Apache-2.0
"""python3 -m bench.exits BUILD count COMMAND...: runs COMMAND; each QEMU that it starts counts the
paths through the hypervisor, into BUILD/bench/paths/.
python3 -m bench.exits BUILD table: makes BUILD/bench/exits.json and the report's evidence of all
that was counted, and prints it.

`count` adds to what was counted before, but for that of another hypervisor. `table` ends with
status 1 if a class of bench/exit_classes.yaml was never seen though it can be, if a path was of no
class, or if one was longer than its bound in BUILD/hypervisor/bounds.json, if there is one.
docs/bounds.md has more.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from bench.common.evidence import Evidence
from bench.common.exit_classes import exit_classes
from bench.exits.merged_runs import Seen
from bench.exits.plugin import folder_of, prepare

COUNTING = Path(__file__).resolve().parents[1] / "counting"
HOW = ("instructions at EL2 of every path through the hypervisor, counted while all benchmarks and "
       "system tests ran")


def main():
    arguments = sys.argv[1:]
    if "--help" in arguments[:2]:
        print(__doc__.strip())
    elif len(arguments) > 2 and arguments[1] == "count":
        count(Path(arguments[0]), arguments[2:])
    elif len(arguments) == 2 and arguments[1] == "table":
        table(Path(arguments[0]))
    else:
        sys.exit("usage: python3 -m bench.exits BUILD count COMMAND... | "
                 "python3 -m bench.exits BUILD table")


def count(build, command):
    """Becomes @command, with bench/counting/ first in its PATH."""
    qemu = os.environ.get("NAGAYA_COUNT_QEMU") or shutil.which("qemu-system-aarch64")
    if qemu is None:
        sys.exit("exits: qemu-system-aarch64 is not installed; "
                 "Debian has it in the package qemu-system-arm")
    for product in (build / "bench" / "paths.so", build / "hypervisor" / "arm64-gicv3.elf"):
        if not product.exists():
            sys.exit(f"exits: there is no {product}; `make {product}` makes it")
    environment = dict(os.environ, NAGAYA_COUNT=str(prepare(build)), NAGAYA_COUNT_QEMU=qemu,
                       PATH=f"{COUNTING}{os.pathsep}{os.environ['PATH']}")
    try:
        os.execvpe(command[0], command, environment)
    except OSError as error:
        sys.exit(f"exits: {command[0]}: {error.strerror}")


def table(build):
    """Puts together what was counted, keeps it, prints it, and judges it."""
    if not any(folder_of(build).glob("*.paths")):
        sys.exit("exits: nothing was counted yet; "
                 f"`python3 -m bench.exits {build} count COMMAND...` counts what COMMAND runs")
    seen = Seen(build)
    bounds = _bounds(build)
    found = {name: paths for name, paths in seen.classes.items() if paths is not None}
    kept = json.dumps(found, indent=1) + "\n"
    (build / "bench" / "exits.json").write_text(kept, encoding="utf-8")
    rows = [_row(name, paths, bounds) for name, paths in found.items()]
    Evidence(build).rows("exits", "nagaya", rows, unit="instructions", how=HOW)
    _print(found, bounds)
    print(f"\n{seen.runs} runs; {seen.foreign} of something else than "
          "build/hypervisor/arm64-gicv3.elf were not counted")
    reasons = {each["class"]: each.get("unseen") for each in exit_classes()
               if each["class"] not in found}
    for name, reason in reasons.items():
        if reason:
            print(f"{name} was not seen: {reason}")
    faults = [f"{name}: never seen" for name, reason in reasons.items() if not reason]
    faults += [f"{name}: {paths['max']} were seen ({paths['where']}), "
               f"and its bound is {bounds[name]}"
               for name, paths in found.items() if name in bounds and paths["max"] > bounds[name]]
    faults += [f"{times} paths of no class ({where})" for where, times in seen.others.items()]
    for fault in faults:
        print(f"exits: {fault}")
    sys.exit(1 if faults else 0)


def _bounds(build):
    """By class, its bound; empty if there are none."""
    file = build / "hypervisor" / "bounds.json"
    if not file.exists():
        return {}
    bounds = json.loads(file.read_text(encoding="utf-8"))
    return {name: each["bound"] for name, each in bounds.items()}


def _row(name, paths, bounds):
    bound = {"bound": bounds[name]} if name in bounds else {}
    numbers = {key: paths[key] for key in ("count", "min", "mean", "max", "where")}
    return {"class": name, "value": paths["max"], "path": paths["symbols"]} | numbers | bound


def _print(found, bounds):
    whats = {each["class"]: each["what"] for each in exit_classes()}
    print(f"{'class':15}{'count':>10}{'min':>7}{'mean':>9}{'max':>7}{'bound':>7}  the longest one")
    for name, paths in found.items():
        functions = [f"{function} {instructions}" for function, instructions in paths["symbols"]]
        print(f"{name:15}{paths['count']:10}{paths['min']:7}{paths['mean']:9.1f}{paths['max']:7}"
              f"{bounds.get(name, '-'):>7}  {paths['where']}")
        print(f"{'':15}{whats[name]}")
        print(f"{'':15}{', '.join(functions)}")


main()
