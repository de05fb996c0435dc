# SPDX-License-Identifier: Apache-2.0
"""An exception inside the hypervisor: who is lost, who goes on, and who is told. QEMU's gdb stub brings the exceptions about."""

import json
import re

import pytest

import gdb_stub
from system_run import DETERMINISTIC_SLOW, LOG, SYSTEMS, Machine
from test_manager_linux import Linux

STACK_POINTER = 31
PROGRAM_COUNTER = 32
NOWHERE = 0x7F70000000  # EL2 maps nothing there
RUNS, LOST = 1, 6
BY_ENGINE = 6
REFUSED = 2


class Shaken:
    """The system of lost.yaml when its manager is ready, stopped."""

    def __init__(self, path, system="lost.yaml"):
        self.machine = Machine(system, *gdb_stub.options(path), expects_engine_fault=True)
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
        shaken.stub.stop_at("power_call", 1)
        shaken.stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        shaken.stub.resume()
        shaken.first = shaken.told(1)
        shaken.stub.interrupt()
        shaken.stub.stop_at("power_call", 3)
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
    assert sum(both.machine.summary()["pair"]["vcpus"][1].values()) < 10_000  # it parks, and does not fault for ever


@pytest.mark.xdist_group("lost")
def test_a_vm_is_lost_with_a_core_that_it_had_not_turned_on(both):
    """All of its vCPUs have parked then: it is not off, for it can't start."""
    assert_lost(both.first, "half")
    assert_lost(both.second, "half")


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
    assert sorted(log[first + 1:first + 4]) == [f"vm {vm}: lost, for cpu 1 has stopped: only a reset of the machine starts it again"
                                                for vm in ("half", "mate", "pair")]
    assert "vm hard: lost, for cpu 3 has stopped: only a reset of the machine starts it again" in log


@pytest.mark.xdist_group("lost")
def test_lost_vms_do_not_keep_the_machine_on(both):
    assert both.machine.log()[-1] == "no VM is left, 4 are lost: the machine goes off"
    assert "the machine is off" in both.machine.said("nagaya")


@pytest.mark.xdist_group("lost")
def test_the_run_tells_and_fails(both):
    assert both.status == 1
    assert {name: vm["state"] for name, vm in both.machine.summary().items()} == \
        {"manager": "off", "hard": "lost", "pair": "lost", "mate": "lost", "other": "off", "half": "lost"}
    said = both.machine.said("nagaya")
    first = next(number for number, line in enumerate(said) if line.startswith("cpu 1: exception inside the hypervisor after "))
    assert re.match(r"  esr 0x\S+ elr 0x7f70000000 far 0x7f70000000 spsr 0x\S+ sp 0x7f8\S+ lr 0x7f8\S+$", said[first + 1])
    assert re.match(r"  loaded: vm (pair|mate), vCPU 0; its last exit that was no short one: esr 0x\S+ at pc 0x\S+$", said[first + 2])


def test_a_fault_of_the_faults_handler_does_less_and_ends(tmp_path):
    """It fails while it writes to the log, then once more while it takes the VMs out: they are lost all the same."""
    with Shaken(tmp_path / "gdb") as shaken:
        stub = shaken.stub
        stub.stop_at("power_call", 1)
        for symbol, size in (("this_cpu", 56), ("vm_vcpus", 136)):
            stub.write(1, stub.symbols[symbol], b"\xa5" * size)
        stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        stub.stop_at("log_write", 1)
        stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        stub.stop_at("interrupts_raise", 1)
        stub.set_register(1, STACK_POINTER, 0)
        stub.resume()
        told = shaken.told(1)
        assert_goes_on(told, "hard")
        assert_goes_on(told, "other")
        assert (told["pair"]["state"], told["mate"]["state"]) == (LOST, LOST)
        assert told[1]["faults"] == 3


def test_a_vm_whose_end_the_failing_core_was_asking_for_is_lost(tmp_path):
    """It runs on a core of its own; but nobody can tell whether its memory was taken from it."""
    system = tmp_path / "once.yaml"
    system.write_text((SYSTEMS / "lost.yaml").read_text(encoding="utf-8").replace("losses=2", "losses=1"), encoding="utf-8")
    with Shaken(tmp_path / "gdb", system) as shaken:
        stub = shaken.stub
        stub.stop_at("power_call", 1)
        stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        stub.stop_at("guest_memory_revoke", 0)  # the manager stops `hard`
        stub.set_register(0, PROGRAM_COUNTER, NOWHERE)
        stub.resume()
        shaken.machine.wait_for(LOG, "^vm hard: lost, for cpu 0 has stopped")
        calm = shaken.machine.now()
    assert {name: vm["state"] for name, vm in shaken.machine.summary().items()} == \
        {"manager": "lost", "hard": "lost", "pair": "lost", "mate": "lost", "other": "running", "half": "lost"}
    exits = shaken.machine.summary()["hard"]["vcpus"][0]
    assert exits["instruction abort"] + exits["data abort"] < 100  # it parks, and does not fault for ever


def shaken_until_reset(path, cause):
    """@cause fails CPU 1; the machine, which has started anew."""
    with Shaken(path, "lost-reset.yaml") as shaken:
        before = shaken.machine.now()
        shaken.stub.stop_at("power_call", 1)
        cause(shaken.stub)
        shaken.stub.resume()
        anew = shaken.machine.wait_for("nagaya", "^the machine was reset, and starts anew$", before)
        shaken.stub.close()
        shaken.stub = gdb_stub.Stub(path)
        shaken.stub.resume()
        shaken.machine.wait_for("manager", "^manager: ready$", anew)
    return shaken.machine


