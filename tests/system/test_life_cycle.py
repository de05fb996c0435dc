# SPDX-License-Identifier: Apache-2.0
"""VMs that crash, spin, end, reset and reboot: each for itself, the others untouched."""

import re

import pytest

from system_run import Machine, run
from victim import assert_undisturbed, statuses, wait_for_victim

PROMPT = r"linux:~# "
RESETS = 1000


@pytest.fixture(scope="module")
def go_wrong():
    """crash faults for ever, spin spins with interrupts masked for ever; Linux is asked something meanwhile."""
    with Machine("go-wrong.yaml", "--type", "linux=echo sum $((40 + 2))") as machine:
        machine.wait_for("linux", "^sum 42$")
        wait_for_victim(machine)
    return machine


@pytest.mark.xdist_group("go-wrong")
def test_a_vm_that_crashes_for_ever_or_spins_leaves_the_victim_untouched(go_wrong):
    assert_undisturbed(go_wrong)


@pytest.mark.xdist_group("go-wrong")
def test_a_vm_that_crashes_for_ever_or_spins_leaves_linux_untouched(go_wrong):
    assert "sum 42" in go_wrong.said("linux")
    assert not [line for line in go_wrong.log("linux") if "not granted" in line]


@pytest.mark.xdist_group("go-wrong")
def test_a_vm_that_crashes_for_ever_is_named_in_the_log(go_wrong):
    assert [line for line in go_wrong.log("crash") if re.search(r"instruction fetch from 0x\S+ \(ram\).*not granted", line)]
    assert go_wrong.summary()["crash"]["vcpus"][0]["instruction abort"] > 1000


@pytest.mark.xdist_group("go-wrong")
def test_a_vm_that_spins_costs_the_hypervisor_nothing(go_wrong):
    assert go_wrong.summary()["spin"]["state"] == "running"
    assert sum(go_wrong.summary()["spin"]["vcpus"][0].values()) < 100  # its start


@pytest.fixture(scope="module")
def reset_and_off():
    with Machine("reset-and-off.yaml") as machine:
        machine.wait_for("hypervisor", rf"^vm reset: restarted, {RESETS} times? by now$|^vm reset: restarted, {RESETS}\d")
        machine.reset_done = wait_for_victim(machine)
    return machine


@pytest.mark.xdist_group("reset-and-off")
def test_a_vm_resets_a_thousand_times(reset_and_off):
    assert reset_and_off.summary()["reset"]["restarts"] >= RESETS
    assert reset_and_off.said("reset").count("reset: start") >= RESETS


@pytest.mark.xdist_group("reset-and-off")
def test_each_reset_gives_a_vm_its_first_memory_back(reset_and_off):
    assert reset_and_off.says_only("reset", "reset: start")


@pytest.mark.xdist_group("reset-and-off")
def test_a_vm_that_switches_itself_off_stays_off(reset_and_off):
    assert reset_and_off.log("off") == ["vm off: started", "vm off: off"]
    assert reset_and_off.summary()["off"]["state"] == "off"


@pytest.mark.xdist_group("reset-and-off")
def test_a_vm_that_resets_a_thousand_times_leaves_the_victim_untouched(reset_and_off):
    assert_undisturbed(reset_and_off)


@pytest.fixture(scope="module")
def on_fault():
    with Machine("on-fault.yaml") as machine:
        machine.wait_for("hypervisor", "^vm restarts: restarted, [1-9][0-9]+ times")
        machine.wait_for("hypervisor", "^vm stops: off$")
        wait_for_victim(machine)
    return machine


@pytest.mark.xdist_group("on-fault")
def test_on_fault_restart_starts_the_vm_again(on_fault):
    log = on_fault.log("restarts")
    assert "instruction fetch from" in log[1] and "not granted" in log[1]
    assert log[2] == "vm restarts: restarted, 1 time by now"
    assert on_fault.said("restarts").count("crash: start") >= 10


@pytest.mark.xdist_group("on-fault")
def test_on_fault_stop_ends_the_vm_at_its_first_fault(on_fault):
    log = on_fault.log("stops")
    assert len(log) == 3 and "not granted" in log[1] and log[2] == "vm stops: off"
    assert on_fault.summary()["stops"] | {"vcpus": []} == {"state": "off", "restarts": 0, "vcpus": []}


