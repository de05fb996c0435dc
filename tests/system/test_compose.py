# SPDX-License-Identifier: Apache-2.0
"""`nagaya compose` from the user's side: what it writes, what it says, how it ends. The texts of single mistakes are
tests/unit/compose_front's matter."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_board("the composer is looked at, and no machine")

ROOT = Path(__file__).resolve().parents[2]
NAGAYA = ROOT / "build" / "nagaya"

HELLO = """\
board: qemu-virt
vms:
  - {name: hello, cpus: [0], memory: 16M, image: guests/hello.elf, devices: [serial0]}
"""


def nagaya(*arguments, program=NAGAYA, cwd=ROOT):
    """Runs nagaya; its status, output and messages."""
    return subprocess.run([program, *arguments], cwd=cwd, stdin=subprocess.DEVNULL, text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


@pytest.fixture
def system(tmp_path):
    """A system without mistakes, in a folder of its own."""
    path = tmp_path / "system.yaml"
    path.write_text(HELLO)
    return path


def test_a_sound_system_becomes_an_image_without_a_word(system, tmp_path):
    result = nagaya("compose", system, "-o", tmp_path / "image.elf")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert nagaya("check", "-q", tmp_path / "image.elf").returncode == 0


@pytest.mark.parametrize("keys, noted", [
    ("realtime: hard, cpus: [3]", "finds MPIDR 0x3 on CPU 3; FreeRTOS, NuttX and Zephyr with SMP hang unless it is 0: write affinity: virtual"),
    ("realtime: hard, cpus: [3], affinity: physical", None),
    ("realtime: hard, cpus: [3], affinity: virtual", None),
    ("realtime: hard, cpus: [0]", None),
    ("realtime: hard, cpus: [1, 0]", None),
    ("cpus: [3]", None),
])
def test_a_vm_that_some_rtoses_would_hang_in_is_noted(keys, noted, system, tmp_path):
    system.write_text(HELLO.replace("cpus: [0]", keys))
    result = nagaya("compose", "system.yaml", "-o", tmp_path / "image.elf", cwd=tmp_path)
    assert result.returncode == 0
    assert f"system.yaml:3: note: vm hello {noted}" in result.stderr if noted else result.stderr == ""


@pytest.mark.parametrize("delivery, level, noted", [("direct", "best-effort", True), ("direct-checked", "best-effort", False),
                                                    ("direct", "hard", False), ("virtual", "best-effort", False)])
def test_direct_interrupts_beside_a_more_critical_vm_are_noted(delivery, level, noted, system, tmp_path):
    system.write_text(HELLO.replace("cpus: [0]", "realtime: hard, cpus: [0]") + "  - {name: less, cpus: [1, 2], memory: 16M, "
                      f"image: guests/hello.elf, realtime: {level}, interrupts: {delivery}}}\n")
    result = nagaya("compose", "system.yaml", "-o", tmp_path / "image.elf", cwd=tmp_path)
    assert result.returncode == 0
    assert ("system.yaml:4: note: interrupts: direct lets vm less raise interrupts on the CPUs of vm hello" in result.stderr) == noted


def test_the_same_system_gives_the_same_bytes_whatever_the_folder_and_the_environment(system, tmp_path):
    elsewhere = tmp_path / "another folder"
    elsewhere.mkdir()
    shutil.copy(system, elsewhere / "other-name.yaml")
    assert nagaya("compose", system, "-o", tmp_path / "first.elf").returncode == 0
    second = subprocess.run([NAGAYA, "compose", "other-name.yaml", "-o", "second.elf"], cwd=elsewhere, check=False,
                            env={**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C"})
    assert second.returncode == 0
    assert (tmp_path / "first.elf").read_bytes() == (elsewhere / "second.elf").read_bytes()


def test_mistakes_are_shown_in_order_and_no_image_is_left(system, tmp_path):
    output = tmp_path / "image.elf"
    assert nagaya("compose", system, "-o", output).returncode == 0
    system.write_text(HELLO.replace("16M", "16 M").replace("serial0", "serial9") + "spare: []\n")
    result = nagaya("compose", "system.yaml", "-o", output, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == ["system.yaml:3", "system.yaml:3",
                                                                           "system.yaml:4"]
    assert not output.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["system.yaml"]


def test_an_image_is_not_taken_for_a_systems_file(tmp_path):
    for command in (["compose", "build/systems/hello.elf", "-o", tmp_path / "image.elf"], ["run", "build/systems/hello.elf"]):
        result = nagaya(*command)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr == ("build/systems/hello.elf: is an image that nagaya compose made, not YAML; nagaya show and nagaya "
                                 "check read it, nagaya run takes the system's file\n")


def test_mistakes_of_all_stages_are_shown_in_one_run(system, tmp_path):
    (tmp_path / "main.c").write_text("int main(void) { return 0; }\n")
    system.write_text(HELLO.replace("cpus: [0]", "cpus: [9]") + "  - {name: source, cpus: [1], memory: 16M, image: main.c}\n"
                      "  - {name: small, cpus: [2], memory: 4K, image: guests/hello.elf}\n")
    result = nagaya("compose", "system.yaml", "-o", "image.elf", cwd=tmp_path)
    lines = result.stderr.splitlines()
    assert result.returncode == 1 and len(lines) == 3
    assert "there is no CPU 9" in lines[0] and "is text, a program's source" in lines[1] and "give it more memory" in lines[2]


def test_raw_loads_a_file_as_it_is_whatever_it_looks_like(system, tmp_path):
    (tmp_path / "main.c").write_text("int main(void) { return 0; }\n")
    system.write_text(HELLO + "  - {name: source, cpus: [1], memory: 16M, image: main.c, raw: true}\n")
    result = nagaya("compose", "system.yaml", "-o", "image.elf", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert b"int main(void) { return 0; }" in (tmp_path / "image.elf").read_bytes()


def test_an_image_beside_the_system_goes_before_one_of_the_data_folder(system, tmp_path):
    (tmp_path / "guests").mkdir()
    (tmp_path / "guests" / "hello.elf").write_bytes(b"")
    result = nagaya("compose", system, "-o", tmp_path / "image.elf")
    assert result.returncode == 1
    assert "is empty" in result.stderr


def test_the_data_folder_can_be_named(system, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for folder in ("boards", "guests", "hypervisor"):
        (data / folder).symlink_to(ROOT / "build" / folder)
    for place in (["--data", data, "compose"], ["compose", "--data", data]):
        assert nagaya(*place, system, "-o", tmp_path / "image.elf").returncode == 0
    (data / "boards").unlink()
    (data / "boards").mkdir()
    result = nagaya("--data", data, "compose", system, "-o", tmp_path / "image.elf")
    assert result.returncode == 1
    assert "board qemu-virt does not exist" in result.stderr


def test_an_installed_nagaya_finds_its_data(system, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "share").mkdir()
    shutil.copy(NAGAYA, tmp_path / "bin" / "nagaya")
    shutil.copy(NAGAYA.with_name("nagaya-check"), tmp_path / "bin")
    program = tmp_path / "bin" / "nagaya"
    assert nagaya("compose", system, "-o", tmp_path / "image.elf", program=program).returncode == 2
    (tmp_path / "share" / "nagaya").symlink_to(ROOT / "build")
    assert nagaya("compose", system, "-o", tmp_path / "image.elf", program=program).returncode == 0


def test_the_system_is_not_overwritten(system):
    result = nagaya("compose", system, "-o", system)
    assert result.returncode == 2
    assert system.read_text() == HELLO


@pytest.mark.parametrize("arguments", [[], ["compos"], ["--dat", "x"], ["compose"], ["compose", "a.yaml"],
                                       ["compose", "a.yaml", "b.yaml", "-o", "c"], ["compose", "-x"]])
def test_a_wrong_command_line_ends_with_status_2(arguments, tmp_path):
    result = nagaya(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr != ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["compose", "--help"], ["check", "--help"], ["suggest", "--help"],
                                       ["show", "--help"], ["run", "--help"]])
def test_help_goes_to_the_output(arguments):
    result = nagaya(*arguments)
    assert (result.returncode, result.stderr) == (0, "")
    assert "nagaya" in result.stdout


def test_the_manual_page_has_every_option():
    manual = (ROOT / "docs" / "nagaya.1").read_text()
    for command in ([], ["compose"], ["check"], ["show"], ["run"], ["suggest"]):
        for word in nagaya(*command, "--help").stdout.replace(",", " ").split():
            if word.startswith("--"):
                assert f"Fl -{word[2:]}" in manual, word
