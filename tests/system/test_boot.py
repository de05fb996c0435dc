# SPDX-License-Identifier: Apache-2.0
"""Every supported CPU model boots bare-metal guests on one core and on several, and Debian's kernels."""

import re
import subprocess

import pytest

import gdb_stub
from system_run import ROOT, SYSTEMS, Machine, run

CPUS = ("cortex-a53", "cortex-a72", "cortex-a76", "max")
OTHER_CORES = 3
LINK_REGISTER = 30


@pytest.mark.parametrize("cpu", CPUS)
def test_a_guest_boots(cpu):
    machine = run(ROOT / "systems" / "hello.yaml", "--cpu", cpu)
    assert machine.said("hello")[-1] == "hello: done"


@pytest.mark.parametrize("cpu", CPUS)
def test_a_guest_of_several_cores_sends_interrupts_between_them_and_switches_them_off_and_on(cpu):
    said = run("smp.yaml", "--cpu", cpu).said("guest")
    assert said[-1] == "smp: done"
    cores = [line for line in said if re.fullmatch(r"smp: core \d: 1000 SGIs there and back, off and on 100 times", line)]
    assert len(cores) == OTHER_CORES


def hold_others(machine, path, place):
    """All CPUs but CPU 0 wait before they can take an interrupt, until that one has returned from function @place."""
    stub = gdb_stub.Stub(path)
    stub.break_at("gic_private_reset")
    stub.resume()
    while stub.wait() != 0:
        stub.resume(0)
    stub.break_at("gic_private_reset", False)
    stub.break_at(place)
    stub.resume(0)
    assert stub.wait() == 0
    stub.break_at(place, False)
    after = stub.register(0, LINK_REGISTER)
    stub.break_at(after)
    stub.resume(0)
    assert stub.wait() == 0
    assert not [line for line in machine.log() if re.fullmatch("cpu [123]: ready", line)]
    stub.break_at(after, False)
    stub.resume()
    return stub


def test_a_core_that_boots_late_starts_what_was_asked_of_it_before(tmp_path):
    """CPU 0 goes on alone until its guest has turned another core on, whose CPU can't take the kick yet."""
    with Machine("smp.yaml", *gdb_stub.options(tmp_path / "gdb")) as machine:
        stub = hold_others(machine, tmp_path / "gdb", "interrupts_kick")
        assert machine.wait_for_end() == 0
        stub.close()
    assert machine.said("guest")[-1] == "smp: done"


def test_a_vm_that_is_stopped_before_its_core_has_booted_never_runs(tmp_path):
    with Machine("early-stop.yaml", *gdb_stub.options(tmp_path / "gdb")) as machine:
        stub = hold_others(machine, tmp_path / "gdb", "vm_request")
        machine.wait_for("neighbour", "^ticker: ticks$", machine.wait_for("manager", "^manager: done$"))
        stub.close()
    assert machine.said("manager")[0] == "manager: stop 0"
    assert machine.summary()["victim"]["state"] == "off"
    assert machine.said("victim") == []
    assert machine.says_only("neighbour", "ticker: ticks")


@pytest.mark.parametrize("cpu", CPUS)
def test_linux_boots_to_its_prompt_on_two_cores(cpu):
    with Machine("linux.yaml", "--cpu", cpu, "--type", "linux=echo at $((40 + 2)) on $(nproc)") as machine:
        machine.wait_for("linux", "^at 42 on 2$")
        assert not [line for line in machine.log("linux") if "not granted" in line]


def test_a_packed_linux_kernel_boots_to_its_prompt(tmp_path):
    with (tmp_path / "Image.gz").open("wb") as packed:
        subprocess.run(["gzip", "-1", "-c", ROOT / "build" / "linux" / "Image"], stdout=packed, check=True)
    system = tmp_path / "system.yaml"
    system.write_text((SYSTEMS / "linux.yaml").read_text(encoding="utf-8").replace("linux/Image", "Image.gz"), encoding="utf-8")
    with Machine(system, "--type", "linux=echo sum $((40 + 2))") as machine:
        machine.wait_for("linux", "^sum 42$")


def test_two_linux_kernels_run_side_by_side_and_the_real_time_one_measures():
    with Machine(ROOT / "systems" / "rt-linux.yaml", "--type", "linux=load") as machine:
        machine.wait_for("linux", "load: running in the background")
        machine.wait_for("rt", r"T: 0 .* C: +10000 ")
        machine.wait_for("rt", "cyclictest: done")
        machine.wait_for("rt", "linux: ready")
        assert not [line for line in machine.log() if "not granted" in line]
