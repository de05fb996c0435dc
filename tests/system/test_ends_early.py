# SPDX-License-Identifier: Apache-2.0
"""
A level-sensitive interrupt that is ended before its source is quiet: once with direct interrupts, twice with virtual ones, and
once again with each of the remedies (docs/guests.md, guests/ends-early.c).
"""

import re

import pytest

from system_run import SYSTEMS, run

ROUNDS = 10
SOURCES = ["timer", "rtc"]
ORDERS = ["ended first", "quieted first", "ended in two steps"]


@pytest.fixture(scope="module", params=[pytest.param(way, marks=pytest.mark.xdist_group(f"ends-early-{way}")) for way in ("direct", "virtual")],
                name="seen")
def run_guest(request, tmp_path_factory):
    system = tmp_path_factory.mktemp("ends-early") / "system.yaml"
    text = (SYSTEMS / "ends-early.yaml").read_text(encoding="ascii")
    system.write_text(text.replace("interrupts: virtual", f"interrupts: {request.param}"), encoding="ascii")
    return request.param, run(system).said("guest")


def taken(seen, source, order):
    found = [re.fullmatch(rf"ends-early: {source}, {order}: taken (\d+) times in {ROUNDS} rounds", line) for line in seen[1]]
    return [int(match[1]) for match in found if match]


@pytest.mark.gicv3("QEMU's GICv2 forgets what is raised while a guest ends it: guests/vgic/interrupt.c")
@pytest.mark.parametrize("source", SOURCES)
def test_an_interrupt_that_is_ended_too_early_comes_twice_only_if_it_is_virtual(seen, source):
    assert taken(seen, source, "ended first") == [2 * ROUNDS if seen[0] == "virtual" else ROUNDS]


@pytest.mark.parametrize("order", ORDERS[1:])
@pytest.mark.parametrize("source", SOURCES)
def test_an_interrupt_comes_once_if_its_source_is_quiet_before_its_end(seen, source, order):
    assert taken(seen, source, order) == [ROUNDS]


@pytest.mark.parametrize("source", SOURCES)
def test_whether_an_active_interrupt_is_still_asserted_can_be_read(seen, source):
    assert f"ends-early: {source}, asserted: pending 1, quiet: pending 0" in seen[1]
