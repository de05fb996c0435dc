# SPDX-License-Identifier: Apache-2.0
"""`nagaya show` tells people and programs what is in an image."""

import json
import subprocess

import pytest

from system_run import nagaya

pytestmark = pytest.mark.one_board("the composer is looked at, and no machine")


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The demo, composed."""
    path = tmp_path_factory.mktemp("show") / "demo.elf"
    result = nagaya("compose", "systems/demo.yaml", "-o", path)
    assert result.returncode == 0, result.stderr
    return path


@pytest.fixture(scope="module")
def shown(image):
    result = nagaya("show", "--json", image)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_one_of_something_is_told_as_one():
    assert "board qemu-virt, 1 CPU, 1 VM, starts at" in nagaya("show", "build/systems/hello.elf").stdout


def test_json_is_what_pythons_own_tool_accepts(image):
    output = nagaya("show", "--json", image).stdout
    subprocess.run(["/usr/bin/python3", "-m", "json.tool"], input=output, text=True, check=True,
                   stdout=subprocess.DEVNULL)


def test_json_has_the_system_that_was_composed(shown):
    assert shown["board"] == "qemu-virt"
    assert shown["check"] is True
    vms = {vm["name"]: vm for vm in shown["vms"]}
    assert set(vms) == {"linux", "control"}
    assert vms["linux"]["cpus"] == [0, 1]
    assert vms["control"]["level"] == "hard"
    assert {device["name"] for device in vms["linux"]["devices"]} == {"serial0", "rtc"}
    assert {cpu["cpu"]: cpu["vm"] for cpu in shown["cpus"]} == {0: "linux", 1: "linux", 3: "control"}


def test_the_memory_map_is_sorted_and_free_of_overlaps(shown):
    rows = shown["memory_map"]
    for row, following in zip(rows, rows[1:]):
        assert row["start"] + row["size"] <= following["start"]


def test_the_memory_map_covers_each_vms_memory(shown):
    owned = {(row["owner"], row["start"], row["size"]) for row in shown["memory_map"]}
    kinds = set()
    for vm in shown["vms"]:
        for memory in vm["memory"]:
            kinds.add(memory["kind"])
            # What it shares with the hypervisor (info and status pages, ...) is the hypervisor's.
            if memory["kind"] in ("ram", "device", "channel"):
                owner = "its members" if memory["kind"] == "channel" else f"vm {vm['name']}"
                assert (owner, memory["pa"], memory["size"]) in owned
    assert {"ram", "device", "channel"} <= kinds


def test_tables_are_aligned(image):
    lines = nagaya("show", image).stdout.splitlines()
    head = lines.index("Memory") + 1
    column = lines[head].index("OWNER")
    rows = lines[head + 1:lines.index("", head)]
    assert len(rows) > 10
    for row in rows:
        assert row[column - 2:column] == "  " and row[column] != " ", row


def test_interrupts_that_nothing_bounds_are_said(tmp_path):
    """Doorbells without an interval and restarts: no number of the analysis covers them but what the user assumes."""
    path = tmp_path / "manager.elf"
    result = nagaya("compose", "tests/system/systems/manager.yaml", "-o", path)
    assert result.returncode == 0, result.stderr
    text = nagaya("show", path).stdout
    rows = [line.split() for line in text.splitlines()]
    assert "VM BY CHANNEL NO BOUND ON".split() in rows
    assert "mate manager mate its doorbells, its restarts".split() in rows
    assert "manager hard slow its restarts".split() in rows  # its doorbells have an interval: they are counted
    assert ["manager", "hard", "slow", "its", "doorbells,"] not in [row[:5] for row in rows]
    assert "USABLE, WAKE-UP and DELIVERY have no bound for any VM of that CPU" in text
    cpu, = [cpu for cpu in json.loads(nagaya("show", "--json", path).stdout)["cpus"] if cpu["policy"] == "round-robin"]
    unbounded = {vcpu["vm"]: vcpu["unbounded"] for vcpu in cpu["vcpus"]}
    assert unbounded["crasher"] == [{"vm": "manager", "channel": "crasher", "doorbells": True, "restarts": True}]
    assert {"vm": "hard", "channel": "slow", "doorbells": False, "restarts": True} in unbounded["manager"]


def test_nothing_is_said_of_bounds_where_nothing_rings(tmp_path):
    path = tmp_path / "edf.elf"
    assert nagaya("compose", "systems/edf.yaml", "-o", path).returncode == 0
    text = nagaya("show", path).stdout
    assert "ASSUMED" in text and "NO BOUND" not in text


def test_what_is_no_image_is_refused():
    result = nagaya("show", "CONTRIBUTING.md")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "nagaya show: CONTRIBUTING.md is text, not an image of nagaya compose\n"


@pytest.mark.parametrize("file, what, advice", [
    ("systems/hello.yaml", "a system's file (YAML)", "nagaya compose makes an image of it, nagaya run starts it"),
    ("build/guests/hello.elf", "a program (ELF)", "put it into a system's file, under image:"),
    ("build/nagaya", "a program (ELF) for another processor", "build it for AArch64"),
    ("build/boards/qemu-virt/board.dtb", "a device tree (DTB)", "a VM's is made by compose, a board's is in its folder")])
def test_a_file_of_another_kind_is_told_with_the_command_that_takes_it(file, what, advice):
    for command, status in (("show", 1), ("check", 2)):
        result = nagaya(command, file)
        assert (result.returncode, result.stdout) == (status, "")
        assert result.stderr == f"nagaya {command}: {file} is {what}, not an image of nagaya compose; {advice}\n"


def test_a_file_that_cannot_be_read_is_status_2():
    result = nagaya("show", "no-such-file")
    assert (result.returncode, result.stdout) == (2, "")
