# SPDX-License-Identifier: Apache-2.0
"""The log names what a VM tried: the trespasser (guests/trespasser.c) does each thing once, so that every line is kept."""

import re

import pytest

from system_run import Machine
from victim import assert_undisturbed, wait_for_victim

pytestmark = pytest.mark.xdist_group("trespasser")

DATA_ABORT = "0x25"  # of the same exception level (ESR_EL1.EC)
FETCH_ABORT = "0x21"
UNDEFINED = "0x00"

NAMED = [
    ("read-memory", r"read of {address} \(ram\)", DATA_ABORT),
    ("write-memory", r"write to {address} \(ram\)", DATA_ABORT),
    ("fetch-memory", r"instruction fetch from {address} \(ram\)", FETCH_ABORT),
    ("read-unowned-device", r"read of {address} \(gpio\)", DATA_ABORT),
    ("write-unowned-device", r"write to {address} \(gpio\)", DATA_ABORT),
    ("write-foreign-device", r"write to {address} \(serial1\)", DATA_ABORT),
    ("write-interrupt-controller", r"write to {address} \(its@8080000\)", DATA_ABORT),
    ("read-nothing", r"read of {address} \(nothing there\)", DATA_ABORT),
    ("byte-of-distributor", r"read of {address} \(.*\)", DATA_ABORT),
    ("byte-of-redistributor", r"read of {address} \(.*\)", DATA_ABORT),
    ("register", r"system register S3_0_C1_C0_1 \(write\)", UNDEFINED),
    ("implementation-defined-register", r"system register S3_1_C11_C0_2 \(read\)", UNDEFINED),
]


@pytest.fixture(scope="module")
def trespasser():
    with Machine("trespasser.yaml") as machine:
        machine.wait_for("hypervisor", "^vm trespasser: off$")
        wait_for_victim(machine)
    return machine


@pytest.mark.parametrize("name, text, exception", NAMED, ids=[name for name, _, _ in NAMED])
def test_the_log_names_what_was_not_granted(trespasser, name, text, exception):
    told = next(line for line in trespasser.said("trespasser") if line.startswith(f"trespasser: {name} "))
    address, pc, given = re.search(r"address (\S+) pc (\S+) exception (\S+)", told).groups()
    line = rf"vm trespasser: {text.format(address=address)} at pc {pc}: not granted"
    assert [logged for logged in trespasser.log("trespasser") if re.fullmatch(line, logged)]
    assert given == exception


def test_the_log_names_cache_maintenance_by_set_and_way(trespasser):
    assert "trespasser: set-way ignored" in trespasser.said("trespasser")
    assert [line for line in trespasser.log("trespasser")
            if re.search(r"cache maintenance by set/way at pc 0x[0-9a-f]+: ignored", line)]


def test_each_refusal_is_one_line_of_the_log(trespasser):
    assert len(trespasser.log("trespasser")) == len(NAMED) + 3  # set/way, started, off


def test_the_victim_beside_works_on(trespasser):
    assert_undisturbed(trespasser)
