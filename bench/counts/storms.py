# SPDX-License-Identifier: Apache-2.0
"""Storms: what a VM costs a core on which it doesn't run (guests/storm-*.c), beyond what the plan's rates allow."""

import re
from collections import namedtuple

import yaml

from bench.common.expect import expect
from bench.counts.machine import LONG_RUN

# System to how many ns an instruction takes there, as a power of two. Rates are by time: where turns are what bounds, fewer instructions
# tell the same in less of the host's time; starts and ends of VMs take as many instructions as they take.
SYSTEMS = {"storms": 3, "storms-lives": 0}

UNITS = {"ns": 1, "us": 1000, "ms": 1000000, "s": 1000000000}
SECOND = UNITS["s"]

LINE = re.compile(r"storm: (.*); target (.*): ns=(\d+) exits=(\d+) felt=(\d+) asked=(\d+) answered=(\d+)")

# Kind of storm, state of the target, how long it was, exits of the victim by the hypervisor's counters and by what it has noticed
# itself, times that something was asked, interrupts that the target has taken.
Storm = namedtuple("Storm", "kind target ns exits felt asked answered")


def run_storms(machine, system):
    """Runs @system of SYSTEMS; all of its storms."""
    console = machine.clock(system, machine.system(system), cpus=4, shift=SYSTEMS[system], patience=LONG_RUN)
    expect("storm: done" in console, f"{system}: it did not come to its end: {console[-400:]}")
    return read_storms(console)


def read_storms(console):
    """What the watcher has told."""
    return [Storm(match[1], match[2], *map(int, match.groups()[2:])) for match in LINE.finditer(console)]


class Allowance:
    """What the plan allows the victim's core, by the system's file."""

    def __init__(self, system):
        plan = yaml.safe_load(system.read_text(encoding="utf-8"))
        vms = {vm["name"]: vm for vm in plan["vms"]}
        self.slice = _ns(next(core["slice"] for core in plan["cores"] if vms["victim"]["cpus"][0] in core["cpus"]))
        self.intervals = [_ns(channel["doorbell-interval"]) for channel in plan["channels"] if "doorbell-interval" in channel]
        self.rates = [(rate["count"], _ns(rate["per"])) for rate in
                      (vms[name].get("interrupt-rate", {"count": 2, "per": "1ms"}) for name in ("attacker", "victim"))]

    def exits(self, storm):
        """The most that there may be in @storm (docs/scheduling.md): interrupts of the one VM that storms and of the victim, and the ends
        of the victim's turns."""
        sources = self.rates + ([(1, interval) for interval in self.intervals] if "interval" in storm.kind else [])
        return sum(count * (storm.ns // per + 1) for count, per in sources) + storm.ns // self.slice + 1

    def excess(self, storm):
        """Exits beyond that, a second."""
        # What the victim has noticed is the hypervisor's counter of its exits, but for the one that is under way.
        expect(storm.felt <= storm.exits + 1, f"the hypervisor's counters miss what the victim has noticed: {storm}")
        return max(0, storm.exits - self.exits(storm)) * SECOND / storm.ns


def _ns(text):
    number, unit = re.fullmatch(r"(\d+)(ns|us|ms|s)", text).groups()
    return int(number) * UNITS[unit]
