# SPDX-License-Identifier: Apache-2.0
"""
What its neighbours cost a hard VM: nothing, counted in the hypervisor's instructions on the victim's own core.

Times say nothing here: under TCG they are the emulator's, and with icount all cores share one clock and run in turns, so
what one core does shows in another's latency whatever the hypervisor does. What the hypervisor could add to the victim's
latency is code that it runs on the victim's core; so that is counted, by the plugin of bench/, with and without
neighbours. The victim asks for its number of exits now and then: these calls are all that may be there.
"""

import json
import re
import subprocess

import pytest

from bare_qemu import BareQemu, Facts
from damaged_image import Image
from system_run import ROOT, SYSTEMS, nagaya
from victim import STATUS, work_after

PLUGIN = ROOT / "build" / "bench" / "el2count.so"
VICTIM_CPU = 3
LOOP = 1  # the section that the victim names
REPORTS = 8
PATIENCE = 400

pytestmark = pytest.mark.xdist_group("neighbours-cost")


class Loop:
    """The victim's loop in one system: what was executed at EL2 on its core during it. It lasts until the guest on the first
    console has said @until, if that is given, and the victim has reported some times."""

    def __init__(self, system, folder, until=""):
        image = folder / "image.elf"
        output = folder / "counts.json"
        result = nagaya("compose", SYSTEMS / system, "-o", image)
        assert result.returncode == 0, result.stderr
        facts = Facts(Image(image))
        plugin = f"{PLUGIN},text={facts.text[0]:#x}:{facts.text[1]:#x},out={output}"
        with BareQemu(image, facts, folder, "-plugin", plugin) as qemu:
            qemu.wait_until(lambda: until in qemu.console(0) and len(STATUS.findall(qemu.console(1))) >= REPORTS, PATIENCE)
            qemu.end()
            self.said = qemu.console(0)
            self.console = qemu.console(1)
        counts = json.loads(output.read_text(encoding="ascii"))
        section = next(section for section in counts[VICTIM_CPU]["sections"] if section["section"] == LOOP)
        self.entries = section["entries"]
        self.others = sum(cpu["executed"] for number, cpu in enumerate(counts) if number != VICTIM_CPU)


@pytest.fixture(scope="module")
def loops(tmp_path_factory):
    subprocess.run(["make", "-s", "build/bench/el2count.so"], cwd=ROOT, check=True)
    return [Loop(system, tmp_path_factory.mktemp("loop")) for system in ("victim-alone.yaml", "victim-beside.yaml")]


def test_the_neighbours_keep_the_hypervisor_busy(loops):
    alone, beside = loops
    assert beside.others > 100 * alone.others


def assert_only_its_own_calls(loop):
    call, = loop.entries
    asked = len(STATUS.findall(loop.console))
    assert call["address"] % 0x800 == 0x400  # the vector for a lower level's synchronous exceptions
    assert asked <= call["exits"] <= asked + 1  # one may be over whose report is not


def assert_its_results_are_right(loop):
    value = done = 0
    for cycles, work, memory, exits in STATUS.findall(loop.console):
        value, done = work_after(int(cycles) - done, value), int(cycles)
        assert int(work, 16) == value
        assert (memory, exits) == ("sound", "0")
    assert not re.search("exception|CHANGED", loop.console)


def test_nothing_but_its_own_calls_runs_at_el2_on_the_victims_core(loops):
    for loop in loops:
        assert_only_its_own_calls(loop)


def test_its_calls_cost_the_victim_the_same_with_and_without_neighbours(loops):
    assert len({(loop.entries[0]["min"], loop.entries[0]["max"]) for loop in loops}) == 1


def test_its_results_are_the_same_with_and_without_neighbours(loops):
    for loop in loops:
        assert_its_results_are_right(loop)
