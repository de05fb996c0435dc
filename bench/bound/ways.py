# SPDX-License-Identifier: Apache-2.0
"""The longest way of each class of bench/exit_classes.yaml."""

from collections import Counter
from pathlib import Path

from bench.bound.annotations import Annotations
from bench.bound.failure import BoundError
from bench.bound.limits import Limits
from bench.bound.longest import longest_way
from bench.bound.reach import Reach
from bench.common.debug_info import sizes_of
from bench.common.disassembly import Disassembly
from bench.common.exit_classes import exit_classes
from bench.common.sizes import source_files

FROM_GUESTS = range(0x400, 0x800, 0x80)  # the vectors of lower exception levels (Arm DDI 0487, D1.4.2)
RUN = ["storm", "life", "moved", "many"]  # columns of limits.yaml: what the tests bring about
LARGER = ["size", "plan"]


class Ways:
    """The ways through @engine (an ELF file), whose sources are below @root: those that the compiler says it has read for the objects
    in the folder beside it. What another port has instead of them counts for nothing."""

    def __init__(self, engine, root):
        self.code = Disassembly(engine)
        self._sources = source_files(Path(engine).with_suffix(""))
        self.annotations = Annotations(root, self._sources)
        self.annotations.read_all()
        self._reach = Reach(self.code, self.annotations, engine)
        self._root = root
        self._sizes = sizes_of(self.code.elf, engine)
        self._classes = exit_classes()

    def bounds(self):
        """By class: {"bound": ..., "size": ..., "plan": ..., "path": [[function, instructions], ...]}: what is most in the columns of
        what the tests bring about, what there is in the others, and the functions on the first one's way."""
        self._reach.check_names()
        longest = {column: self._longest(Limits(self._root, self._sources, column, self._sizes)) for column in RUN + LARGER}
        unused = self.annotations.unused()
        if unused:
            raise BoundError(*unused)
        found = {}
        for name in longest[RUN[0]]:
            way = max((longest[column][name] for column in RUN), key=lambda way: way.cost)
            found[name] = {"bound": way.cost} | {column: longest[column][name].cost for column in LARGER} | {"path": self._path(way)}
        return found

    def _longest(self, limits):
        """Class to its longest Way."""
        entries = [self._entry(row["through"]) for row in self._classes]
        beginnings = [entry for row, entry in zip(self._classes, entries) if row.get("begins")]
        vectors = [self._entry("vectors") + offset for offset in FROM_GUESTS]
        found = {}
        for number, (row, entry) in enumerate(zip(self._classes, entries)):
            if row.get("begins"):
                # Not from there on alone: what has called it goes on.
                ways = [longest_way(self._reach, limits, [start], through=entry, since=True,
                                    ending=[other for other in beginnings if start == entry or other != entry])
                        for start in beginnings]
                way = max((way for way in ways if way), key=lambda way: way.cost, default=None)
            else:
                way = longest_way(self._reach, limits, vectors, through=entry, ending=beginnings,
                                  without=[other for other in entries[number + 1:] if other not in beginnings])
            if way is None:
                raise BoundError(f'bench/exit_classes.yaml: no way through the hypervisor is of class "{row["class"]}"')
            found[row["class"]] = way
        return found

    def _entry(self, name):
        if name not in self.code.addresses:
            raise BoundError(f'bench/exit_classes.yaml: "{name}" is no symbol of the engine')
        return self.code.addresses[name]

    def _path(self, way):
        """The functions of @way in the order in which it first comes to them, with the instructions spent in each."""
        spent = Counter()
        for address, count in way.executed().items():
            spent[self._reach.lines.name(address)] += count
        return [[name, count] for name, count in spent.items()]
