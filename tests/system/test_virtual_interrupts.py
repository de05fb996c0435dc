# SPDX-License-Identifier: Apache-2.0
"""What a guest may expect of its interrupts and of waiting: on the bare machine, and in every way that Nagaya gives them."""

import re
import subprocess

import pytest

import tried_board
from system_run import ROOT, Machine

WAYS = ["virtual-vgic-direct", "virtual-vgic-virtual", "shared-vgic"]
WAITING = ["virtual-waits-virtual", "shared-waits"]


def promises(lines):
    """The names of those that are kept, and whole lines for those that are not. What this controller has not is left out."""
    return [match[1] if (match := re.match(r"\S+ (\S+): ok$", line)) else line for line in lines
            if not line.endswith(": not on this controller")]


@pytest.fixture(scope="module")
def reference():
    """The promises as the bare machine keeps them."""
    command = ["qemu-system-aarch64", "-machine", f"virt,gic-version={tried_board.gic_version()}", "-cpu", "cortex-a53", "-smp", "2", "-m", "1G",
               "-nographic", "-net", "none", "-kernel", ROOT / "build" / "guests" / "vgic.elf"]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=150, check=False)
    lines = ended.stdout.splitlines()
    assert lines[-1] == "vgic done"
    return promises(lines[:-1])


def test_the_bare_machine_keeps_all_promises_about_interrupts(reference):
    assert len(reference) > 50
    assert not [line for line in reference if " " in line]


@pytest.mark.parametrize("way", WAYS)
def test_interrupts_are_as_on_the_bare_machine(reference, way):
    with Machine(f"{way}.yaml", "--end-when", "vgic=vgic done") as machine:
        machine.wait_for_end()
    found = promises(machine.said("vgic")[:-1])
    assert not [line for line in found if " " in line]
    assert set(found) >= set(reference)  # what the hypervisor has besides, it promises as well


@pytest.mark.parametrize("way", WAITING)
def test_waiting_ends_when_it_should(way):
    with Machine(f"{way}.yaml", "--end-when", "waits=waits done") as machine:
        machine.wait_for_end()
    kept = promises(machine.said("waits")[:-1])
    assert len(kept) == 10
    assert not [line for line in kept if " " in line]


def test_waiting_with_direct_interrupts_is_by_wfi():
    with Machine("virtual-waits-direct.yaml", "--end-when", "waits=waits done") as machine:
        machine.wait_for_end()
    ends = [line.rpartition(": ")[2] for line in machine.said("waits")[:-1]]
    assert ends == ["not offered"] * 8 + ["ok", "ok"]
