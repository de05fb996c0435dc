# SPDX-License-Identifier: Apache-2.0
"""python3 -m bench.counts.passage_functions BUILD SYSTEM: which functions the longest passages through the hypervisor are made of.

Runs BUILD/bench/systems/SYSTEM.elf deterministically, and prints how many instructions they spent in each function, and
what that is inlined in (docs/measuring.md).
"""

import sys
from collections import Counter
from pathlib import Path

from bench.common.debug_info import Lines
from bench.common.elf import Elf
from bench.counts.machine import Machine


def main():
    build, system = Path(sys.argv[1]), sys.argv[2]
    machine = Machine(build)
    hypervisor = build / "hypervisor" / "arm64-gicv3.elf"
    text = Elf(hypervisor).symbols()["text_start"]
    console, counts = machine.count(f"where-{system}", machine.system(system), trace=True)
    print(console, end="")
    for number, cpu in enumerate(counts.cpus):
        for section in cpu["sections"]:
            for last, passages in section["passages"].items():
                print(f"CPU {number}, from section {section['section']} to {last}: {passages['max']} instructions in the longest of "
                      f"{passages['count']}")
                _print(hypervisor, {text + offset: count for offset, count in passages.get("trace", [])})


def _print(hypervisor, executed):
    lines = Lines(hypervisor, executed)
    sums = Counter()
    for address, count in executed.items():
        sums[lines.name(address)] += count
    for name, count in sums.most_common():
        print(f"{count:7} {name}")


if __name__ == "__main__":
    main()
