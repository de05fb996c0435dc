# SPDX-License-Identifier: Apache-2.0
"""Programs of all forms are loaded where they expect to be and find their device tree (guests/bare/where.c)."""

import gzip
import re

import pytest

from system_run import ROOT, run

MADE = ROOT / "build" / "tests" / "system"
RAM = 0x40000000

SYSTEM = """\
board: qemu-virt
vms:
  - name: guest
    cpus: [0]
    memory: {memory}
    image: {image}
    devices: [serial0]
"""


def where(tmp_path, image, memory="16M", **keys):
    """Runs a VM with these keys; where the program found itself: its place, link address, entry and trees."""
    text = SYSTEM.format(image=image, memory=memory) + "".join(
        f"    {name.replace('_', '-')}: {value}\n" for name, value in keys.items())
    system = tmp_path / "system.yaml"
    system.write_text(text, encoding="ascii")
    said = run(system).said("guest")
    at, linked, entry = re.fullmatch(r"where: at (\S+) linked for (\S+) entry (\d)", said[0]).groups()
    trees = [re.fullmatch(r"where: (?:x0 )?(0x[0-9a-f]+) is (a device tree|none)", line).groups() for line in said[1:]]
    return {"at": int(at, 16), "linked": int(linked, 16), "entry": int(entry),
            "trees": [int(address, 16) if what == "a device tree" else None for address, what in trees]}


def test_a_program_linked_at_an_address_runs_there(tmp_path):
    found = where(tmp_path, MADE / "where-ram.elf", at="0x40000000")
    assert found["at"] == found["linked"] == 0x40080000


def test_a_program_linked_at_0_runs_there(tmp_path):
    found = where(tmp_path, MADE / "where-zero.elf", memory="4M", at="0x0")
    assert found["at"] == found["linked"] == 0
    assert 0 < found["trees"][0] < 4 << 20


def test_a_program_with_a_virtual_entry_point_is_loaded_by_physical_address(tmp_path):
    found = where(tmp_path, MADE / "where-virtual.elf", at="0x40000000")
    assert found["at"] == 0x40080000
    assert found["linked"] == 0xFFFF000000080000


def test_a_raw_program_runs_at_the_start_of_its_memory_with_its_tree_in_x0(tmp_path):
    found = where(tmp_path, MADE / "where.bin", at="0x80000000")
    assert found["at"] == 0x80000000
    assert 0x80000000 < found["trees"][0] < 0x81000000


def test_a_raw_program_runs_where_load_at_says(tmp_path):
    assert where(tmp_path, MADE / "where.bin", at="0x40000000", load_at="0x40280000")["at"] == 0x40280000


def test_a_raw_program_without_at_runs_wherever_there_is_room(tmp_path):
    assert where(tmp_path, MADE / "where.bin")["trees"][0] is not None


def test_a_program_that_looks_at_the_start_of_memory_finds_its_tree_if_told_so(tmp_path):
    assert where(tmp_path, MADE / "where-ram.elf", at="0x40000000", dtb_at="0x40000000")["trees"] == [RAM, RAM]


@pytest.mark.parametrize("name, keys", [("where-ram.elf", {}), ("where.bin", {"load_at": "0x40080000"})])
def test_nothing_lies_below_a_program_where_its_stack_may_grow(tmp_path, name, keys):
    found = where(tmp_path, MADE / name, at="0x40000000", **keys)
    assert found["at"] == 0x40080000
    assert found["at"] < found["trees"][0] < RAM + (16 << 20)


def test_the_tree_is_put_where_dtb_at_says(tmp_path):
    found = where(tmp_path, MADE / "where-ram.elf", at="0x40000000", dtb_at="0x40400008")
    assert found["trees"] == [0x40400008, None]


def test_the_entry_can_be_given(tmp_path):
    assert where(tmp_path, MADE / "where-ram.elf", at="0x40000000")["entry"] == 1
    assert where(tmp_path, MADE / "where-ram.elf", at="0x40000000", entry="0x40080040")["entry"] == 2


def test_memory_can_lie_in_several_regions(tmp_path):
    found = where(tmp_path, MADE / "where-ram.elf", memory="[{size: 4M, at: 0x40000000}, {size: 8M, at: 0x90000000}]",
                  dtb_at="0x90100000")
    assert found["trees"][0] == 0x90100000


@pytest.mark.parametrize("name", ["where-ram.elf", "where.bin"])
def test_a_packed_program_is_the_same_program(tmp_path, name):
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress((MADE / name).read_bytes()))
    plain = where(tmp_path, MADE / name, at="0x40000000")
    assert where(tmp_path, packed, at="0x40000000") == plain
