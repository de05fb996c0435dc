# SPDX-License-Identifier: Apache-2.0
"""An exception inside the hypervisor: who is lost, who goes on, and who is told. QEMU's gdb stub brings the exceptions about."""

import re

import pytest

import gdb_stub
from system_run import DETERMINISTIC_SLOW, SYSTEMS, Machine, nagaya

STACK_POINTER = 31
PROGRAM_COUNTER = 32
NOWHERE = 0x7F70000000  # EL2 maps nothing there
RUNS, LOST = 1, 6
BY_ENGINE = 6
REFUSED = 2


class Shaken:
    """The system of lost.yaml when its manager is ready, stopped."""

    def __init__(self, path, system="lost.yaml"):
        self.machine = Machine(system, *gdb_stub.options(path))
        self.stub = gdb_stub.Stub(path)
        self.stub.resume()

    def __enter__(self):
        self.machine.wait_for("manager", "^manager: ready$")
        self.stub.interrupt()
        return self

    def __exit__(self, *_):
        self.stub.close()
        self.machine.stop()

    def told(self, number):
        """What the manager says when it was told of a loss for the @number-th time: by VM, and by CPU."""
        last = self.machine.wait_for("manager", f"^manager: done {number}$")
        first = self.machine.wait_for("manager", f"^manager: told {number}$")
        found = {}
        for _, line in self.machine.lines[first:last]:
            vm = re.match(r"manager: (\w+) state (\d+) reason (\d+) rung (\d+)(?:, orders (\d) (\d) (\d))?, goes on: (yes|no)$", line)
            cpu = re.match(r"manager: cpu (\d): faults (\d+) vcpu (\d+) elr (\S+) exit-pc (\S+)$", line)
            if vm:
                found[vm[1]] = {"state": int(vm[2]), "reason": int(vm[3]), "rung": int(vm[4]), "goes on": vm[8] == "yes",
                                "orders": [int(order) for order in vm.groups()[4:7] if order]}
            elif cpu:
                found[int(cpu[1])] = {"faults": int(cpu[2]), "vcpu": int(cpu[3]), "elr": int(cpu[4], 16), "exit-pc": int(cpu[5], 16)}
        return found


def assert_lost(told, vm):
    """As the manager sees it: told by its doorbell, and no command brings it back."""
    assert told[vm] == {"state": LOST, "reason": BY_ENGINE, "rung": 1, "goes on": False, "orders": [REFUSED] * 3}


def assert_goes_on(told, vm):
    assert told[vm]["state"] == RUNS and told[vm]["rung"] == 0 and told[vm]["goes on"]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """First the shared core fails, by a wild branch; then that of the hard VM, by a stack that is nowhere."""
    with Shaken(tmp_path_factory.mktemp("lost") / "gdb") as shaken:
        shaken.stub.stop_at("psci_call", 1)
        shaken.stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        shaken.stub.resume()
        shaken.first = shaken.told(1)
        shaken.stub.interrupt()
        shaken.stub.stop_at("psci_call", 3)
        shaken.stub.set_register(3, STACK_POINTER, NOWHERE)
        shaken.stub.resume()
        shaken.second = shaken.told(2)
        shaken.status = shaken.machine.wait_for_end()
    return shaken


@pytest.mark.xdist_group("lost")
def test_vms_of_a_core_whose_hypervisor_fails_are_lost(both):
    assert_lost(both.first, "mate")
    assert_lost(both.second, "mate")


@pytest.mark.xdist_group("lost")
def test_a_vm_is_lost_with_one_of_its_cores(both):
    """Its other core, which it shares with another VM, is taken from it."""
    assert_lost(both.first, "pair")


@pytest.mark.xdist_group("lost")
def test_vms_elsewhere_go_on(both):
    assert_goes_on(both.first, "hard")
    assert_goes_on(both.first, "other")
    assert_goes_on(both.second, "other")


@pytest.mark.xdist_group("lost")
def test_a_hard_vm_is_lost_with_its_core(both):
    assert_lost(both.second, "hard")


@pytest.mark.xdist_group("lost")
def test_the_record_tells_where_and_by_whom(both):
    where = both.first[1]
    assert where["faults"] == 1 and where["elr"] == NOWHERE and where["exit-pc"] != 0
    assert where["vcpu"] in (3, 5)  # 1 more than the index: of pair or mate
    assert both.second[1] == where
    assert both.second[3]["faults"] == 1 and both.second[3]["vcpu"] == 2 and both.second[3]["exit-pc"] != 0


@pytest.mark.xdist_group("lost")
def test_the_log_says_what_is_lost(both):
    log = both.machine.log()
    first = next(number for number, line in enumerate(log) if re.match(r"cpu 1: exception inside the hypervisor, esr 0x\S+ elr 0x7f70000000 ", line))
    assert log[first].endswith(": core stopped")
    assert sorted(log[first + 1:first + 3]) == [f"vm {vm}: lost, for cpu 1 has stopped: only a reset of the machine starts it again"
                                                for vm in ("mate", "pair")]
    assert "vm hard: lost, for cpu 3 has stopped: only a reset of the machine starts it again" in log


@pytest.mark.xdist_group("lost")
def test_lost_vms_do_not_keep_the_machine_on(both):
    assert both.machine.log()[-1] == "no VM is left, 3 are lost: the machine goes off"
    assert "the machine is off" in both.machine.said("nagaya")


@pytest.mark.xdist_group("lost")
def test_the_run_tells_and_fails(both):
    assert both.status == 1
    assert {name: vm["state"] for name, vm in both.machine.summary().items()} == \
        {"manager": "off", "hard": "lost", "pair": "lost", "mate": "lost", "other": "off"}
    said = both.machine.said("nagaya")
    first = next(number for number, line in enumerate(said) if line.startswith("cpu 1: exception inside the hypervisor after "))
    assert re.match(r"  esr 0x\S+ elr 0x7f70000000 far 0x7f70000000 spsr 0x\S+ sp 0x7f8\S+ lr 0x7f8\S+$", said[first + 1])
    assert re.match(r"  loaded: vm (pair|mate), vCPU 0; its last exit that was no short one: esr 0x\S+ at pc 0x\S+$", said[first + 2])


def test_a_fault_of_the_faults_handler_does_less_and_ends(tmp_path):
    """It fails while it writes to the log, then once more while it takes the VMs out: they are lost all the same."""
    with Shaken(tmp_path / "gdb") as shaken:
        stub = shaken.stub
        stub.stop_at("psci_call", 1)
        for symbol, size in (("this_cpu", 56), ("vm_vcpus", 136)):
            stub.write(1, stub.symbols[symbol], b"\xa5" * size)
        stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        stub.stop_at("log_write", 1)
        stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        stub.stop_at("gic_pend", 1)
        stub.set_register(1, STACK_POINTER, 0)
        stub.resume()
        told = shaken.told(1)
        assert_goes_on(told, "hard")
        assert_goes_on(told, "other")
        assert (told["pair"]["state"], told["mate"]["state"]) == (LOST, LOST)
        assert told[1]["faults"] >= 2
