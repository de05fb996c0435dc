# SPDX-License-Identifier: Apache-2.0
"""The firmware's workarounds for speculation, with a firmware of our own that counts them (guests/firmware/firmware.S)."""

import re
from collections import namedtuple

import pytest

from own_firmware import console_of

pytestmark = pytest.mark.gicv3("the firmware that is run sets up a GICv3")

NEEDED, NOT_NEEDED, UNKNOWN = 0, 1, -1
CALLS = 20  # of each, by guests/workarounds.c

Run = namedtuple("Run", "console features returned exits counts last")


def run(folder, system, cpu, answers):
    said = console_of(folder, system, cpu, answers)
    told = dict(re.findall(r"workarounds: (\w+ \w+) ([-0-9 ]+)", said))
    counts = re.search(r"firmware: (\w+) of WORKAROUND_1, (\w+) of WORKAROUND_2, (\w+) of WORKAROUND_3, last argument (\w+)", said)
    assert counts, said
    numbers = [int(number, 16) for number in counts.groups()]
    return Run(said, {told["hvc features"], told["smc features"]}, {told["hvc calls"], told["smc calls"]},
               int(re.search(r"exits (\d+)", said)[1]), numbers[:3], numbers[3])


@pytest.mark.parametrize("cpu", ["cortex-a53", "cortex-a72", "cortex-a76"])
def test_a_guest_gets_the_workarounds_as_the_firmware_has_them(tmp_path, cpu):
    seen = run(tmp_path, "workarounds.yaml", cpu, (NOT_NEEDED, NEEDED, NOT_NEEDED))
    assert seen.features == {"1 0 1"}
    assert seen.returned == {"0 0 0"}
    # Its start counts as a reset, which switches the second one on; what the CPU doesn't need is not called.
    assert seen.counts == [0, CALLS + 1, 0]
    assert seen.last == 0


def test_a_guest_is_told_of_no_workaround_that_the_firmware_lacks(tmp_path):
    seen = run(tmp_path, "workarounds.yaml", "cortex-a72", (UNKNOWN, UNKNOWN, UNKNOWN))
    assert seen.features == {"-1 -1 -1"}
    assert seen.returned == {"-1 -1 -1"}
    assert seen.counts == [0, 0, 0]


@pytest.mark.parametrize("answers, place", [((NEEDED, UNKNOWN, UNKNOWN), 0), ((UNKNOWN, UNKNOWN, NEEDED), 2), ((NEEDED, UNKNOWN, NEEDED), 2)])
def test_each_exit_of_a_cpu_that_needs_it_begins_with_the_workaround(tmp_path, answers, place):
    seen = run(tmp_path, "workarounds.yaml", "cortex-a72", answers)
    forwarded = [CALLS if answer == NEEDED else 0 for answer in answers]
    forwarded[place] += seen.exits + 1  # the one more turns the VM off
    assert seen.counts == forwarded


def test_a_vm_on_a_shared_core_cannot_switch_a_workaround_off(tmp_path):
    seen = run(tmp_path, "workarounds-shared.yaml", "max", (NOT_NEEDED, NEEDED, NOT_NEEDED))
    assert seen.features == {"1 1 1"}
    assert seen.returned == {"0 0 0"}
    assert seen.counts == [0, 0, 0]
