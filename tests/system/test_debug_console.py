# SPDX-License-Identifier: Apache-2.0
"""`debug: {console: serial1}` sends the hypervisor's log to that UART too."""

import pytest

from bare_qemu import BareQemu, Facts
from damaged_image import Image
from system_run import SYSTEMS, nagaya, run


@pytest.fixture(name="image")
def composed(tmp_path):
    path = tmp_path / "image.elf"
    result = nagaya("compose", SYSTEMS / "console.yaml", "-o", path)
    assert result.returncode == 0, result.stderr
    return Image(path)


def test_every_line_of_the_log_appears_on_the_uart(image, tmp_path):
    with BareQemu(image.path, Facts(image), tmp_path) as qemu:
        qemu.wait_until(lambda: qemu.process.poll() is not None)
        lines = qemu.console(1).split("\r\n")
        written = len(qemu.log())
    assert lines.pop() == ""
    assert len(lines) == written
    assert all(line.startswith("nagaya: ") for line in lines)
    assert lines[0] == "nagaya: cpu 0: ready"
    assert lines[1] == "nagaya: vm trespasser: started"
    assert "nagaya: vm trespasser: write to 0x09040000 (serial1) at pc" in "\n".join(lines)
    assert lines[-1] == "nagaya: vm trespasser: off"


def test_a_damaged_plan_is_told_on_the_uart(image, tmp_path):
    facts = Facts(image)
    image.change(image.plan + image.word(image.plan + 24) - 1, lambda byte: byte ^ 1, "B")
    with BareQemu(image.path, facts, tmp_path) as qemu:
        qemu.wait_until(lambda: "before any VM ran\r\n" in qemu.console(1))
        assert qemu.console(1).startswith("nagaya: the plan is damaged (checksum 0x")
        assert not qemu.guests_ran()


def test_nagaya_run_shows_each_line_once():
    log = run("console.yaml").said("hypervisor")
    assert len([line for line in log if "vm trespasser: off" in line]) == 1
    assert len([line for line in log if "(serial1)" in line]) == 1


def test_only_an_image_that_asks_for_it_holds_the_words_of_the_log(image, tmp_path):
    plain = tmp_path / "plain.elf"
    assert nagaya("compose", SYSTEMS / "psci.yaml", "-o", plain).returncode == 0
    assert b": not granted" in image.path.read_bytes()
    assert b": not granted" not in plain.read_bytes()
