# SPDX-License-Identifier: Apache-2.0
"""The same input gives the same image, byte for byte; a system that is not sound leaves none."""

import re
import struct
import subprocess

import pytest

from system_run import NAGAYA, ROOT, SYSTEMS, nagaya

pytestmark = pytest.mark.one_board("the composer is looked at, and no machine")

DEMO = ROOT / "systems" / "demo.yaml"


def compose(system, output, **options):
    result = nagaya("compose", system, "-o", output, **options)
    assert result.returncode == 0, result.stderr
    return output.read_bytes()


@pytest.mark.parametrize("system", [DEMO, SYSTEMS / "attacker.yaml"], ids=["demo", "attacker"])
def test_the_same_system_gives_the_same_bytes(tmp_path, system):
    assert compose(system, tmp_path / "one.elf") == compose(system, tmp_path / "two.elf")


def test_the_image_does_not_depend_on_the_working_directory(tmp_path):
    here = compose("systems/demo.yaml", tmp_path / "here.elf")
    elsewhere = compose(DEMO, tmp_path / "elsewhere.elf", cwd=tmp_path)
    beside = compose("../systems/demo.yaml", tmp_path / "beside.elf", cwd=ROOT / "tests")
    assert here == elsewhere == beside


def test_the_image_does_not_depend_on_the_environment(tmp_path):
    usual = compose(DEMO, tmp_path / "usual.elf")
    other = compose(DEMO, tmp_path / "other.elf", env={"LC_ALL": "C", "TZ": "Asia/Tokyo", "HOME": "/nonexistent"})
    assert usual == other


def broken(folder):
    system = folder / "broken.yaml"
    system.write_text("board: qemu-virt\nvms:\n  - {name: a, cpus: [99], memory: 16M, image: guests/hello.elf}\n",
                      encoding="ascii")
    return system


def test_a_system_that_is_not_sound_leaves_no_image(tmp_path):
    output = tmp_path / "image.elf"
    system = broken(tmp_path)
    assert nagaya("compose", system, "-o", output).returncode == 1
    assert list(tmp_path.iterdir()) == [system]


def test_a_system_that_is_not_sound_leaves_no_older_image(tmp_path):
    output = tmp_path / "image.elf"
    compose(SYSTEMS / "psci.yaml", output)
    assert nagaya("compose", broken(tmp_path), "-o", output).returncode == 1
    assert not output.exists()


def hypervisor_with_a_policy_astray(folder):
    """A data folder whose hypervisor says of a policy that it lies where none can: compose takes it as it is."""
    (folder / "hypervisor").mkdir(parents=True)
    for name in ("boards", "guests", "tests"):
        (folder / name).symlink_to(NAGAYA.parent / name)
    whole = NAGAYA.parent / "hypervisor" / "arm64-gicv3.elf"
    symbols = subprocess.run(["aarch64-linux-gnu-nm", whole], text=True, capture_output=True, check=True).stdout
    policy = int(re.search(r"^([0-9a-f]+) . sched_dedicated$", symbols, re.MULTILINE)[1], 16)
    value = struct.Struct("<Q").pack  # of a symbol (ELF-64, Elf64_Sym)
    content = whole.read_bytes()
    assert value(policy) in content
    (folder / "hypervisor" / "arm64-gicv3.elf").write_bytes(content.replace(value(policy), value(policy + 4)))
    return folder


def test_an_image_that_check_refuses_is_removed(tmp_path):
    data = hypervisor_with_a_policy_astray(tmp_path / "data")
    output = tmp_path / "image.elf"
    result = nagaya("compose", "--data", data, SYSTEMS / "psci.yaml", "-o", output)
    assert result.returncode == 1
    assert "failed its check and was removed" in result.stderr
    assert list(tmp_path.iterdir()) == [data]
