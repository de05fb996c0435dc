# SPDX-License-Identifier: Apache-2.0
"""The worst-case bound of each path through the hypervisor: docs/bounds.md.

    python3 -m bench.bound make ENGINE FILE      finds the bounds of ENGINE
                                                 (build/hypervisor/arm64-gicv3.elf) and writes them
                                                 to FILE
    python3 -m bench.bound table FILE [CLASS]    prints the bounds that FILE has; with CLASS the
                                                 functions on that class's longest path
    python3 -m bench.bound judge FILE SEEN       compares them with what was seen
                                                 (build/bench/exits.json): status 1 if more was seen
                                                 than is possible
"""

import json
import sys
from pathlib import Path

from bench.bound.failure import BoundError
from bench.bound.judge import judge
from bench.bound.paths import EnginePaths

ROOT = Path(__file__).resolve().parents[2]


def make(engine, file):
    """The bounds go to a file, or the reasons why there are none to the standard error output."""
    bounds = EnginePaths(engine, ROOT).bounds()
    Path(file).write_text(json.dumps(bounds, indent=1) + "\n", encoding="utf-8")


def table(file, name=None):
    """All classes, or the functions of one."""
    bounds = read(file)
    if name is None:
        print(f"{'class':16}{'bound':>10}{'size':>10}{'plan':>13}  most of it in")
        for each, one in bounds.items():
            most = sorted(one["path"], key=lambda pair: -pair[1])[:2]
            print(f"{each:16}{one['bound']:10,}{one['size']:10,}{one['plan']:13,}  "
                  f"{', '.join(f'{count:,} {where}' for where, count in most)}")
    elif name in bounds:
        for where, count in bounds[name]["path"]:
            print(f"{count:10,}  {where}")
        print(f"{bounds[name]['bound']:10,}  in all")
    else:
        raise BoundError(f"{file}: there is no class {name}; there are {', '.join(bounds)}")


def compare(file, seen):
    """What was seen must not be more than the bounds; what is much less is told."""
    found = judge(read(file), read(seen))
    for message in found["broken"] + found["loose"]:
        print(message)
    if found["broken"]:
        sys.exit(1)


def read(file):
    """What a JSON file has."""
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BoundError(f"{file}: {error}; "
                         "`make` makes bounds.json, `make exits` exits.json") from None


COMMANDS = {"make": (make, 2, 2), "table": (table, 1, 2), "judge": (compare, 2, 2)}


def main():
    """Does what the command line says."""
    command, *arguments = sys.argv[1:] or [""]
    if "--help" in sys.argv[1:] or "-h" in sys.argv[1:]:
        print(__doc__.strip())
        return
    function, least, most = COMMANDS.get(command, (None, 0, 0))
    if function is None or not least <= len(arguments) <= most:
        sys.exit(f"bound: what to do is not said\n{__doc__.strip()}")
    try:
        function(*arguments)
    except BoundError as error:
        sys.exit("\n".join(f"bound: {message}" for message in error.messages))


if __name__ == "__main__":
    main()
