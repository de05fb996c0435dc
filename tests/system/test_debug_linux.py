# SPDX-License-Identifier: Apache-2.0
"""Programs are debugged in a Linux that shares its core with a kernel that debugs itself: by ptrace, and by Debian's gdb."""

import re
import subprocess

import pytest

from system_run import Machine, ROOT, SYSTEMS

PATIENCE_FETCH = 600
GDB = "tests/system/guests/linux/gdb/fetch"
SYSTEM = "debug-linux.yaml"


def no_fault(machine):
    """Whether neither Linux nor its neighbour has met anything that it shouldn't."""
    return not [line for line in machine.said("linux") if re.search("Oops|WARNING|BUG|Unexpected", line)] and \
        not [line for line in machine.said("other") if "FAILED" in line]


def test_ptrace_steps_a_program_in_a_linux_on_a_shared_core():
    with Machine(SYSTEM, "--type", "linux=./single-step") as machine:
        machine.wait_for("linux", "^single-step: ")
    assert "single-step: ok" in machine.said("linux")
    assert no_fault(machine), machine.tail()


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """gdb's session with guests/linux/gdb/debugged.c."""
    initrd = ROOT / "build" / "tests" / "system" / "gdb.cpio.gz"
    fetched = subprocess.run([GDB, initrd.with_name("gdb-packages")], cwd=ROOT, text=True, capture_output=True,
                             stdin=subprocess.DEVNULL, timeout=PATIENCE_FETCH, check=False)
    if fetched.returncode == 3:
        pytest.skip(fetched.stdout.strip())
    assert fetched.returncode == 0, fetched.stderr
    made = subprocess.run(["make", "-s", initrd.relative_to(ROOT)], cwd=ROOT, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE_FETCH, check=False)
    assert made.returncode == 0, made.stderr
    system = tmp_path_factory.mktemp("gdb") / "system.yaml"
    text = (SYSTEMS / SYSTEM).read_text(encoding="utf-8")
    system.write_text(text.replace("system/initrd.cpio.gz", "system/gdb.cpio.gz"), encoding="utf-8")
    with Machine(system, "--type", "linux=gdb -q -batch -x session ./debugged; echo gdb $((40 + 2))") as machine:
        machine.wait_for("linux", "^gdb 42$")
    return machine


@pytest.mark.xdist_group("debug-gdb")
@pytest.mark.parametrize("line", [
    "session: in main",                    # a software breakpoint
    "session: n is 10",                    # a breakpoint of the hardware, twice
    "session: 12 bytes in three steps",
    "session: watched is 55",              # a watchpoint, twice
    "session: n is 100",
    "session: watched is 5050",
    "debugged: 55 5050",
    "session: status 0",
])
def test_gdb_works_in_a_linux_on_a_shared_core(session, line):
    assert line in session.said("linux"), session.tail()


@pytest.mark.xdist_group("debug-gdb")
def test_gdb_has_the_points_of_the_hardware(session):
    said = "\n".join(session.said("linux"))
    assert "Hardware assisted breakpoint 2 at" in said, session.tail()
    assert "Hardware watchpoint 3: watched" in said, session.tail()


@pytest.mark.xdist_group("debug-gdb")
def test_gdb_in_linux_is_nothing_to_its_neighbour(session):
    assert no_fault(session), session.tail()
