# SPDX-License-Identifier: Apache-2.0
"""A hypervisor that finds another interrupt controller than board.yaml and the device tree have told says so, and stops."""

import re
import shutil
import time

import pytest
import yaml

from bare_qemu import MOMENT, BareQemu, Facts
from damaged_image import Image
from system_run import ROOT, SYSTEMS, nagaya

pytestmark = pytest.mark.gicv3("redistributors are what is found wrong")

BUILD = ROOT / "build"

# abi/observe.h
CPU_READY = 0
EVENTS = re.findall(r"\bEVENT\([\s\\]*(\w+),", (ROOT / "abi" / "observe.h").read_text(encoding="utf-8"))
GIC_SMALLER = EVENTS.index("GIC_SMALLER")
GIC_OTHER = EVENTS.index("GIC_OTHER")


@pytest.fixture(name="compose")
def composing_on_a_board_that_is_told_wrong(tmp_path):
    """compose(KEY=VALUE...): an image for QEMU's board as if the keys of `gic` in board.yaml were these."""
    board = tmp_path / "boards" / "qemu-virt"
    shutil.copytree(BUILD / "boards" / "qemu-virt", board)
    for folder in ("hypervisor", "guests", "tests"):
        (tmp_path / folder).symlink_to(BUILD / folder)

    def compose(gic):
        facts = yaml.safe_load((board / "board.yaml").read_text(encoding="utf-8"))
        facts["gic"] |= gic
        (board / "board.yaml").write_text(yaml.safe_dump(facts), encoding="utf-8")
        system = (SYSTEMS / "two-that-end.yaml").read_text(encoding="utf-8").replace("cpus: [2]", "cpus: [1]")
        (tmp_path / "system.yaml").write_text(system, encoding="utf-8")
        result = nagaya("compose", "--data", tmp_path, tmp_path / "system.yaml", "-o", tmp_path / "image.elf")
        assert result.returncode == 0, result.stderr
        image = Image(tmp_path / "image.elf")
        image.facts = Facts(image)
        return image

    return compose


def test_a_gic_with_fewer_interrupts_than_the_board_says_stops_the_machine(compose, tmp_path):
    image = compose({"interrupts": 1020})
    with BareQemu(image.path, image.facts, tmp_path) as qemu:
        qemu.wait_until(qemu.log)
        time.sleep(MOMENT)
        assert not qemu.guests_ran()
        assert [(event, arguments[0]) for event, arguments in qemu.log()] == [(GIC_SMALLER, 287)]
        assert qemu.log(1) == []


def test_a_cpu_whose_redistributor_is_anothers_stops(compose, tmp_path):
    image = compose({"redistributor-stride": 0x40000})
    with BareQemu(image.path, image.facts, tmp_path) as qemu:
        qemu.wait_until(lambda: qemu.log(1))
        assert [(event, arguments[:2]) for event, arguments in qemu.log(1)] == [(GIC_OTHER, (1, 2))]
        assert qemu.log()[0][0] == CPU_READY
