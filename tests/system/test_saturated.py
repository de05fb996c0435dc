# SPDX-License-Identifier: Apache-2.0
"""Guests that keep all their interrupts pending, and leave in each way that there is, get what they would get without: each restarts, and
starts again. It is what the hypervisor has most to do with: what it takes then is counted with all else (docs/bounds.md)."""

from system_run import LOG, Machine

# SVE is there to be missed; instructions are counted, so that the four take their turns in the same way each time.
OPTIONS = ["--cpu", "max,cntfrq=1000000000", "--qemu-arg", "-icount", "--qemu-arg", "shift=0,sleep=off"]


def test_guests_with_all_interrupts_pending_leave_in_each_way_and_restart():
    with Machine("saturated.yaml", *OPTIONS) as machine:
        for name in ["reset", "abort", "undefined", "register"]:
            machine.wait_for(LOG, f"vm {name}: restarted, 1 time ")
    log = [line for speaker, line in machine.lines if speaker == LOG]
    assert not [line for line in log if "fault" in line], machine.tail()
    assert [line for line in log if line.startswith("vm abort: write to 0x3f0000000")]
    for name in ["reset", "abort"]:
        assert machine.said(name)[:3] == ["pressed: 26 interrupts", "pressed: done", "pressed: 26 interrupts"]
