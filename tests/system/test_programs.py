# SPDX-License-Identifier: Apache-2.0
"""A program at EL0 costs the kernel that it runs under an exception at most, never its VM (guests/programs.c)."""

import pytest

from system_run import run

ALL = ["debug-status", "implementation-defined", "activity-monitors", "software-context-number", "cycle-counter",
       "second-thread-pointer", "streaming-mode", "load-64-bytes"]
AARCH32 = ["a32-implementation-defined", "a32-not-executed", "a32-vector-features", "a32-trace", "a32-debug-id", "a32-debug-rom",
           "a32-debug-id-as-flags", "t32-debug-id-in-it", "t32-wait", "t32-no-wait-in-it"]
SHARED = ["scalable-vectors", "pointer-signing"]
CPUS = {"cortex-a53": ALL + AARCH32, "cortex-a72": ALL + AARCH32, "neoverse-n1": ALL, "max": ALL + AARCH32}


@pytest.fixture(scope="module", params=[pytest.param(cpu, marks=pytest.mark.xdist_group(f"programs-{cpu}")) for cpu in CPUS])
def programs(request):
    machine = run("programs.yaml", "--cpu", request.param, "--timeout", "60")
    machine.expected = CPUS[request.param]
    return machine


@pytest.mark.parametrize("vm", ["shares", "owns"])
def test_a_program_costs_its_kernel_an_exception_at_most(programs, vm):
    names = programs.expected + (SHARED if vm == "shares" else [])
    assert programs.said(vm) == [f"programs: {name}: ok" for name in names] + ["programs: done"]


@pytest.mark.parametrize("vm", ["shares", "other", "owns"])
def test_a_program_never_ends_its_vm(programs, vm):
    assert programs.summary()[vm]["restarts"] == 0
    assert programs.log(vm)[-1] == f"vm {vm}: off"