@pytest.mark.xdist_group("on-fault")
def test_what_is_done_on_a_fault_leaves_the_victim_untouched(on_fault):
    assert_undisturbed(on_fault)


@pytest.fixture(scope="module")
def reset_all():
    with Machine("reset-all.yaml") as machine:
        machine.wait_for("hypervisor", r"^vm reset-all: restarted, [1-9]\d\d times")
        wait_for_victim(machine)
    return machine


@pytest.mark.xdist_group("reset-all")
def test_a_vm_of_several_cores_resets_as_a_whole(reset_all):
    said = reset_all.said("reset-all")
    assert len(said) >= 100
    assert all(re.fullmatch(r"reset-all: cores 3, [123] at once", line) for line in said)


@pytest.mark.xdist_group("reset-all")
def test_a_reset_by_several_cores_at_once_is_one_reset(reset_all):
    restarts = [int(re.search(r"restarted, (\d+) times? ", line)[1])
                for line in reset_all.log("reset-all") if "restarted" in line]
    assert restarts == list(range(1, len(restarts) + 1))
    assert {line[-9] for line in reset_all.said("reset-all")} == {"1", "2", "3"}


@pytest.mark.xdist_group("reset-all")
def test_a_vm_of_several_cores_that_resets_leaves_the_victim_untouched(reset_all):
    assert_undisturbed(reset_all)


def test_a_vm_resets_while_its_first_core_waits_for_an_event():
    with Machine("reset-waiting.yaml") as machine:
        machine.wait_for("hypervisor", "^vm guest: restarted, 5 times")
    assert machine.says_only("guest", "reset-waiting: start")


HOTPLUG = ("for i in 1 2 3 4 5; do for on in 0 1; do echo $on > /sys/devices/system/cpu/cpu1/online; done; done; "
           "echo cpus $(nproc)")


@pytest.fixture(scope="module")
def linux():
    """Linux takes a core off and on, reboots, answers, and ends."""
    with Machine("linux.yaml", "--type", f"linux={HOTPLUG}", "--type", "linux=reboot -f",
                 "--type", "linux=echo again $((40 + 2)) on $(nproc)", "--type", "linux=poweroff -f") as machine:
        machine.rebooted = machine.wait_for("hypervisor", "^vm linux: restarted, 1 time ")
        machine.off = machine.wait_for("hypervisor", "^vm linux: off$")
        wait_for_victim(machine)
    return machine


@pytest.mark.xdist_group("linux")
def test_linux_switches_a_core_off_and_on(linux):
    assert "cpus 2" in linux.said("linux")


@pytest.mark.xdist_group("linux")
def test_linux_reboots_to_its_prompt_on_all_its_cores(linux):
    again = linux.wait_for("linux", "^again 42 on 2$")
    assert linux.rebooted < again < linux.off


@pytest.mark.xdist_group("linux")
def test_linux_that_powers_off_ends_its_vm_only(linux):
    assert linux.summary()["linux"] | {"vcpus": []} == {"state": "off", "restarts": 1, "vcpus": []}
    assert [report for report in statuses(linux) if report[0] > linux.off]


@pytest.mark.xdist_group("linux")
def test_linux_that_reboots_leaves_the_victim_untouched(linux):
    assert_undisturbed(linux, after=linux.off)


@pytest.mark.xdist_group("linux")
def test_linux_does_nothing_that_is_not_granted(linux):
    assert not [line for line in linux.log("linux") if "not granted" in line]


def test_the_machine_powers_off_when_all_vms_are_off():
    machine = run("two-that-end.yaml")
    assert "the machine is off" in machine.said("nagaya")
    assert {vm["state"] for vm in machine.summary().values()} == {"off"}


def test_a_vm_whose_cores_are_all_off_is_off():
    machine = run("all-off.yaml")
    assert machine.said("guest") == ["all-off: the first core is off"]
    assert machine.log("guest") == ["vm guest: started", "vm guest: off"]
