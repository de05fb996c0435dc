# SPDX-License-Identifier: Apache-2.0
"""What the victim (guests/victim.c) reports, compared with what it would do alone."""

import re

STATUS = re.compile(r"victim: cycles (\d+) work 0x([0-9a-f]+) memory (\S+) exits (\d+)")
MASK = (1 << 64) - 1


def work_after(cycles, value=0):
    """What the victim's result must be after so many steps from @value: that of guests/victim.c."""
    for _ in range(cycles):
        value = (value * 6364136223846793005 + 1442695040888963407) & MASK
    return value


def statuses(machine):
    """(line, cycles, work, memory, exits) of each report."""
    found = []
    for number, (name, line) in enumerate(machine.lines):
        status = STATUS.match(line) if name == "victim" else None
        if status:
            found.append((number, int(status[1]), int(status[2], 16), status[3], int(status[4])))
    return found


def assert_undisturbed(machine, after=0):
    """The victim has worked on beyond line @after, its results and memory are right, its loop took no exit."""
    reports = statuses(machine)
    assert [report for report in reports if report[0] > after], machine.tail()
    for _, cycles, work, memory, exits in reports:
        assert work == work_after(cycles)
        assert memory == "sound"
        assert exits == 0
    assert machine.summary()["victim"]["restarts"] == 0
    assert machine.summary()["victim"]["state"] == "running"
    assert not [line for line in machine.log("victim") if "started" not in line]


def wait_for_victim(machine, start=None, reports=2):
    """Waits until the victim has reported twice from now on."""
    line = machine.now() if start is None else start
    for _ in range(reports):
        line = machine.wait_for("victim", "victim: cycles", line) + 1
    return line
