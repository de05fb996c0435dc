# SPDX-License-Identifier: Apache-2.0
"""
A vCPU has debug registers, whether it shares its core or not, and nobody else's (guests/debug.c): breakpoints, watchpoints, software
step; the hypervisor itself can't be hit by them.
"""

import pytest

from system_run import Machine, run

CPUS = {"cortex-a53": True, "cortex-a76": False, "max": True}  # whether there is AArch32


def expected(aarch32, second_vcpu, doorbell):
    """What a guest says, in order."""
    steps = ["step", "step-traps", *(["step-sgi"] if second_vcpu else []),
             *(["step-doorbell"] if doorbell else []), "step-program",
             *(["step-program-32"] if aarch32 else []), "step-others-run"]
    names = ["os-lock", "os-unlock", *steps, "points", "points-of-the-hypervisor", "absent", *steps]
    return [f"debug: {name}: ok" for name in names] + ["debug: done"]


@pytest.fixture(scope="module", params=[pytest.param(cpu, marks=pytest.mark.xdist_group(f"debug-{cpu}")) for cpu in CPUS])
def shared(request):
    """Three kernels that debug themselves on one core, at the same addresses."""
    with Machine("debug.yaml", "--cpu", request.param, "--end-when", "one=debug: done") as machine:
        machine.wait_for_end()
    machine.aarch32 = CPUS[request.param]
    return machine


def test_debug_registers_work_on_a_shared_core(shared):
    assert shared.said("one") == expected(shared.aarch32, second_vcpu=True, doorbell=True), shared.tail()


def test_a_vm_finds_nothing_of_its_neighbours_or_of_its_own_in_debug_registers_after_a_restart(shared):
    lines = expected(shared.aarch32, second_vcpu=False, doorbell=True)
    said = shared.said("two")
    whole = len(said) // len(lines) * len(lines)
    assert said[:whole] == lines * (whole // len(lines)), shared.tail()
    assert shared.summary()["two"]["restarts"] >= 3


def test_debug_registers_are_no_fault_to_be_logged(shared):
    # What it tries of others: an implementation-defined register at EL0, and a breakpoint that isn't there.
    refused = {line.split(" at pc ")[0] for line in shared.log("one") if "set/way" not in line}
    assert refused <= {"vm one: started", "vm one: off", "vm one: system register not granted"}, refused


@pytest.mark.parametrize("cpu", CPUS)
def test_debug_registers_work_on_a_core_of_ones_own(cpu):
    machine = run("debug-alone.yaml", "--cpu", cpu)
    # QEMU 10.0.2 has the register of the OS lock, but not what it does.
    for vm in ("direct", "virtual"):
        lines = expected(CPUS[cpu], second_vcpu=vm == "virtual", doorbell=False)
        assert machine.said(vm)[1:] == lines[1:], machine.tail()
