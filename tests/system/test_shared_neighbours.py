# SPDX-License-Identifier: Apache-2.0
"""VMs that restart, crash, go off, or are a whole Linux, on one core with guests that must not miss a period.

Where periods are looked at, the machine counts instructions instead of time: see test_shared_policies.py.
"""

import re
import shutil
import subprocess

import pytest

from system_run import DETERMINISTIC, Machine, ROOT, SYSTEMS, run
from test_shared_policies import result

RESTARTS = 1000
EXITS_OF_BUSY = 30


@pytest.fixture(scope="module")
def restarts():
    return run("shared-restarts.yaml", *DETERMINISTIC, "--end-when", "fast=worst response")


@pytest.mark.xdist_group("shared-restarts")
def test_a_periodic_guest_misses_nothing_while_neighbours_restart_a_thousand_times(restarts):
    assert restarts.summary()["reset"]["restarts"] >= RESTARTS
    assert restarts.summary()["crash"]["restarts"] >= RESTARTS
    assert result(restarts, "fast")[1] == 0


@pytest.mark.xdist_group("shared-restarts")
def test_a_vm_that_goes_off_on_a_shared_core_stays_off(restarts):
    assert restarts.summary()["off"]["state"] == "off"
    assert restarts.log("off") == ["vm off: started", "vm off: off"]


@pytest.fixture(scope="module")
def linux():
    """Linux, best effort, on the same core as two periodic guests: to its prompt, then hackbench and copies of memory."""
    return run("shared-linux.yaml", *DETERMINISTIC, "--type", "linux=load 3", "--end-when", "linux=load: done")


@pytest.mark.xdist_group("shared-linux")
def test_linux_works_on_what_others_leave_over_of_a_core(linux):
    assert "linux: ready" in linux.said("linux")
    assert "load: done" in linux.said("linux")
    assert not [line for line in linux.said("linux") if re.search("Oops|WARNING|BUG|rcu.*stall", line)]


@pytest.mark.xdist_group("shared-linux")
def test_a_periodic_guest_misses_nothing_while_linux_is_busy_on_its_core(linux):
    assert not [line for line in linux.said("fast") if "missed" in line], linux.tail()
    assert linux.summary()["fast"]["vcpus"][0]["WFI or WFE"] > 500  # periods


def test_linux_on_three_cores_one_of_them_shared_works_under_load():
    with Machine(ROOT / "systems" / "consolidation.yaml", "--type", "linux=load 1", "--end-when", "linux=load: done",
                 "--end-when", "servo=control-loop: done") as machine:
        machine.wait_for_end()
    said = machine.said("linux")
    assert [line for line in said if "with 3 CPUs" in line], machine.tail()
    assert "load: done" in said
    assert not [line for line in said if re.search("Oops|WARNING|BUG|rcu.*stall", line)]
    assert not [line for line in machine.log() if "not granted" in line]
    assert "control-loop: exits of this vCPU during the loop: 0" in machine.said("servo")


@pytest.mark.one_board("one engine is built, that of qemu-virt")
def test_a_policy_of_ones_own_is_one_file(tmp_path):
    """In a copy of the sources: tests/unit/sched/strict_order.c becomes hypervisor/sched/strict_order.c, and that is all."""
    for folder in ("abi", "hypervisor", "bench"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "Makefile").write_text("BUILD := build\nCROSS := aarch64-linux-gnu-\nNO_PATHS := -ffile-prefix-map=$(CURDIR)=.\nall:\ninclude hypervisor/build.mk\n",
                                       encoding="utf-8")
    policy = (ROOT / "tests" / "unit" / "sched" / "strict_order.c").read_text(encoding="utf-8")
    (tmp_path / "hypervisor" / "sched" / "strict_order.c").write_text(policy.replace("../../../hypervisor/sched/", ""),
                                                                      encoding="utf-8")
    made = subprocess.run(["make", "-s", "build/hypervisor/arm64-gicv3.elf", "build/hypervisor/bounds.json"], cwd=tmp_path, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, check=False)
    assert made.returncode == 0, made.stderr
    for folder in ("boards", "guests"):
        (tmp_path / "build" / folder).symlink_to(ROOT / "build" / folder)
    with Machine("shared-own-policy.yaml", *DETERMINISTIC, "--data", tmp_path / "build", "--end-when",
                 "first=worst response") as machine:
        machine.wait_for_end()
    assert result(machine, "first")[1] == 0
    assert machine.summary()["second"]["state"] == "running"
    assert not machine.said("third")  # the second never waits, so it never runs


@pytest.mark.parametrize("target", [1, 2], ids=["off", "waits for a word"])
def test_sgis_to_a_vcpu_that_does_not_listen_cost_its_neighbour_nothing(target, tmp_path):
    system = tmp_path / "system.yaml"
    system.write_text((SYSTEMS / "shared-sgi-flood.yaml").read_text(encoding="utf-8").replace("flood=1", f"flood={target}"),
                      encoding="utf-8")
    with Machine(system, *DETERMINISTIC) as machine:
        start = machine.wait_for("flood", "^flood: begins$")
        for _ in range(3):
            start = machine.wait_for("busy", "^busy: ", start) + 1
    # The timer that ends a wait, and what was sent until then: once each second. Else its budget and its neighbour's turns.
    # Of its start, the first second has more.
    exits = sum(machine.summary()["busy"]["vcpus"][0].values())
    assert exits <= EXITS_OF_BUSY * (len(machine.said("busy")) + 2), exits


def test_a_core_that_goes_off_with_its_timer_armed_costs_nobody_a_timer():
    with Machine("off-armed.yaml") as machine:
        machine.wait_for("ticker", "^ticker", machine.wait_for("off-armed", "^off-armed: done$"))
        machine.wait_for("ticker", "^ticker", machine.now())
    assert machine.said("off-armed") == ["off-armed: ticks"] * 3 + ["off-armed: done"]
    assert machine.says_only("ticker", "ticker: ticks")
