# SPDX-License-Identifier: Apache-2.0
"""
What watches the hypervisor in every system test (system_run.Machine, bare_qemu.BareQemu, bench/counts/core_progress.py): an engine that is brought to
a fault or a standstill with the gdb stub fails a test that looks at nothing.
"""

import pytest

import gdb_stub
from bare_qemu import BareQemu, Facts
from damaged_image import Image
from system_run import SYSTEMS, EngineFault, Machine, assert_no_engine_fault, nagaya

PC = 32
NOWHERE = 0x10
BRANCH_TO_ITSELF = bytes.fromhex("00000014")
WFI_FOR_EVER = bytes.fromhex("7f2003d5ffffff17")

# A place to which the watcher's core comes again and again.
OFTEN = "sched_run"
CPU = 2


def wreck(path, how):
    """Lets core CPU come to the engine's OFTEN and does @how to it there."""
    stub = gdb_stub.Stub(path)
    stub.break_at(OFTEN)
    stub.resume()
    while stub.wait() != CPU:
        stub.resume()
    stub.break_at(OFTEN, False)
    how(stub)
    stub.resume()
    return stub


def goes_astray(stub):
    stub.set_register(CPU, PC, NOWHERE)


def runs_other_code(stub, code):
    """The core goes on in a place that no healthy one comes to."""
    place = stub.symbols["park_before_log"]
    stub.write(CPU, place, code)
    stub.set_register(CPU, PC, place)


def stops_in_silence(stub):
    runs_other_code(stub, WFI_FOR_EVER)


def spins(stub):
    runs_other_code(stub, BRANCH_TO_ITSELF)


WRECKS = [(goes_astray, "exception inside the hypervisor"), (stops_in_silence, f"core {CPU} has stopped for good at EL2"),
          (spins, f"core {CPU} makes no progress at EL2")]


@pytest.mark.parametrize("how, told", WRECKS, ids=[how.__name__ for how, _ in WRECKS])
def test_an_engine_that_fails_fails_a_test_that_does_not_look(how, told, tmp_path):
    with pytest.raises(EngineFault, match=told):
        with Machine("fuzz-virtual.yaml", *gdb_stub.options(tmp_path / "gdb")) as machine:
            machine.patience = 3
            stub = wreck(tmp_path / "gdb", how)
            machine.wait_for("victim", "^victim: periods")
            stub.close()


def test_a_test_that_provokes_a_fault_says_so(tmp_path):
    with Machine("fuzz-virtual.yaml", *gdb_stub.options(tmp_path / "gdb"), expects_engine_fault=True) as machine:
        stub = wreck(tmp_path / "gdb", goes_astray)
        machine.wait_for("hypervisor", "exception inside the hypervisor")
        stub.close()
    assert not machine.lost


def test_cores_that_wait_are_off_or_never_ran_a_vm_are_no_fault():
    with Machine("virtual-waits-direct.yaml") as machine:  # core 0 is the only one with a VM
        machine.wait_for("hypervisor", "started")
    assert machine.owned != {0, 1, 2, 3}


def test_a_line_of_a_runs_output_is_enough():
    with pytest.raises(EngineFault):
        assert_no_engine_fault("a\nhypervisor | cpu 1: exception inside the hypervisor, esr 0x96000021\n")
    assert_no_engine_fault("hypervisor | vm a: started\n")


def bare(tmp_path, how, **expected):
    image = tmp_path / "image.elf"
    assert nagaya("compose", SYSTEMS / "fuzz-virtual.yaml", "-o", image).returncode == 0
    path = tmp_path / "gdb"
    options = [word for word in gdb_stub.options(path) if word != "--qemu-arg"]
    with BareQemu(image, Facts(Image(image)), tmp_path, *options, **expected) as qemu:
        wreck(path, how).close()
        qemu.wait_until(lambda: "victim: periods" in qemu.console(0) + qemu.console(1))


def test_a_fault_under_bare_qemu_fails_a_test_that_does_not_look(tmp_path):
    with pytest.raises(EngineFault, match="exception inside the hypervisor"):
        bare(tmp_path, goes_astray)


def test_a_fault_under_bare_qemu_can_be_expected(tmp_path):
    bare(tmp_path, goes_astray, expects_engine_fault=True)
