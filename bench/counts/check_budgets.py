# SPDX-License-Identifier: Apache-2.0
"""python3 -m bench.counts.check_budgets BUILD: judges BUILD/bench/results.json by bench/budgets.yaml.

Exit status 1, and a line for each, if a number is over its budget, missing, or has become longer without being declared. What has
become shorter is told too. Numbers of another compiler than the declared ones' are judged by their budgets only.
"""

import sys
from pathlib import Path

from bench.common.budgets import Budgets
from bench.common.debug_info import compiler
from bench.counts import results


def main():
    build = Path(sys.argv[1])
    counted = results.last(build)
    budgets = Budgets.read()
    made_with = compiler(build / "hypervisor" / "arm64-gicv3.elf")
    wrong = [budgets.judge(name, counted) for name in budgets.names()]
    if made_with == budgets.counted_with:
        wrong += [budgets.regressed(name, counted) for name in budgets.names()]
        for better in filter(None, (budgets.improved(name, counted) for name in budgets.names())):
            print(f"bench: {better}")
    else:
        print(f"bench: built with {made_with}; what numbers were before is known for {budgets.counted_with} only, and not judged")
    wrong = list(filter(None, wrong))
    for message in wrong:
        print(f"bench: {message}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
