# SPDX-License-Identifier: Apache-2.0
"""All that runs have counted of paths through the hypervisor, put together: what
BUILD/bench/exits.json has."""

import re
from bisect import bisect_right
from pathlib import Path

from bench.common.debug_info import Lines
from bench.common.elf import Elf
from bench.common.exit_classes import exit_classes
from bench.exits.plugin import folder_of, read

SLOTS = range(0x400, 0x800, 0x80)  # of lower exception levels (Arm DDI 0487, D1.4.2)
NO_FUNCTION = re.compile(r"text_start$|\$[xd](\.|$)")  # the compiler's marks


class Seen:
    """What was counted below @build.

    runs     how many were counted, and foreign how many had other code where the hypervisor's
             should be
    others   paths of no class: how many, by where they were seen
    classes  by name: a dict of count, min, mean, max, of the longest one where it was seen, path
             and symbols; None if there was no path

    path is [[function, instructions], ...], functions as Lines names them, in the order in which
    the path first came to each; symbols is the same by the symbol that they are in. Both are empty
    if the plugin could not keep them.
    """

    def __init__(self, build):
        self.runs = self.foreign = 0
        self.others = {}
        self._elf = Path(build) / "hypervisor" / "arm64-gicv3.elf"
        elf = Elf(self._elf)
        symbols = elf.symbols()
        self._text = symbols["text_start"]
        # What is in the slots of the vectors, but for the paths that use the room there, is not
        # told by symbols.
        slots = [(symbols["vectors"] + slot, "vectors") for slot in SLOTS]
        functions = [(value, name) for name, value in symbols.items()
                     if self._text <= value < symbols["text_end"] and not NO_FUNCTION.match(name)]
        self._symbols = sorted(slots + functions)
        merged = {}
        for file in sorted(folder_of(build).glob("*.paths")):
            self._add(file, merged)
        self.classes = {each["class"]: self._described(merged.get(number))
                        for number, each in enumerate(exit_classes())}

    def _add(self, file, merged):
        """Adds the run in @file to @merged: by number of the class (count, sum, min, max, pieces,
        where)."""
        run = read(file)
        where = where_of(file.with_suffix("").read_text(encoding="utf-8", errors="replace"))
        if run is None:
            return
        if run.foreign:
            self.foreign += 1
            return
        self.runs += 1
        if run.others:
            self.others[where] = self.others.get(where, 0) + run.others
        for classes in run.cpus:
            for number, paths in enumerate(classes):
                if paths.count:
                    merged[number] = _joined(merged.get(number), (*paths, where))

    def _described(self, paths):
        if paths is None:
            return None
        count, total, least, most, pieces, where = paths
        executed = [self._text + offset + 4 * number
                    for offset, instructions in pieces or [] for number in range(instructions)]
        lines = Lines(self._elf, sorted(set(executed)))
        return {"count": count, "min": least, "mean": round(total / count, 1), "max": most,
                "where": where,
                "path": _sums(lines.name(address) for address in executed),
                "symbols": _sums(self._symbol(address) for address in executed)}

    def _symbol(self, address):
        return self._symbols[bisect_right(self._symbols, (address, "\x7f")) - 1][1].split(".")[0]


def _joined(first, second):
    """Both together; the longest one is the longer one, the first one's if they are the same."""
    if first is None:
        return second
    longest = max(first, second, key=lambda paths: paths[3])
    return (first[0] + second[0], first[1] + second[1], min(first[2], second[2]), *longest[3:])


def _sums(names):
    """[[name, how often it comes], ...], in the order in which each comes first."""
    sums = {}
    for name in names:
        sums[name] = sums.get(name, 0) + 1
    return [[name, times] for name, times in sums.items()]


def where_of(description):
    """What a run was for, from what bench/counting/ has kept: the name of the test, or of the
    system."""
    test, *command = description.splitlines()
    if test:
        return re.sub(r"^[^:]*/| \(\w+\)$", "", test)
    return f"bench {Path(command[command.index('-kernel') + 1]).stem}"
