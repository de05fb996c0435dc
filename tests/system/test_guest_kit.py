# SPDX-License-Identifier: Apache-2.0
"""What guests/kit promises to the programs on it, tried on plain QEMU: no hypervisor is needed to know it."""

import subprocess

import pytest

from system_run import ROOT

pytestmark = pytest.mark.one_board("plain QEMU is run, with each version of the GIC")

GUESTS = ROOT / "build" / "guests"
MAIN = "stack overflow in main(), or in what it calls: its stack has 32768 bytes"
OTHER = "stack overflow in the function that cpu 1 was started with, or in what it calls: its stack has 12288 bytes"
NONE = "no stack: the stack pointer points to what can't be written, or is no multiple of 16"
DATA_ABORT = "exception on cpu {}: data abort, translation fault at level 3, write to 0x"
UNDEFINED = "exception on cpu 0: undefined instruction"


def said(guest, arguments="", gic=3, cpus=2):
    """What a guest says until it is off."""
    done = subprocess.run(["qemu-system-aarch64", "-M", f"virt,gic-version={gic}", "-cpu", "cortex-a53", "-smp", str(cpus),
                           "-m", "256M", "-display", "none", "-monitor", "none", "-net", "none", "-serial", "stdio",
                           "-kernel", guest, "-append", arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def overflow_said(arguments, gic=3):
    return said(ROOT / "build" / "tests" / "system" / "overflow.elf", arguments, gic)


both_gics = pytest.mark.parametrize("gic", [2, 3])


@both_gics
@pytest.mark.parametrize("how, first, second", [
    pytest.param(0, MAIN, DATA_ABORT.format(0), id="a function that calls itself"),
    pytest.param(1, MAIN, DATA_ABORT.format(0), id="a variable larger than the stack"),
    pytest.param(2, OTHER, DATA_ABORT.format(1), id="on another CPU"),
    pytest.param(3, MAIN, DATA_ABORT.format(0), id="an interrupt handler"),
    pytest.param(4, NONE, UNDEFINED, id="a stack pointer that points nowhere"),
    pytest.param(5, NONE, UNDEFINED, id="a stack pointer that is not aligned"),
    pytest.param(6, MAIN, DATA_ABORT.format(0), id="with an exception handler that would go on"),
    pytest.param(7, MAIN, DATA_ABORT.format(0), id="an interrupt with little stack left"),
])
def test_a_guest_without_stack_says_so_once_with_place_and_cause(how, first, second, gic):
    lines = overflow_said(f"how={how}", gic)
    assert lines[0] == first
    assert lines[1].startswith(second)
    assert lines[2].startswith("  pc  ") and lines[3].startswith("  pc in the ELF file: 0x")
    assert len([line for line in lines if line.startswith(("stack overflow", "no stack", "exception"))]) == 2


def test_a_program_may_use_stacks_of_its_own():
    assert overflow_said("how=8") == ["overflow: went on"]


def test_arguments_are_decimal_or_hexadecimal_numbers():
    assert overflow_said("other=7 how=0xA7") == ["overflow: 0xa7"]


@both_gics
@pytest.mark.parametrize("cpus", [1, 2, 8])
def test_cores_start_each_other_and_send_interrupts(gic, cpus):
    lines = said(GUESTS / "smp.elf", gic=gic, cpus=cpus)
    assert lines[0] == f"smp: cores {cpus}"
    assert len([line for line in lines if line.endswith("1000 SGIs there and back, off and on 100 times")]) == cpus - 1
    assert lines[-1] == "smp: done"


@both_gics
def test_the_timer_interrupts_at_the_time_that_it_was_set_for(gic):
    start, end = said(GUESTS / "periodic.elf", "cycles=20", gic)
    assert start.startswith("periodic: start, 20 periods")
    assert end.startswith("periodic: 20 periods, ")
