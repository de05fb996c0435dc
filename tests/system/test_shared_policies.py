# SPDX-License-Identifier: Apache-2.0
"""Under each policy: periodic guests beside a hog, a flood of interrupts and one that yields for ever.

The machine counts instructions instead of time (`-icount`, 1 ns each), so that what is seen is the same in every run.
"""

import json
import re

import pytest

from system_run import DETERMINISTIC, Machine, SYSTEMS, nagaya

POLICIES = ["fixed-priority", "edf", "round-robin", "timetable"]
PERIODIC = ["fast", "slow"]
RESULT = re.compile(r"periodic: (\d+) periods, (\d+) misses, worst wake-up (\d+) ns, worst response (\d+) ns")


@pytest.fixture(scope="module", params=[pytest.param(policy, marks=pytest.mark.xdist_group(f"shared-{policy}"))
                                        for policy in POLICIES])
def machine(request):
    ends = [argument for name in PERIODIC for argument in ("--end-when", f"{name}=worst response")]
    with Machine(f"shared-{request.param}.yaml", *DETERMINISTIC, *ends) as running:
        running.policy = request.param
        running.wait_for_end()
    return running


@pytest.fixture(scope="module")
def promised(machine, tmp_path_factory):
    """What `show` says of each VM of the shared CPU."""
    image = tmp_path_factory.mktemp("image") / "image"
    composed = nagaya("compose", SYSTEMS / f"shared-{machine.policy}.yaml", "-o", image)
    assert composed.returncode == 0, composed.stderr
    cpu = json.loads(nagaya("show", "--json", image).stdout)["cpus"][0]
    assert cpu["policy"] == machine.policy
    return {vcpu["vm"]: vcpu for vcpu in cpu["vcpus"]}


def result(machine, name):
    """(periods, misses, worst wake-up, worst response) of a periodic guest."""
    found = [match for match in map(RESULT.match, machine.said(name)) if match]
    assert len(found) == 1, machine.tail()
    return tuple(int(number) for number in found[0].groups())


@pytest.mark.parametrize("name", PERIODIC)
def test_a_periodic_guest_misses_nothing_whatever_its_neighbours_do(machine, name):
    periods, misses, _, _ = result(machine, name)
    assert periods >= 15
    assert misses == 0


@pytest.mark.parametrize("name", PERIODIC)
def test_a_periodic_guest_wakes_up_as_soon_as_the_analysis_says(machine, promised, name):
    assert result(machine, name)[2] <= promised[name]["wake_ns"]


@pytest.mark.parametrize("name", PERIODIC)
def test_a_periodic_guest_is_done_when_the_analysis_says(machine, promised, name):
    assert result(machine, name)[3] <= promised[name]["response_ns"]


def test_neighbours_without_a_promise_run_too(machine):
    for name in ("hog", "storm", "yielder"):
        assert sum(machine.summary()[name]["vcpus"][0].values()) > 50


def test_neighbours_do_nothing_that_the_log_must_tell(machine):
    assert not [line for line in machine.log() if not re.match(r"vm \S+: (started|off)$|cpu \d+: ready$", line)]
