# SPDX-License-Identifier: Apache-2.0
"""A manager VM that rings, stops, restarts and starts its neighbours; watchdogs; limits (guests/manager.c, watchdogs.c)."""

import re

import pytest

from system_run import DETERMINISTIC_SLOW, run

OWN_CORE = ["doorbells are taken one by one", "doorbells cost the receiver no exit that it sees", "stops", "is off and can't be stopped",
            "a doorbell is kept while the receiver is off", "runs and can't be started", "stops and restarts while it spins",
            "stops and restarts while it sleeps", "stops and restarts while it floods", "stops and restarts in its handler",
            "stops and restarts on two cores", "stops and restarts without its SGIs", "stops while it restarts", "goes off by itself", "its pages agree",
            "a call that rings too soon is refused", "a store that rings too soon waits", "its sender is interrupted meanwhile"]
SAME_CORE = ["doorbells are taken one by one", "doorbells cost the receiver no exit that it sees", "stops",
             "a doorbell is kept while the receiver is off", "stops and restarts while it spins",
             "stops and restarts while it sleeps", "stops and restarts while it floods", "stops and restarts in its handler",
             "stops while it restarts"]
BAD_COMMANDS = ["no such command", "a command of 64 bits", "a command of 8 bits", "commands are counted",
                "a command for a VM that is none", "a command at the page's end", "a store to the results", "a pair of commands",
                "commands read as nothing", "goes on"]
TRESPASS = ["rings and commands only what it may", "commands nothing"]
LIMIT = ["is stopped when it was restarted too often", "may fail as often again after the manager's start"]


def outcome(machine, vm, what):
    """What the manager said of it; None: nothing."""
    said = [line for line in machine.said("manager") if line.startswith(f"manager: {vm} {what}: ")]
    return said[-1].removeprefix(f"manager: {vm} {what}: ") if said else None


def assert_machine_off(machine):
    assert machine.said("manager")[-1] == "manager: done"
    assert "the machine is off" in machine.said("nagaya")
    assert {vm["state"] for vm in machine.summary().values()} == {"off"}


@pytest.fixture(scope="module")
def manager():
    return run("manager.yaml")


@pytest.mark.xdist_group("manager")
@pytest.mark.parametrize("what", OWN_CORE)
def test_a_hard_vm_on_cores_of_its_own(manager, what):
    assert outcome(manager, "hard", what) == "ok"


@pytest.mark.xdist_group("manager")
@pytest.mark.parametrize("what", SAME_CORE)
def test_a_vm_on_the_managers_core(manager, what):
    assert outcome(manager, "mate", what) == "ok"


@pytest.mark.xdist_group("manager")
@pytest.mark.parametrize("what", BAD_COMMANDS)
def test_bad_commands_do_nothing(manager, what):
    assert outcome(manager, "mate", what) == "ok"


@pytest.mark.xdist_group("manager")
@pytest.mark.parametrize("what", TRESPASS)
def test_a_vm_that_is_no_manager_commands_nothing(manager, what):
    assert outcome(manager, "mate", what) == "ok"
    refused = [line for line in manager.log("mate") if "not granted" in line]
    assert len(refused) == 6 and all("not granted" in line for line in refused)


@pytest.mark.xdist_group("manager")
@pytest.mark.parametrize("what", LIMIT)
def test_a_vm_that_crashes_too_often_is_stopped(manager, what):
    assert outcome(manager, "crasher", what) == "ok"
    assert manager.log("crasher").count("vm crasher: restarted 3 times within its limit's time: stopped") == 2


@pytest.mark.xdist_group("manager")
def test_nothing_has_failed(manager):
    assert not [line for line in manager.said("manager") if not line.endswith(": ok")][:-1]


@pytest.mark.xdist_group("manager")
def test_a_core_that_is_taken_back_runs_nothing_of_its_guest_in_between(manager):
    """A guest that was resumed by mistake would be seen by the waiting core's interrupts, which are not the guest's."""
    assert not [vcpu for vcpu in manager.summary()["hard"]["vcpus"] if "IRQ" in vcpu]


@pytest.mark.xdist_group("manager")
def test_the_log_has_the_managers_commands(manager):
    assert [line for line in manager.log("mate") if line.startswith("vm mate: vm manager's command 4 is none")]
    assert "vm hard: stopped by vm manager" in manager.log("hard")
    assert "vm hard: restarted by vm manager" in manager.log("hard")
    assert "vm hard: not stopped by vm manager: it is in no state for that" in manager.log("hard")


@pytest.mark.xdist_group("manager")
def test_the_machine_goes_off_with_its_last_vm(manager):
    assert_machine_off(manager)


@pytest.fixture(scope="module")
def watchdogs():
    return run("watchdogs.yaml", *DETERMINISTIC_SLOW)


@pytest.mark.xdist_group("watchdogs")
@pytest.mark.parametrize(("vm", "what"), [
    ("dog", "lives while it is petted by stores"), ("stopper", "lives while it is petted by calls"),
    ("logger", "lives though it is not petted"), ("dog", "is restarted when it is not petted"),
    ("stopper", "is stopped when it is not petted"), ("dog", "is stopped when that is too often"), ("logger", "stops")])
def test_watchdogs(watchdogs, vm, what):
    assert outcome(watchdogs, vm, what) == "ok"


@pytest.mark.xdist_group("watchdogs")
def test_a_watchdog_tells_once_of_each_lapse(watchdogs):
    late = "its watchdog was not petted"
    assert [len([line for line in watchdogs.log(vm) if late in line]) for vm in ("dog", "stopper", "logger")] == [4, 1, 1]


@pytest.mark.xdist_group("watchdogs")
def test_a_watched_core_does_nothing_for_its_watchdog(watchdogs):
    """Millions of pets by store, and the looks at them, cost the watched core no exit; nothing there has a timer."""
    dog = watchdogs.summary()["dog"]["vcpus"][0]
    assert "IRQ" not in dog and sum(dog.values()) < 100  # its starts


@pytest.mark.xdist_group("watchdogs")
def test_a_restart_by_the_watchdog_has_its_place_in_the_log(watchdogs):
    log = watchdogs.log("dog")
    first = next(number for number, line in enumerate(log) if "not petted" in line)
    assert re.fullmatch(r"vm dog: restarted, \d+ times? by now", log[first + 1])
    assert_machine_off(watchdogs)
