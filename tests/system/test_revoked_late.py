# SPDX-License-Identifier: Apache-2.0
"""A revocation that comes late: who restarts a VM is held between its request and the revocation, and that VM parks by itself
meanwhile. Its next life must not be hit."""

import gdb_stub
from system_run import Machine

MANAGER, TARGET = 0, 1
# More than there are pieces of the target's memory to bring back.
PIECES = 2600


def step_over(stub, place, cpu):
    """Lets @cpu, which stands at the breakpoint @place, go on alone to the next one."""
    stub.break_at(place, False)
    stub.step(cpu)
    assert stub.wait() == cpu
    stub.break_at(place)
    stub.resume(cpu)
    return stub.wait()


def test_a_late_revocation_does_not_hit_the_next_life(tmp_path):
    with Machine("revoked-late.yaml", *gdb_stub.options(tmp_path / "gdb")) as machine:
        stub = gdb_stub.Stub(tmp_path / "gdb")
        stub.break_at("guest_memory_revoke")
        stub.resume()
        assert stub.wait() == MANAGER
        stub.break_at("guest_memory_revoke", False)
        stub.break_at("vm_restore_step")
        stub.break_at("vm_begins")
        stub.resume(TARGET)
        assert stub.wait() == TARGET
        for _ in range(PIECES):
            if stub.register(TARGET, gdb_stub.PC) == stub.symbols["vm_begins"]:
                break  # it lives again, and its memory is not taken yet
            assert step_over(stub, "vm_restore_step", TARGET) == TARGET
        stub.break_at("vm_restore_step", False)
        stub.break_at("vm_begins", False)
        start = machine.now()
        stub.resume()
        machine.wait_for("hypervisor", "^vm target: off$", start)
        stub.close()
    assert not [line for line in machine.log("target") if "not granted" in line]
    assert [line for _, line in machine.lines[start:]].count("late: alive") > 10
    assert machine.summary()["target"]["restarts"] == 1
