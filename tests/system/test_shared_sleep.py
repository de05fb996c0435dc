# SPDX-License-Identifier: Apache-2.0
"""Sleep on a shared core: while nobody may run, the hypervisor sleeps, whatever is pending for those who may not; and who sleeps,
however long, costs others nothing."""

import subprocess

import pytest

from bench.counts.machine import Machine
from system_run import DETERMINISTIC, ROOT, SYSTEMS, Machine as System, nagaya

# A path through the hypervisor takes a thousand instructions; polling for a gap of 8 ms would take
# millions of them.
PER_EXIT = 2000


@pytest.mark.one_board("what is measured is measured on qemu-virt")
def test_the_hypervisor_sleeps_while_the_only_guest_with_an_interrupt_has_no_slot(tmp_path):
    subprocess.run(["make", "-s", "build/bench/el2count.so"], cwd=ROOT, check=True)
    image = tmp_path / "image.elf"
    composed = nagaya("compose", SYSTEMS / "shared-gaps.yaml", "-o", image)
    assert composed.returncode == 0, composed.stderr
    console, counts = Machine(ROOT / "build", tmp_path).count("gaps", image)
    assert "periodic: 60 periods" in console
    exits = sum(entry["exits"] for section in counts.cpus[0]["sections"] for entry in section["entries"])
    assert counts.cpus[0]["executed"] - counts.boot() < PER_EXIT * exits


def test_who_sleeps_until_the_end_of_time_costs_a_neighbour_nothing():
    """The counter runs at 1 GHz, so the times are at the end of what 64 bits can tell; the neighbour wakes up after 300 s."""
    with System("far-sleeper.yaml", *DETERMINISTIC) as machine:
        machine.wait_for("neighbour", "^neighbour: ")
    assert machine.said("neighbour") == ["neighbour: 0 exits"]
    for name in ("delay", "virtual", "physical"):
        assert "far-sleeper: awake" not in machine.said(name)
        assert sum(machine.summary()[name]["vcpus"][0].values()) < 30
