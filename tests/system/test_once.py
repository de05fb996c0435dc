# SPDX-License-Identifier: Apache-2.0
"""An SPI with virtual interrupts comes as often as it was raised, whoever deactivates it meanwhile (tests/system/guests/twice.c).

What EL2 has taken for a guest is active in the hardware; if somebody ends that, the interrupt can be taken once more, while it stands in
a list register. Two list registers with one INTID are what the architecture forbids, and the guest would take it for each.
"""

import re

import pytest

from system_run import DETERMINISTIC_SLOW, Machine

# What was raised before EL2 took it is one, and what was raised after that one more.
MOST = 2

LINE = re.compile(r"twice: (.*): rounds=(\d+) most=(\d+) exits=(\d+)$")
WAYS = ["not deactivated", "ICACTIVER", "ISACTIVER ICACTIVER", "DIR of a direct VM"]


@pytest.fixture(scope="module")
def ways():
    """What deactivates it: (interrupts taken, exits of the receiver before), in the worst round."""
    with Machine("twice.yaml", *DETERMINISTIC_SLOW, "--end-when", "twice=twice: done") as machine:
        machine.wait_for_end()
    found = [LINE.match(line) for line in machine.said("twice")]
    told = {match[1]: (int(match[3]), int(match[4])) for match in found if match}
    assert list(told) == WAYS, machine.tail()
    return told


@pytest.mark.xdist_group("once")
@pytest.mark.parametrize("way", WAYS)
def test_an_interrupt_that_waits_is_never_taken_twice(ways, way):
    taken, _ = ways[way]
    assert 1 <= taken <= MOST


@pytest.mark.xdist_group("once")
@pytest.mark.parametrize("way", WAYS[:3])
def test_a_siblings_deactivation_costs_no_exit(ways, way):
    _, exits = ways[way]
    assert exits <= 1


@pytest.mark.xdist_group("once")
def test_a_neighbours_deactivation_costs_one_more_exit_an_interrupt(ways):
    _, exits = ways["DIR of a direct VM"]
    assert exits <= 2
