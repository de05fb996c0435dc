# SPDX-License-Identifier: Apache-2.0
"""The systems of docs/bring-your-own.md compose and pass their check, with stand-ins for what isn't here; Debian's U-Boot truly runs."""

import re
import struct
from pathlib import Path

import pytest

from system_run import ROOT, Machine, nagaya

pytestmark = pytest.mark.one_board("the manual is looked at, whose examples are for qemu-virt")

PAGE = (ROOT / "docs" / "bring-your-own.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^### (.*?)$.*?^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
U_BOOT = Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin")

# Where the ELF files are linked, as their projects' linker scripts say.
LINKED = {"zephyr.elf": 0x40000000, "nuttx.elf": 0x40280000}
RAW = ["freertos.bin", "fmp.bin"]
FOREVER = b"\x00\x00\x00\x14" * 1024  # b .


def elf(address):
    """A program of one segment."""
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 183, 1, address, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 7, 4096, address, address, len(FOREVER), len(FOREVER) + 4096, 4096)
    return (header + segment).ljust(4096, b"\0") + FOREVER


@pytest.fixture(scope="module", name="folder")
def make_stand_ins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bring-your-own")
    for name, address in LINKED.items():
        (folder / name).write_bytes(elf(address))
    for name in RAW:
        (folder / name).write_bytes(FOREVER)
    return folder


def write(folder, name):
    system = folder / f"{re.sub('[^a-z0-9]', '-', name.lower())}.yaml"
    system.write_text(EXAMPLES[name], encoding="ascii")
    return system


def test_the_page_has_an_example_for_each_program():
    assert set(EXAMPLES) == {"U-Boot", "Zephyr", "NuttX", "FreeRTOS", "TOPPERS", "Linux with its board's firmware"}


@pytest.mark.xdist_group("bring-your-own")
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_composes_and_passes_its_check(folder, name):
    image = folder / "system.elf"
    composed = nagaya("compose", write(folder, name), "-o", image)
    assert composed.returncode == 0, composed.stderr
    checked = nagaya("check", image)
    assert checked.returncode == 0, checked.stdout
    assert "its image lies above its device tree" not in nagaya("show", image).stdout or "dtb-at" in EXAMPLES[name]


@pytest.mark.xdist_group("bring-your-own")
def test_debians_u_boot_comes_to_its_prompt(folder):
    assert U_BOOT.exists()  # scripts/packages
    with Machine(write(folder, "U-Boot")) as machine:
        machine.wait_for("u-boot", "^U-Boot 20")
        machine.wait_for("u-boot", "^DRAM:  128 MiB")
        machine.wait_for("u-boot", "^Loading Environment from Flash")
        machine.wait_for("u-boot", "Hit any key to stop autoboot")
        machine.stop()
    assert not [line for line in machine.log("u-boot") if "not granted" in line]
