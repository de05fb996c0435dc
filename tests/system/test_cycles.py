# SPDX-License-Identifier: Apache-2.0
"""A thousand restarts, stops and image loads of a VM that spins, sleeps or floods the hypervisor, beside a storm: each time it is
seen working with the image that was loaded last, and its neighbours notice nothing (guests/cycler.c, peer.c).

A neighbour with a core of its own: nothing is executed at EL2 there but its own calls, which cost what they cost alone
(test_neighbours_cost.py says why that is counted). A neighbour on the same core: the time of its wake-ups, counted in instructions.
"""

import re
import subprocess

import pytest

from system_run import DETERMINISTIC, ROOT, SYSTEMS, run
from test_neighbours_cost import Loop, assert_its_results_are_right, assert_only_its_own_calls
from test_shared_policies import result

CYCLES = 1000
# The longest path in one piece of a restart, at 1 ns an instruction: a decision in which a vCPU is
# reset. In this very run bench/exits/ counts 1,889 at most; the reset alone is below 950
# (docs/measuring.md, "The longest exits").
PIECE_NS = 1890
# An interrupt of another VM on its core, taken while it works: the plan lets each have one a millisecond.
INTERRUPT_NS = 250
ALL = f"cycler: restarts={CYCLES} stops={CYCLES} loads={CYCLES} failures=0"
QUIET_PERIODS = 300


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """The victim's loop while a hard VM is cycled, and alone."""
    subprocess.run(["make", "-s", "build/bench/el2count.so"], cwd=ROOT, check=True)
    return (Loop("cycles-hard.yaml", tmp_path_factory.mktemp("loop"), until="cycler: done"),
            Loop("victim-alone.yaml", tmp_path_factory.mktemp("loop")))


@pytest.mark.xdist_group("cycles-hard")
def test_a_hard_vm_works_after_each_restart_stop_and_load(hard):
    assert ALL in hard[0].said.splitlines(), hard[0].said


@pytest.mark.xdist_group("cycles-hard")
def test_nothing_of_it_runs_on_another_vms_core(hard):
    cycled, alone = hard
    assert_only_its_own_calls(cycled)
    assert [cycled.entries[0][key] for key in ("min", "max")] == [alone.entries[0][key] for key in ("min", "max")]
    assert cycled.others > 100 * alone.others


@pytest.mark.xdist_group("cycles-hard")
def test_a_neighbour_on_another_core_computes_the_same(hard):
    assert_its_results_are_right(hard[0])


@pytest.fixture(scope="module")
def soft():
    return run("cycles-soft.yaml", *DETERMINISTIC, "--end-when", "fast=worst response", "--end-when", "cycler=cycler: done")


@pytest.fixture(scope="module")
def soft_in_peace(tmp_path_factory):
    """The same, but the VM floods all the time and is never stopped."""
    system = (SYSTEMS / "cycles-soft.yaml").read_text(encoding="utf-8")
    system = re.sub(r"(work=\S+ cycles)=\d+", rf"\1={QUIET_PERIODS}", system.replace(f"count={CYCLES}", "count=0"))
    path = tmp_path_factory.mktemp("system") / "cycles-none.yaml"
    path.write_text(system, encoding="utf-8")
    return run(path, *DETERMINISTIC, "--end-when", "fast=worst response")


@pytest.mark.xdist_group("cycles-soft")
def test_a_soft_vm_works_after_each_restart_stop_and_load(soft):
    assert ALL in soft.said("cycler"), soft.tail()
    assert soft.summary()["soft"]["restarts"] == 2 * CYCLES + 1


@pytest.mark.xdist_group("cycles-soft")
def test_a_neighbour_on_its_core_wakes_up_as_soon_as_without_all_that(soft, soft_in_peace):
    """But for what happens to be at EL2 just then, in one piece, and for another VM's interrupt meanwhile."""
    periods, misses, wake, response = result(soft, "fast")
    _, _, quiet_wake, quiet_response = result(soft_in_peace, "fast")
    assert periods >= CYCLES and misses == 0
    assert wake - quiet_wake <= PIECE_NS
    assert response - quiet_response <= PIECE_NS + INTERRUPT_NS


@pytest.mark.xdist_group("cycles-soft")
def test_it_was_looked_at_for_all_of_that_time(soft):
    end = soft.wait_for("cycler", "cycler: done")
    assert soft.wait_for("fast", "worst response") > end
