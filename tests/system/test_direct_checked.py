# SPDX-License-Identifier: Apache-2.0
"""Direct interrupts that are checked: what a guest does with its own interface works as on the bare machine, its SGIs go to its own
vCPUs only, and what it deactivates is its own."""

import pytest

from system_run import DETERMINISTIC, SYSTEMS, run

OWN = ["to itself", "to the other core", "to both", "to all but itself", "to another cluster", "to another range", "the last one", "its mask",
       "its running priority", "the end in two steps",
       pytest.param("nothing of group 0", marks=pytest.mark.gicv3("a guest of a GICv2 knows of one group only"))]
AFFINITIES = {"virtual": "0 and 1", "physical": "3 and 1"}


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(f"checked-{name}")) for name in AFFINITIES])
def checked(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("system") / "checked.yaml"
    text = (SYSTEMS / "checked.yaml").read_text(encoding="utf-8").replace("affinity: virtual", f"affinity: {request.param}")
    path.write_text(text, encoding="utf-8")
    machine = run(path, "--end-when", "checked=checked: done", "--end-when", "direct=listener: done")
    machine.affinities = AFFINITIES[request.param]
    return machine


def test_it_knows_its_cores_as_its_configuration_says(checked):
    assert checked.said("checked")[0] == f"checked: cores {checked.affinities}"


@pytest.mark.parametrize("what", OWN)
def test_what_is_its_own_works(checked, what):
    assert f"checked: {what}: ok" in checked.said("checked")


def test_no_sgi_of_its_reaches_a_neighbour(checked):
    assert checked.said("direct") == ["listener: done, heard 0"]
    assert checked.summary()["virtual"]["vcpus"][0].get("IRQ", 0) == 0


def test_nothing_of_that_is_a_fault(checked):
    assert not [line for line in checked.log("checked") if "not granted" in line]


def test_its_steady_state_has_no_exit():
    """The demo's loop, on a CPU that it sees as 0: what exits is its start."""
    machine = run("checked-loop.yaml", *DETERMINISTIC, "--end-when", "loop=control-loop: done")
    assert "control-loop: exits of this vCPU during the loop: 0" in machine.said("loop")
