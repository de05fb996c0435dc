# SPDX-License-Identifier: Apache-2.0
"""The log names what a VM tried: the trespasser (guests/trespasser.c) does each thing once, so that every line is kept."""

import re

import pytest

import tried_board
from system_run import Machine
from victim import assert_undisturbed, wait_for_victim

pytestmark = pytest.mark.xdist_group("trespasser")

READ = "0x25 as a read"  # data abort of the same exception level (ESR_EL1.EC), ESR_EL1.WnR
WRITE = "0x25 as a write"
FORM = "in this form, of a pair, with writeback or exclusive: use plain loads and stores"
FETCH_ABORT = "0x21"
UNDEFINED = "0x00"

# What else of the interrupt controller is emulated, and what of it is nobody's.
PRIVATE, CONTROLLER = ("redistributor", "its@8080000") if tried_board.gic_version() == 3 else ("deactivation", ".*")

NAMED = [
    ("read-memory", r"read of {address} \(ram\)", READ),
    ("write-memory", r"write to {address} \(ram\)", WRITE),
    ("fetch-memory", r"instruction fetch from {address} \(ram\)", FETCH_ABORT),
    ("read-unowned-device", r"read of {address} \(gpio\)", READ),
    ("write-unowned-device", r"write to {address} \(gpio\)", WRITE),
    ("write-foreign-device", r"write to {address} \(serial1\)", WRITE),
    ("write-interrupt-controller", rf"write to {{address}} \({CONTROLLER}\)", WRITE),
    ("read-nothing", r"read of {address} \(nothing there\)", READ),
    ("byte-of-distributor", r"read of {address} \(.*\)", READ),
    (f"byte-of-{PRIVATE}", r"read of {address} \(.*\)", READ),
    ("write-distributor-and-move", r"access to {address} \(.*\)", WRITE),
    (f"read-pair-of-{PRIVATE}", r"access to {address} \(.*\)", READ),
    ("read-pair-of-nothing", r"read of {address} \(nothing there\)", READ),
    ("register", r"system register S3_0_C1_C0_1 \(write\)", UNDEFINED),
    ("implementation-defined-register", r"system register S3_1_C11_C0_2 \(read\)", UNDEFINED),
]


@pytest.fixture(scope="module")
def trespasser():
    with Machine("trespasser.yaml") as machine:
        for vm in ("trespasser", "no-vector", "no-stack"):
            machine.wait_for("hypervisor", f"^vm {vm}: off$")
        wait_for_victim(machine)
    return machine


@pytest.mark.parametrize("name, text, exception", NAMED, ids=[name for name, _, _ in NAMED])
def test_the_log_names_what_was_not_granted(trespasser, name, text, exception):
    told = next(line for line in trespasser.said("trespasser") if line.startswith(f"trespasser: {name} "))
    address, pc, given = re.search(r"address (\S+) pc (\S+) exception (.+)", told).groups()
    line = rf"vm trespasser: {text.format(address=address)} at pc {pc}: not granted"
    if text.startswith("access"):
        line += " " + FORM
    assert [logged for logged in trespasser.log("trespasser") if re.fullmatch(line, logged)]
    assert given == exception


def test_the_log_names_cache_maintenance_by_set_and_way(trespasser):
    assert "trespasser: set-way ignored" in trespasser.said("trespasser")
    assert len([line for line in trespasser.log("trespasser")
                if re.search(r"cache maintenance by set/way at pc 0x[0-9a-f]+: ignored", line)]) == 1  # of 1,000


def test_each_refusal_is_one_line_of_the_log(trespasser):
    assert len(trespasser.log("trespasser")) == len(NAMED) + 3  # set/way, started, off


@pytest.mark.parametrize("vm, last", [("no-vector", "instruction fetch from"), ("no-stack", "write to")])
def test_a_vm_that_can_take_no_exception_is_stopped_and_told_of_once(trespasser, vm, last):
    at = r"0x[0-9a-f]+ \(ram\) at pc (0x[0-9a-f]+): not granted"
    patterns = ["started", f"read of {at}", f"{last} {at}", "exceptions bring it to pc (0x[0-9a-f]+) of its vector table, .*: stopped", "off"]
    found = [re.fullmatch(f"vm {vm}: {pattern}", line) for pattern, line in zip(patterns, trespasser.log(vm), strict=True)]
    assert all(found)
    assert found[2][1] == found[3][1] != found[1][1]


def test_the_victim_beside_works_on(trespasser):
    assert_undisturbed(trespasser)
