# SPDX-License-Identifier: Apache-2.0
"""As much at once as a system can ask of a core: the longest paths through the hypervisor are among
these (bench/exits/)."""

import pytest

from system_run import DETERMINISTIC, Machine

DOGS = [f"dog{number}" for number in range(1, 9)]
ROUNDS = 2


@pytest.fixture(scope="module")
def bites():
    """Eight VMs on three cores, none of which pets its watchdog, until all were restarted some times."""
    with Machine("watchdogs-at-once.yaml", *DETERMINISTIC) as machine:
        for dog in DOGS:
            machine.wait_for("hypervisor", rf"^vm {dog}: restarted, {ROUNDS} times? by now$")
    return machine


@pytest.mark.xdist_group("watchdogs-at-once")
def test_watchdogs_that_bite_all_at_once_restart_all_vms(bites):
    assert all(bites.summary()[dog]["restarts"] >= ROUNDS for dog in DOGS), bites.tail()
    assert "restarted" not in " ".join(bites.log("watcher"))


@pytest.mark.xdist_group("watchdogs-at-once")
def test_they_do_bite_at_once(bites):
    log = bites.log()
    first = next(number for number, line in enumerate(log) if line.endswith("its watchdog was not petted"))
    assert log[first:first + len(DOGS)] == [f"vm {dog}: its watchdog was not petted" for dog in DOGS]