def test_a_reset_makes_the_machine_start_anew(tmp_path):
    machine = shaken_until_reset(tmp_path / "gdb", lambda stub: stub.set_register(1, PROGRAM_COUNTER, NOWHERE))
    log = machine.log()
    assert len([line for line in log if re.search("^cpu 1: exception inside the hypervisor, .*: the machine is reset$", line)]) == 1
    for vm in ("manager", "hard", "pair", "mate", "other"):
        assert log.count(f"vm {vm}: started") == 2
    assert {vm["state"] for vm in machine.summary().values()} == {"running"}


def test_a_reset_comes_though_the_faults_handler_fails_too(tmp_path):
    """Three times, so that nothing but the reset is left of it."""
    def fail_again(stub):
        stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        for place in ("log_write", "interrupts_kick", "interrupts_raise"):
            stub.stop_at(place, 1)
            stub.set_register(1, PROGRAM_COUNTER, NOWHERE)

    machine = shaken_until_reset(tmp_path / "gdb", fail_again)
    assert not [line for line in machine.log() if "exception" in line]


def test_a_handler_that_fails_again_and_again_ends(tmp_path):
    """The CPU that fails sleeps in the end, and goes no more through a vector."""
    with Shaken(tmp_path / "gdb") as shaken:
        stub = shaken.stub
        stub.stop_at("power_call", 1)
        for _ in range(4):
            stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
            stub.stop_at("engine_fault", 1)
        stub.set_register(1, PROGRAM_COUNTER, NOWHERE)
        for _ in range(20):
            stub.stop_at("power_call", 3)  # the others go on meanwhile
        place = stub.register(1, PROGRAM_COUNTER)
        assert stub.symbols["vectors"] <= place < stub.symbols["vectors"] + 0x400


def test_watchdogs_that_a_lost_core_looked_at_are_named(tmp_path):
    with Machine("late.yaml", *gdb_stub.options(tmp_path / "gdb"), expects_engine_fault=True) as machine:
        stub = gdb_stub.Stub(tmp_path / "gdb")
        stub.stop_at("hypercall_delay", 0)
        stub.set_register(0, PROGRAM_COUNTER, NOWHERE)
        stub.resume()
        machine.wait_for("hypervisor", "^vm manager: lost, for cpu 0 has stopped")
        machine.wait_for("hypervisor", "^vm dog: nobody looks at its watchdog any more, for cpu 0 has stopped$")
        stub.close()
    assert machine.said("nagaya").count("vm dog: nobody looks at its watchdog any more") == 1


def test_linux_as_the_manager_is_told(tmp_path):
    """The hypervisor fails where it is about to stop a VM as nagayactl has asked."""
    with Linux("nagayactl stop talker", "nagayactl faults", "nagayactl faults --json", "nagayactl restart talker", "nagayactl list",
               "nagayactl top --once", "grep -c ' 1 .*nagaya-manager' /proc/interrupts", "timeout 1 nagayactl faults --follow | wc -l",
               machine=gdb_stub.options(tmp_path / "gdb"), expects_engine_fault=True) as linux:
        stub = gdb_stub.Stub(tmp_path / "gdb")
        stub.stop_at("vcpu_park", 3)
        stub.set_register(3, PROGRAM_COUNTER, NOWHERE)
        stub.resume()
        assert "talker was told to stop, but is lost now" in linux.fails()
        told = linux.succeeds()
        assert re.match(r"cpu 3: exception inside the hypervisor after \d+\.\d+ s$", told[0]) and "elr 0x7f70000000" in told[1]
        assert "loaded: vm talker, vCPU 0" in told[2]
        fault = json.loads(linux.succeeds()[0])
        assert (fault["cpu"], fault["vm"], fault["elr"], fault["count"]) == (3, "talker", NOWHERE, 1)
        assert "talker can't be restarted: it is lost" in linux.fails()
        listed = [line.split() for line in linux.succeeds()]
        assert listed[2][:4] == ["talker", "hard", "3", "lost"] and listed[2][-2:] == ["hypervisor", "fault"]
        assert [line.split()[2] for line in linux.succeeds() if line.startswith("talker")] == ["lost"]
        assert linux.succeeds() == ["1"]
        assert "3" in linux.succeeds()  # lines; the shell may tell, before or after, that it was ended
        stub.close()


def test_a_stop_that_cannot_finish_is_told():
    """A vCPU with direct interrupts that sleeps with its interface closed: by its watchdog's CPU once, and at a command."""
    with Machine("late.yaml", *DETERMINISTIC_SLOW) as machine:
        machine.wait_for("manager", "^manager: done$")
        said = machine.said("manager")
    asked = said.index("manager: asked")
    assert said[:asked] == [f"manager: dog {what}: ok" for what in
                            ("stops while it sleeps with its interface open", "is asked to stop", "is asked again at once")]
    assert said[asked + 1:-1] == ["manager: dog has not stopped: ok", "manager: dog is asked again: ok"]
    late = [int(found[1]) for line in machine.log("dog") if (found := re.match(
        r"vm dog: asked to stop (\d+) ms ago: a vCPU sleeps with its interrupts closed and can't be woken$", line))]
    assert len(late) == 2
    assert 1000 <= late[0] < 2000 and late[1] >= 3000
