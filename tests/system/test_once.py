# SPDX-License-Identifier: Apache-2.0
"""An SPI with virtual interrupts comes as often as it was raised, whoever deactivates it meanwhile (tests/system/guests/twice.c).

What EL2 has taken for a guest is active in the hardware; if somebody ends that, the interrupt can be taken once more, while it stands in
a list register. Two list registers with one INTID are what the architecture forbids, and the guest would take it for each.
"""

import re

import pytest

from list_registers import ListRegisters
from system_run import DETERMINISTIC_SLOW, Machine

pytestmark = pytest.mark.gicv3("QEMU's trace of a GICv3's list registers is read")

# What was raised before EL2 took it is one, and what was raised after that one more. A direct VM's deactivation lets EL2 take one more of
# an interrupt that the guest has begun.
MOST = 2
MOST_BEGUN_BY_NEIGHBOUR = 3

LINE = re.compile(r"twice: (.*): rounds=(\d+) most=(\d+) exits=(\d+)$")
SIBLINGS = [f"{way}{begun}" for begun in ("", ", begun") for way in ("not deactivated", "ICACTIVER", "ISACTIVER ICACTIVER")]
NEIGHBOURS = ["DIR of a direct VM", "DIR of a direct VM, begun"]


def run(system, options, end, folder):
    """Runs @system until it says @end; (what it has said, what was in its list registers)."""
    lists = ListRegisters(folder)
    with lists, Machine(f"{system}.yaml", *options, *lists.options, "--end-when", end) as machine:
        machine.wait_for_end()
    assert lists.written > 100, machine.tail()
    return machine.said(end.partition("=")[0]), lists


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    return run("twice", DETERMINISTIC_SLOW, "twice=twice: done", tmp_path_factory.mktemp("twice"))


@pytest.fixture(scope="module")
def ways(twice):
    """What deactivates it: (interrupts taken, exits of the receiver before), in the worst round."""
    found = [LINE.match(line) for line in twice[0]]
    told = {match[1]: (int(match[3]), int(match[4])) for match in found if match}
    assert sorted(told) == sorted(SIBLINGS + NEIGHBOURS), twice[0]
    return told


@pytest.mark.xdist_group("once")
@pytest.mark.parametrize("way", SIBLINGS + NEIGHBOURS)
def test_an_interrupt_is_taken_once_for_what_was_raised(ways, way):
    taken, _ = ways[way]
    assert 1 <= taken <= (MOST_BEGUN_BY_NEIGHBOUR if way == NEIGHBOURS[1] else MOST)


@pytest.mark.xdist_group("once")
@pytest.mark.parametrize("way", SIBLINGS)
def test_a_siblings_deactivation_costs_no_exit(ways, way):
    _, exits = ways[way]
    assert exits <= 1


@pytest.mark.xdist_group("once")
@pytest.mark.parametrize("way", NEIGHBOURS)
def test_a_neighbours_deactivation_costs_one_more_exit_an_interrupt(ways, way):
    _, exits = ways[way]
    assert exits <= 2


@pytest.mark.xdist_group("once")
def test_no_interrupt_is_in_two_list_registers_whoever_deactivates_it(twice):
    assert not twice[1].doubled


@pytest.mark.parametrize("system", ["virtual-vgic-virtual", "shared-vgic"])
def test_no_interrupt_is_in_two_list_registers_whatever_a_guest_does_with_its_own(system, tmp_path):
    assert not run(system, [], "vgic=vgic done", tmp_path)[1].doubled


def lines(*events):
    return [f"gicv3_{event} GICv3 {register} write cpu 0x1 value {value:#x}\n" for event, register, value in events]


FIRST = ("ich_lr_write", "ICH_LR0_EL2", 1 << 62 | 34)
SECOND = ("ich_lr_write", "ICH_LR1_EL2", 1 << 62 | 34)
TAKEN = ("icv_iar_read", "ICV_IAR1", 34)
ENDED = ("icv_eoir_write", "ICV_EOIR1", 34)


@pytest.mark.parametrize("events, doubled", [
    ([FIRST, SECOND], 1), ([FIRST, FIRST], 0), ([FIRST, TAKEN, SECOND], 1), ([FIRST, TAKEN, ENDED, SECOND], 0),
    ([("icv_ctlr_write", "ICV_CTLR", 2), FIRST, TAKEN, ENDED, SECOND], 1),
    ([("icv_ctlr_write", "ICV_CTLR", 2), FIRST, TAKEN, ENDED, ("icv_dir_write", "ICV_DIR", 34), SECOND], 0),
    ([FIRST, ("ich_lr_write", "ICH_LR0_EL2", 0), SECOND], 0)])
def test_what_is_in_list_registers_is_known(events, doubled, tmp_path):
    lists = ListRegisters(tmp_path)
    lists.take(lines(*events))
    assert len(lists.doubled) == doubled
