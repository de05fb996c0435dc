# SPDX-License-Identifier: Apache-2.0
"""What guests/kit promises to the programs on it, tried on plain QEMU: no hypervisor is needed to know it."""

import subprocess

import pytest

from system_run import ROOT

GUESTS = ROOT / "build" / "tests" / "system"
MAIN = "stack overflow in main(), or in what it calls: its stack has 32768 bytes"
OTHER = "stack overflow in the function that cpu 1 was started with, or in what it calls: its stack has 12288 bytes"
NONE = "no stack: the stack pointer points to what can't be written, or is no multiple of 16"
DATA_ABORT = "exception on cpu {}: data abort, translation fault at level 3, write to 0x"
UNDEFINED = "exception on cpu 0: undefined instruction"


def said(guest, arguments=""):
    """What a guest says until it is off."""
    done = subprocess.run(["qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a53", "-smp", "2", "-m", "256M",
                           "-display", "none", "-monitor", "none", "-net", "none", "-serial", "stdio", "-kernel", GUESTS / guest, "-append",
                           arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


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
def test_a_guest_without_stack_says_so_once_with_place_and_cause(how, first, second):
    lines = said("overflow.elf", f"how={how}")
    assert lines[0] == first
    assert lines[1].startswith(second)
    assert lines[2].startswith("  pc  ") and lines[3].startswith("  pc in the ELF file: 0x")
    assert len([line for line in lines if line.startswith(("stack overflow", "no stack", "exception"))]) == 2


def test_a_program_may_use_stacks_of_its_own():
    assert said("overflow.elf", "how=8") == ["overflow: went on"]


def test_arguments_are_decimal_or_hexadecimal_numbers():
    assert said("overflow.elf", "other=7 how=0xA7") == ["overflow: 0xa7"]
