# SPDX-License-Identifier: Apache-2.0
"""Calls of the machine's firmware that a VM may make reach it, all others don't; with a firmware of our own that counts them."""

import re

import pytest

from own_firmware import console_of
from system_run import run

pytestmark = pytest.mark.gicv3("the firmware that is run sets up a GICv3")

UNKNOWN = (-1, -1, -1)
PASSED = [0x82000001, 0xC2000010, 0xC200001F, 0xFFFFFFFF82000001]
REFUSED = [0x82000000, 0x82000002, 0xC200000F, 0xC2000020, 0xC2000001, 0x83000001]


def results(said):
    """What each call gave, by conduit and function; how many of them the firmware has seen."""
    lines = re.findall(r"firmware-calls: (\w+) (\w+) gives ([-\w ]+), x4 to x17 (\w+)", said)
    counted = re.search(r"(\w+) of the vendor's", said)
    assert counted, said
    return {(conduit, int(function, 16)): (given, rest) for conduit, function, given, rest in lines}, int(counted[1], 16)


@pytest.fixture(scope="module", name="said")
def run_once(tmp_path_factory):
    return console_of(tmp_path_factory.mktemp("firmware-calls"), "firmware-calls.yaml", "cortex-a53", UNKNOWN)


@pytest.mark.xdist_group("firmware-calls")
@pytest.mark.parametrize("function", PASSED)
def test_a_call_that_is_passed_on_has_its_arguments_and_brings_its_results(said, function):
    given, rest = results(said)[0]["smc", function]
    assert given == f"{sum(range(1, 8))} 2 4 {function & 0xffffffff:x}"
    assert rest == "kept"


@pytest.mark.xdist_group("firmware-calls")
@pytest.mark.parametrize("conduit, function", [*(("smc", function) for function in REFUSED), ("hvc", 0x82000001)])
def test_all_other_calls_are_not_supported(said, conduit, function):
    assert results(said)[0][conduit, function] == ("-1 1 2 3", "kept")


@pytest.mark.xdist_group("firmware-calls")
def test_the_firmware_sees_those_that_are_passed_on_and_no_other(said):
    assert results(said)[1] == len(PASSED)
    assert "firmware-calls: PSCI is of version 10001" in said  # the hypervisor's, though the firmware has none


def test_a_vm_without_the_key_reaches_nothing_of_the_firmware(tmp_path):
    given, count = results(console_of(tmp_path, "firmware-calls-none.yaml", "cortex-a53", UNKNOWN))
    assert {line for line, _ in given.values()} == {"-1 1 2 3"}
    assert count == 0


def test_a_firmware_that_knows_none_of_them_says_so():
    """QEMU's own, whose paths are counted (bench/exit_classes.yaml)."""
    said = run("firmware-calls.yaml").said("guest")
    assert len(said) == len(PASSED) + len(REFUSED) + 2
    assert all("gives -1 1 2 3, x4 to x17 kept" in line for line in said[:-1])
