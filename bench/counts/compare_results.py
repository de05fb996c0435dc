# SPDX-License-Identifier: Apache-2.0
"""make bench-compare A.json B.json: what has changed from one results.json to another.

Prints number, old, new and the difference in percent, the largest growth first; then what only one of them has. Exit status 0
whatever has changed, 2 if one of them can't be read.
"""

import json
import sys
from pathlib import Path

from bench.common.budgets import TOLERANCE, Budgets


def main():
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        print(f"usage: make bench-compare A.json B.json\n\n{__doc__.strip()}")
        sys.exit(0 if {"-h", "--help"} & set(sys.argv) else 2)
    before, after = (_read(argument) for argument in sys.argv[1:])
    units = {name: entry["unit"] for name, entry in Budgets.read().entries.items()}
    changed = [name for name in before if name in after and before[name] != after[name]]
    changed.sort(key=lambda name: _growth(before[name], after[name]), reverse=True)
    rows = [["", "old", "new", "", ""]] if changed else []
    rows += [[name, f"{before[name]:,}", f"{after[name]:,}", _percent(before[name], after[name]), units.get(name, "")]
             for name in changed]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(5)]
    for name, old, new, percent, unit in rows:
        print(f"{name:{widths[0]}}  {old:>{widths[1]}}  {new:>{widths[2]}}  {percent:>{widths[3]}}  {unit}".rstrip())
    _only(sys.argv[1], before, after)
    _only(sys.argv[2], after, before)
    same = len(set(before) & set(after)) - len(changed)
    grown = sum(_growth(before[name], after[name]) > TOLERANCE for name in changed)
    print(f"{len(changed)} changed ({grown} grew by more than {TOLERANCE:.0%}), {same} are the same")


def _read(argument):
    try:
        results = json.loads(Path(argument).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(_complaint(f"{argument}: {error}"))
    if not isinstance(results, dict) or not all(isinstance(value, (int, float)) for value in results.values()):
        sys.exit(_complaint(f"{argument}: not a results.json (name to number)"))
    return results


def _complaint(message):
    print(f"bench-compare: {message}", file=sys.stderr)
    return 2


def _growth(old, new):
    return new / old - 1 if old else float("inf") if new > 0 else -1.0


def _percent(old, new):
    return f"{_growth(old, new):+.1%}" if old else "from 0"


def _only(where, these, those):
    names = [name for name in these if name not in those]
    if names:
        print(f"only in {where}: {', '.join(names)}")


if __name__ == "__main__":
    main()
