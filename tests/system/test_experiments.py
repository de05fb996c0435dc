# SPDX-License-Identifier: Apache-2.0
"""The experiments (bench/experiments/) find what they say that they find: their guests, in shorter runs. Runs after
`make bench-counts`, which builds them."""

import subprocess
from pathlib import Path

import pytest

from bench.counts.machine import Machine
from bench.experiments.guest_series import read_series

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]
EVENTS = 300

# QEMU takes an interrupt at the end of a block of instructions; by the clock it is taken at once.
REST_OF_THE_BLOCK = 3


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A machine that keeps its runs apart from the benchmark's."""
    subprocess.run(["make", "-s", "build/bench/el2count.so"], cwd=ROOT, check=True)
    return Machine(ROOT / "build", tmp_path_factory.mktemp("runs"))


def compose(machine, guest, **more):
    """The image of a system with one VM that runs @guest on CPU 0."""
    vm = {"name": "guest", "cpus": [0], "memory": "16M", "image": f"bench/guests/{guest}.elf", "devices": ["serial0", "gpio"],
          "cmdline": f"events={EVENTS} ticks={EVENTS + 1}"} | more
    return machine.compose(f"test-{guest}-{more.get('realtime', 'virtual')}", {"board": "qemu-virt", "vms": [vm]})


@pytest.fixture(scope="module")
def bare(machine):
    """The interrupts' latencies without a hypervisor."""
    console = machine.bare("interrupts", machine.guest("interrupts.elf"), ["-append", f"events={EVENTS}"])
    return read_series("interrupts", console)[0]


def test_a_devices_interrupt_reaches_a_hard_vm_as_soon_as_the_bare_machine(machine, bare):
    console = machine.clock("direct", compose(machine, "interrupts", realtime="hard"), cpus=1)
    assert len(bare) == EVENTS
    assert read_series("interrupts", console)[0] == bare


def test_the_plugin_counts_the_latency_that_the_guest_reads_from_its_clock(machine):
    console, counts = machine.count("virtual", compose(machine, "interrupts", interrupts="virtual"), series=(0, 1))
    clock = read_series("interrupts", console)[0]
    assert [executed - REST_OF_THE_BLOCK for _, executed in counts.series(0)] == clock


def test_a_virtual_interrupt_is_as_much_later_as_the_hypervisor_executes(machine, bare):
    console, counts = machine.count("virtual", compose(machine, "interrupts", interrupts="virtual"), series=(0, 1))
    later = [late - early for late, early in zip(read_series("interrupts", console)[0], bare)]
    assert later == [hypervisor for hypervisor, _ in counts.series(0)]
    assert min(later) > 0


def test_a_hard_vm_sees_ticks_of_exactly_one_period(machine):
    console = machine.clock("ticks", compose(machine, "ticks", realtime="hard"), cpus=1)
    assert read_series("ticks", console)[0] == [1000000] * EVENTS


def test_a_run_that_does_not_say_what_is_awaited_fails(machine):
    image = compose(machine, "interrupts", realtime="hard")
    with pytest.raises(ValueError, match="QEMU ended without 'never said'"):
        machine.until("until", image, [(0, "interrupts: done"), (0, "never said")])


def test_a_run_in_which_the_guest_does_not_wait_for_the_load_fails(machine):
    image = compose(machine, "interrupts", realtime="hard")
    with pytest.raises(ValueError, match="'interrupts: done' came before 'load: running'"):
        machine.until("until", image, [(1, "load: running"), (0, "interrupts: done")])


def test_a_system_that_cannot_be_composed_is_told_with_the_reason(machine):
    with pytest.raises(ValueError, match="there is no CPU 9"):
        compose(machine, "interrupts", cpus=[9])


def test_a_series_is_read_in_order_and_with_its_repetitions():
    console = "x: ready\r\nx: count=5 frequency=125000000\r\nx: 7*2 9\r\nx: 8 7\r\nx: done\r\n"
    assert read_series("x", console) == ([7, 7, 9, 8, 7], 125000000)


def test_a_series_is_read_from_a_console_that_several_share():
    console = "(XEN) DOM1: x: count=3 frequency=1\n(XEN) DOM2: y: 5\n(XEN) DOM1: x: 7*3\n(XEN) DOM1: x: done\n"
    assert read_series("x", console)[0] == [7, 7, 7]


@pytest.mark.parametrize("console, wrong", [("x: count=3 frequency=1\nx: 7*3\n", "did not come to its end"),
                                            ("x: 7*3\nx: done\n", "did not come to its end"),
                                            ("x: count=4 frequency=1\nx: 7*3\nx: done\n", "3 values of 4")])
def test_a_series_that_is_not_all_there_is_an_error(console, wrong):
    with pytest.raises(ValueError, match=wrong):
        read_series("x", console)
