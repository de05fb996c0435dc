# SPDX-License-Identifier: Apache-2.0
"""Memory that a VM isn't told of as RAM: what it holds at first, who may write it, and that a restart brings it back (guests/rom.c)."""

import json

import pytest

from system_run import SYSTEMS, Machine, nagaya

WORD = "0badf00d"
FIRST = f"rom: 1 memory nodes, fixed {WORD}, open {WORD}"
WRITES = "rom: a write is refused, a write is done"


@pytest.fixture(scope="module", name="system")
def make_system(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rom")
    (folder / "rom.bin").write_bytes(bytes.fromhex(WORD)[::-1] + bytes(range(256)))
    text = (SYSTEMS / "rom.yaml").read_text(encoding="ascii").replace("tests/system/rom.bin", "rom.bin")
    (folder / "system.yaml").write_text(text, encoding="ascii")
    return folder / "system.yaml"


@pytest.mark.xdist_group("rom")
def test_a_rom_is_the_same_after_each_restart_whatever_was_written(system):
    with Machine(system) as machine:
        line = 0
        for _ in range(3):
            line = machine.wait_for("guest", "^rom: a write", line) + 1
        machine.stop()
    said = machine.said("guest")[:6]
    assert said == [FIRST, WRITES] * 3
    assert [line for line in machine.log("guest") if "0x04000000" in line]


@pytest.mark.xdist_group("rom")
def test_check_holds_a_rom_for_memory_of_the_vm_and_show_names_it(system, tmp_path):
    image = tmp_path / "system.elf"
    assert nagaya("compose", system, "-o", image).returncode == 0
    assert nagaya("check", image).returncode == 0
    memory = json.loads(nagaya("show", "--json", image).stdout)["vms"][0]["memory"]
    roms = [(region["ipa"], region["size"], region["write"]) for region in memory if region["kind"] == "rom"]
    assert roms == [(0x04000000, 0x10000, False), (0x04100000, 0x10000, True)]
    shown = nagaya("show", image).stdout
    assert [line.split()[-1] for line in shown.splitlines() if " ROM " in line and "vm guest" in line] == ["RX", "RWX"]


def test_show_says_where_a_stack_could_reach_the_device_tree(tmp_path):
    text = """\
board: qemu-virt
vms:
  - {name: guest, cpus: [0], memory: 2M, at: 0x40000000, image: raw, load-at: %s, devices: [serial0]}
"""
    (tmp_path / "raw").write_bytes(b"\x5f\x20\x03\xd5" * 64)
    for load_at, below in (("0x40080000", False), ("0x401ff000", True)):
        (tmp_path / "system.yaml").write_text(text % load_at, encoding="ascii")
        assert nagaya("compose", tmp_path / "system.yaml", "-o", tmp_path / "system.elf").returncode == 0
        said = nagaya("show", tmp_path / "system.elf").stdout
        assert ("vm guest: its image lies above its device tree" in said) == below
