# SPDX-License-Identifier: Apache-2.0
"""
What is so on a board with a GICv2 only: which interrupts cost an exit, SGIs that say who sent them, and what an attacker tries there.
All else is tried there by `pytest --board qemu-virt-gicv2`.
"""

import re

import pytest

import tried_board
from system_run import SYSTEMS, Machine, run

BOARD = "qemu-virt-gicv2"
EVENTS = 100  # of each kind (guests/delivery.c)
SENDERS = ["two-senders", "other-sender-while-active", "pended-for-senders", "sgi-filters", "targets-of-own", "target-nobody"]
WAYS = ["virtual-vgic-direct", "virtual-vgic-virtual", "shared-vgic"]


def on_gicv2(name):
    """A system of tests/system/systems, on that board."""
    return tried_board.system_file(SYSTEMS / f"{name}.yaml", BOARD)


def run_until(system, vm, end):
    with Machine(system, "--end-when", f"{vm}={end}") as machine:
        machine.wait_for_end()
    return machine.said(vm)


@pytest.fixture(scope="module")
def delivery():
    """What came, and the exits of (the first core, the second one) meanwhile."""
    found = {}
    for line in run_until(SYSTEMS / "gicv2-delivery.yaml", "guest", "delivery: done"):
        if told := re.match(r"delivery: (.*): (\d+) came, exits (\d+) here, (\d+) there", line):
            found[told[1]] = int(told[2]), (int(told[3]), int(told[4]))
    return found


@pytest.mark.xdist_group("gicv2-delivery")
@pytest.mark.parametrize("what", ["timer", "device", "message"])
def test_a_direct_interrupt_costs_no_exit(delivery, what):
    assert delivery[what] == (EVENTS, (0, 0))


@pytest.mark.xdist_group("gicv2-delivery")
@pytest.mark.parametrize("what", ["SGI to itself", "SGI to the other core"])
def test_an_sgi_costs_its_sender_an_exit_and_its_receiver_none(delivery, what):
    assert delivery[what] == (EVENTS, (EVENTS, 0))


@pytest.fixture(scope="module", params=[pytest.param(way, marks=pytest.mark.xdist_group(f"gicv2-{way}")) for way in WAYS])
def promises(request):
    return run_until(on_gicv2(request.param), "vgic", "vgic done")


@pytest.mark.parametrize("name", SENDERS)
def test_an_sgi_is_of_its_sender(promises, name):
    assert f"vgic {name}: ok" in promises


@pytest.fixture(scope="module")
def manager():
    return run(on_gicv2("manager"))


@pytest.mark.xdist_group("gicv2-manager")
@pytest.mark.parametrize("what", ["while it spins", "while it sleeps", "on two cores", "without its SGIs"])
def test_a_vm_with_direct_interrupts_ends_whatever_it_does_with_the_sgi_that_calls_its_core(manager, what):
    assert f"manager: hard stops and restarts {what}: ok" in manager.said("manager")


@pytest.fixture(scope="module")
def attacks():
    with Machine(on_gicv2("attacker")) as machine:
        machine.wait_for("hypervisor", "^vm attacker: off$")
    return machine.said("attacker")


def ended(attacks, name):
    """How attack @name ended on each core."""
    return [line.partition(": ")[2] for line in attacks if re.match(rf"attack {name}\.\d: ", line)]


@pytest.mark.xdist_group("gicv2-attacks")
def test_the_attack_comes_to_its_end_without_a_breach(attacks):
    assert re.fullmatch(r"attacker: \d+ attacks, 0 breaches", attacks[-1])


@pytest.mark.xdist_group("gicv2-attacks")
@pytest.mark.parametrize("name, end", [
    ("sgi-to-others", "sent, 0 refused"),
    ("sgi-senders", r"survived, 128 steps, 0 refused"),
    ("spi-targets", r"refused, all \d+ answers as specified"),
    ("ends-of-foreign", r"survived, \d+ steps, 0 refused"),
    ("kick-taken-away", r"survived, enabled 0x80, priority 0x0"),
    ("cpu-interface-all-registers", r"survived, 2048 steps, \d+ refused"),
    ("odd-accesses-cpu-interface", r"survived, .*"),
    ("odd-accesses-deactivation", r"survived, .*"),
    ("foreign-interfaces", r"abort at 0x\w+, all [1-9]\d* steps refused"),
])
def test_what_only_a_gicv2_has_helps_no_attacker(attacks, name, end):
    ends = ended(attacks, name)
    assert len(ends) == 2 and all(re.fullmatch(end, each) for each in ends), ends
