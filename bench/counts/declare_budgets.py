# SPDX-License-Identifier: Apache-2.0
"""python3 -m bench.counts.declare_budgets BUILD: writes what BUILD/bench/results.json has counted into bench/budgets.yaml, as what the
numbers are now."""

import re
import sys
from pathlib import Path

from bench.common.budgets import Budgets, path
from bench.common.debug_info import compiler
from bench.counts import results


def main():
    build = Path(sys.argv[1])
    counted = results.last(build)
    before = Budgets.read()
    text = path().read_text(encoding="utf-8")
    path().write_text(declared(text, counted, compiler(build / "hypervisor" / "arm64-gicv3.elf")), encoding="utf-8")
    after = Budgets.read()
    for name, entry in after.entries.items():
        if entry.get("now") != before.entries[name].get("now"):
            print(f"bench: {name}: {before.entries[name]['now']:,} before, {entry['now']:,} now")
    if after.entries == before.entries:
        print("bench: nothing to declare: every number is what bench/budgets.yaml says")


def declared(text, counted, made_with):
    """@text, that of budgets.yaml, with @counted as what the numbers are now, made with @made_with; nothing else changes."""
    for name, value in counted.items():
        text = re.sub(rf"(?m)^({name}:\n  {{.*?\bnow: )[^,}}]+", rf"\g<1>{value}", text)
    return re.sub(r"(?m)^(counted-with: ).*$", rf"\g<1>{made_with}", text)


if __name__ == "__main__":
    main()
