# SPDX-License-Identifier: Apache-2.0
"""What the plugin counted in one run (bench/plugin/el2count.c)."""

import json
from collections import namedtuple
from pathlib import Path

Exits = namedtuple("Exits", "count instructions longest")
Share = namedtuple("Share", "hypervisor all exits")


class Counts:
    """The counts of all CPUs."""

    def __init__(self, path):
        self.cpus = json.loads(Path(path).read_text(encoding="utf-8"))

    def boot(self, cpu=0):
        """Instructions of the hypervisor before @cpu's first instruction of a guest."""
        return self.cpus[cpu]["first_run"]

    def exits(self, section):
        """The exits of @section, of all CPUs: how many, their instructions, the longest one's."""
        found = [s for cpu in self.cpus for s in cpu["sections"] if s["section"] == section]
        if not any(s["marks"] for s in found):
            raise ValueError(f"no guest has begun section {section}")
        if any(s["lost"] for s in found):
            raise ValueError(f"section {section}: more places of entry than the plugin has room for")
        entries = [entry for s in found for entry in s["entries"]]
        return Exits(sum(entry["exits"] for entry in entries),
                     sum(entry["instructions"] for entry in entries),
                     max((entry["max"] for entry in entries), default=0))

    def exits_at(self, section, vector):
        """The same as exits, of those only that came by the vector at @vector from the beginning of the vectors."""
        found = [entry for cpu in self.cpus for s in cpu["sections"] if s["section"] == section
                 for entry in s["entries"] if entry["address"] % 0x800 == vector]
        return Exits(sum(entry["exits"] for entry in found), sum(entry["instructions"] for entry in found),
                     max((entry["max"] for entry in found), default=0))

    def longest_passage(self, first, last):
        """Most instructions from an exit of section @first to a guest that puts section @last in force, however many exits
        that took."""
        return max(s["passages"][str(last)]["max"] for cpu in self.cpus for s in cpu["sections"]
                   if s["section"] == first and str(last) in s["passages"])

    def longest_call(self):
        """Most instructions of one call of the function that was watched."""
        if not any(cpu["calls"]["count"] for cpu in self.cpus):
            raise ValueError("the function that was watched was never called")
        return max(cpu["calls"]["max"] for cpu in self.cpus)

    def series(self, cpu):
        """Each step of the series that was asked for, as @cpu went it: a list of (executed at EL2, executed in all)."""
        return [tuple(step) for step in self.cpus[cpu]["series"]]

    def between(self, first, last, cpus):
        """What @cpus have executed between two moments: at EL2, and in all; and their exits."""
        moments = [self.cpus[cpu]["moments"] for cpu in cpus]
        hypervisor, guest, exits = (sum(moment[str(last)][key] - moment[str(first)][key] for moment in moments)
                                    for key in ("hypervisor", "guest", "exits"))
        return Share(hypervisor, hypervisor + guest, exits)
