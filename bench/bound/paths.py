# SPDX-License-Identifier: Apache-2.0
"""The longest path of each class of bench/exit_classes.yaml."""

from collections import Counter
from pathlib import Path

from bench.bound.annotations import Annotations
from bench.bound.failure import BoundError
from bench.bound.limits import Limits
from bench.bound.longest import longest_of, longest_path
from bench.bound.reach import Reach
from bench.common.debug_info import sizes_of
from bench.common.disassembly import Disassembly
from bench.common.exit_classes import exit_classes
from bench.common.sizes import source_files

# The vectors of lower exception levels (Arm DDI 0487, D1.4.2).
FROM_GUESTS = range(0x400, 0x800, 0x80)
RUN = ["storm", "life", "moved", "many"]  # columns of limits.yaml: what the tests bring about
LARGER = ["size", "plan"]


class EnginePaths:
    """The paths through @engine (an ELF file), whose sources are below @root: those that the
    compiler says it has read for the objects in the folder beside it. What another port has instead
    of them counts for nothing."""

    def __init__(self, engine, root):
        self.code = Disassembly(engine)
        self._sources = source_files(Path(engine).with_suffix(""))
        self.annotations = Annotations(root, self._sources)
        self.annotations.read_all()
        self._reach = Reach(self.code, self.annotations, engine)
        self._root = root
        self._sizes = sizes_of(self.code.elf, engine)
        self._classes = [row for row in exit_classes()
                         if row["through"] in self.code.addresses or not row.get("inlined")]

    def bounds(self):
        """By class: {"bound": ..., "size": ..., "plan": ..., "path": [[function, instructions],
        ...]}: what is most in the columns of what the tests bring about, what there is in the
        others, and the functions on the first one's path."""
        self._reach.check_names()
        longest = {column: self._longest(Limits(self._root, self._sources, column, self._sizes))
                   for column in RUN + LARGER}
        unused = self.annotations.unused()
        if unused:
            raise BoundError(*unused)
        found = {}
        for name in longest[RUN[0]]:
            path = longest_of(longest[column][name] for column in RUN)
            larger = {column: longest[column][name].cost for column in LARGER}
            found[name] = {"bound": path.cost} | larger | {"path": self._functions(path)}
        return found

    def _longest(self, limits):
        """Class to its longest ExecutionPath."""
        entries = [self._entry(row["through"]) for row in self._classes]
        beginnings = [entry for row, entry in zip(self._classes, entries) if row.get("begins")]
        vectors = [self._entry("vectors") + offset for offset in FROM_GUESTS]
        found = {}
        for number, (row, entry) in enumerate(zip(self._classes, entries)):
            if row.get("begins"):
                # Not from there on alone: what has called it goes on.
                others = [other for other in beginnings if other != entry]
                paths = [longest_path(self._reach, limits, [start], through=entry, since=True,
                                      ending=beginnings if start == entry else others)
                         for start in beginnings]
                path = longest_of(path for path in paths if path)
            else:
                later = [other for other in entries[number + 1:] if other not in beginnings]
                path = longest_path(self._reach, limits, vectors, through=entry, ending=beginnings,
                                    without=later)
            if path is None:
                raise BoundError("bench/exit_classes.yaml: no path through the hypervisor is of "
                                 f'class "{row["class"]}"')
            found[row["class"]] = path
        return found

    def _entry(self, name):
        if name not in self.code.addresses:
            raise BoundError(f'bench/exit_classes.yaml: "{name}" is no symbol of the engine')
        return self.code.addresses[name]

    def _functions(self, path):
        """The functions of @path in the order in which it first comes to them, with the
        instructions spent in each."""
        spent = Counter()
        for address, count in path.executed().items():
            spent[self._reach.lines.name(address)] += count
        return [[name, count] for name, count in spent.items()]
