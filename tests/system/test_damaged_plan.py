# SPDX-License-Identifier: Apache-2.0
"""A hypervisor that finds its plan damaged says so and stops before any VM runs."""

import time

import pytest

from bare_qemu import MOMENT, BareQemu, Facts
from damaged_image import HEAD_SIZE, Image
from system_run import SYSTEMS, nagaya

# abi/boot_verdict.h
SOUND = 0x600D
HEAD_DAMAGED = 1
FOREIGN = 2
BODY_DAMAGED = 3

# abi/observe.h
PLAN_DAMAGED = 2
PLAN_FOREIGN = 3


@pytest.fixture(name="image")
def composed(tmp_path):
    path = tmp_path / "image.elf"
    result = nagaya("compose", SYSTEMS / "two-that-end.yaml", "-o", path)
    assert result.returncode == 0, result.stderr
    image = Image(path)
    image.facts = Facts(image)
    return image


def flip(image, offset, bit=0):
    """Flips one bit of the plan."""
    image.change(image.plan + offset, lambda byte: byte ^ 1 << bit, "B")


def assert_stops(image, tmp_path, verdict):
    with BareQemu(image.path, image.facts, tmp_path) as qemu:
        qemu.wait_until(lambda: qemu.verdict() != 0)
        assert qemu.verdict() == verdict
        if verdict != HEAD_DAMAGED:
            qemu.wait_until(qemu.log)
        time.sleep(MOMENT)
        assert not qemu.guests_ran()
        assert qemu.console(0) + qemu.console(1) == ""
        return [] if verdict == HEAD_DAMAGED else [qemu.log(cpu) for cpu in range(2)]


def test_a_sound_plan_lets_the_vms_run(image, tmp_path):
    with BareQemu(image.path, image.facts, tmp_path) as qemu:
        qemu.wait_until(lambda: qemu.process.poll() is not None)
        assert qemu.verdict() == SOUND
        assert qemu.guests_ran()
        assert "off: start" in qemu.console(0)


HEAD_FIELDS = {"magic": 0, "head_checksum": 16, "total_size": 24, "body_checksum": 32, "conduit": 40, "cpu_count": 44,
               "console": 48, "hypervisor": 72, "first-cpu": 144, "last-cpu": 144 + 15 * 40}


@pytest.mark.parametrize("field", HEAD_FIELDS)
def test_a_damaged_head_stops_the_machine(image, tmp_path, field):
    flip(image, HEAD_FIELDS[field], bit=3)
    assert_stops(image, tmp_path, HEAD_DAMAGED)


@pytest.mark.parametrize("place", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_a_damaged_body_stops_the_machine_and_the_log_says_so(image, tmp_path, place):
    size = image.word(image.plan + 24)
    offset = HEAD_SIZE + int((size - 1 - HEAD_SIZE) * place)
    should_be = image.word(image.plan + 32)
    flip(image, offset, bit=7)
    first, second = assert_stops(image, tmp_path, BODY_DAMAGED)
    assert [(event, arguments[1]) for event, arguments in first] == [(PLAN_DAMAGED, should_be)]
    assert first[0][1][0] == image.checksum(HEAD_SIZE, size - HEAD_SIZE)
    assert second == []


def test_two_damages_that_would_cancel_out_in_a_sum_stop_the_machine(image, tmp_path):
    first = image.plan + HEAD_SIZE
    second = first + 8
    one, other = image.word(first), image.word(second)
    assert one != other
    image.put(first, other)
    image.put(second, one)
    assert_stops(image, tmp_path, BODY_DAMAGED)


@pytest.mark.parametrize("version", [0, 0x7FFFFFFF])
def test_a_plan_of_another_version_stops_the_machine_and_the_log_says_so(image, tmp_path, version):
    ours = image.word(image.plan + 8, "I")
    image.put(image.plan + 8, version, "I")
    first, second = assert_stops(image, tmp_path, FOREIGN)
    assert [(event, arguments[:2]) for event, arguments in first] == [(PLAN_FOREIGN, (version, ours))]
    assert second == []


def test_a_plan_with_a_head_of_another_size_stops_the_machine(image, tmp_path):
    flip(image, 12, bit=3)
    assert_stops(image, tmp_path, FOREIGN)


def test_a_plan_that_was_lost_stops_the_machine(image, tmp_path):
    image.put_at_offset(image.offset_of(image.plan), bytes(4096))
    assert_stops(image, tmp_path, HEAD_DAMAGED)
