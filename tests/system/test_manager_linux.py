# SPDX-License-Identifier: Apache-2.0
"""Linux as the manager: nagayactl on Debian's kernel, against a bare-metal VM that it talks to, stops, starts and loads."""

import json
import re

import pytest

from system_run import DETERMINISTIC_SLOW, Machine

SYSTEM = "manager-linux.yaml"
TALKER = "talker"


class Linux:
    """Commands typed at Linux's prompt, one after the other, and what each of them says."""

    def __init__(self, *commands, system=SYSTEM, machine=(), expects_engine_fault=False):
        marked = [f"{command}; echo status-$?" for command in commands]
        options = [word for command in marked for word in ("--type", f"linux={command}")]
        self.machine = Machine(system, *options, *machine, expects_engine_fault=expects_engine_fault)
        self.end = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.stop()

    def next(self):
        """The next command's output, as lines without the echo of what was typed; and its exit status."""
        start = self.machine.wait_for("linux", r"linux:~# ", self.end)
        self.end = self.machine.wait_for("linux", r"^status-\d+$", start) + 1
        with self.machine.news:
            lines = [line for name, line in self.machine.lines[start:self.end] if name == "linux"]
        # A command longer than the terminal is wide is echoed on several lines; the last one has its end.
        while "status-$?" not in lines[0]:
            joined = lines[0] + lines[1]
            lines[0:2] = [joined]
        return lines[1:-1], int(lines[-1].removeprefix("status-"))

    def succeeds(self):
        """The next command's output; it must have done what it was asked for."""
        output, status = self.next()
        assert status == 0, output
        return output

    def fails(self, status=1):
        """What the next command says; it must have failed."""
        output, found = self.next()
        assert found == status, output
        return "\n".join(output)


def test_vms_are_listed_with_state_cores_and_restarts():
    with Linux("nagayactl list", "nagayactl list --json") as linux:
        table = [line.split() for line in linux.succeeds()]
        assert table[0] == ["VM", "LEVEL", "CPUS", "STATE", "RESTARTS", "SINCE", "BY"]
        assert [table[1][0], *table[1][3:6]] == ["linux", "0,1", "runs", "0"]
        assert table[2][:5] == [TALKER, "hard", "3", "runs", "0"]
        system = json.loads("".join(linux.succeeds()))
        assert [(vm["name"], vm["cpus"], vm["generation"]) for vm in system["vms"]] == [("linux", [0, 1], 1), (TALKER, [3], 1)]


def test_messages_go_both_ways_and_doorbells_wake():
    # An hour between looks: what wakes must be the doorbell.
    with Linux("nagayactl recv talk -p 3600", "nagayactl send talk 'how do you do'", "nagayactl recv talk -p 3600",
               "seq 500 | nagayactl send talk --json",
               "nagayactl recv talk -n 500 -p 3600 | md5sum; for i in $(seq 500); do echo echo: $i; done | md5sum",
               "nagayactl recv talk -t 0.2 -p 3600", "nagayactl send talk last; nagayactl recv talk --json",
               "nagayactl send talk fill; nagayactl recv talk", "nagayactl recv talk -n 300 | tail -n 1; nagayactl send talk on") as linux:
        assert linux.succeeds() == ["talker started, generation 1"]
        assert linux.succeeds() == []
        assert linux.succeeds() == ["echo: how do you do"]
        linux.machine.wait_for(TALKER, "heard how do you do")
        assert linux.succeeds() == ['{"channel": "talk", "sent": 500}']
        received, expected = linux.succeeds()
        assert received == expected
        assert "nothing came from talker in time" in linux.fails()
        assert json.loads(linux.succeeds()[0]) == {"channel": "talk", "generation": 1, "length": 10, "text": "echo: last"}
        # Who does not wait for room goes on when there is none.
        assert linux.succeeds() == ["echo: fill"]
        full = linux.machine.wait_for(TALKER, r"^talker: full after \d{3,}$")
        assert linux.succeeds() == ["fill: 300"]
        linux.machine.wait_for(TALKER, "^talker: heard on$", full)
        # Neither did anything that it may not: all there is in the log is that they were started.
        assert len(linux.machine.log("linux")) == 1
        assert len(linux.machine.log(TALKER)) == 1


@pytest.mark.parametrize("habit", ["wait", "spin"])
def test_a_vm_is_stopped_and_started_whatever_it_does(habit):
    with Linux(f"nagayactl send talk {habit}; nagayactl recv talk -n 2", "nagayactl stop talker && nagayactl list",
               "nagayactl stop talker", "nagayactl start talker && nagayactl recv talk",
               "nagayactl restart talker && nagayactl recv talk", "nagayactl list --json") as linux:
        assert linux.succeeds() == ["talker started, generation 1", f"echo: {habit}"]
        output = linux.succeeds()
        assert output[0] == "talker: off"
        assert output[-1].split()[3] == "off"
        assert "talker can't be stopped: it is off" in linux.fails()
        assert linux.succeeds() == ["talker: runs", "talker started, generation 2"]
        assert linux.succeeds() == ["talker: runs", "talker started, generation 3"]
        system = json.loads("".join(linux.succeeds()))
        assert [vm["generation"] for vm in system["vms"]] == [1, 3]


def test_another_program_is_loaded_and_stays():
    with Linux("nagayactl recv talk", "nagayactl load talker newcomer.elf", "nagayactl stop talker",
               "head -c 20000 newcomer.elf >cut; nagayactl load talker cut",
               "head -c 64 newcomer.elf >wrong; dd if=/dev/zero of=wrong bs=1 seek=18 count=1 conv=notrunc; "
               "nagayactl load talker wrong",
               "head -c 2097153 /dev/zero >large; nagayactl load talker large",
               "nagayactl start talker && nagayactl recv talk", "nagayactl stop talker",
               "nagayactl load talker newcomer.elf && nagayactl recv talk",
               "nagayactl restart talker && nagayactl recv talk") as linux:
        linux.succeeds()
        assert "talker is not off; stop it first" in linux.fails()
        linux.succeeds()
        assert "cut is damaged or cut off" in linux.fails()
        assert "wrong is for another architecture than AArch64" in linux.fails()
        assert "large has 2097153 bytes, but the VM's room is 2097152" in linux.fails()
        # What was refused has changed nothing.
        assert linux.succeeds() == ["talker: runs", "talker started, generation 2"]
        linux.succeeds()
        assert linux.succeeds() == ["talker: runs", "newcomer started, generation 3"]
        assert linux.succeeds() == ["talker: runs", "newcomer started, generation 4"]


def test_each_of_a_hundred_loads_works():
    cycle = "nagayactl stop talker && nagayactl load talker newcomer.elf && nagayactl recv --timeout 60 talk || break"
    with Linux("nagayactl recv talk", f"for i in $(seq 100); do {cycle}; done >said; grep -c newcomer said; tail -n 1 said") as linux:
        linux.succeeds()
        assert linux.succeeds() == ["100", "newcomer started, generation 101"]


def test_log_and_top_tell_what_a_vm_did():
    with Linux("nagayactl recv talk; nagayactl top --once --json",
               "nagayactl send talk trespass; until nagayactl list | grep -q 'talker.* off '; do sleep 0.1; done; "
               "nagayactl log", "nagayactl top -n 1 -i 0.1") as linux:
        system = json.loads("".join(linux.succeeds()[1:]))
        vcpus = {(vcpu["vm"], vcpu["vcpu"]): vcpu for vcpu in system["vcpus"]}
        assert set(vcpus) == {("linux", 0), ("linux", 1), (TALKER, 0)}
        assert vcpus["linux", 0]["exits"]["IRQ"] > 0
        assert "IRQ" not in vcpus[TALKER, 0]["exits"]
        log = linux.succeeds()
        assert [line for line in log if re.search(r"\] vm talker: write to 0xa0000000 .* not granted$", line)]
        assert linux.succeeds()[1].split()[:6] == ["VM", "CPU", "STATE", "TIME", "EXITS", "WORST"]


def test_nothing_can_be_mapped_with_more_rights_than_this_vm_has():
    # A store to what stage 2 has read-only would be a fault of the whole VM, so a process must not be able to make one.
    with Linux("./uio-rights", "nagayactl list") as linux:
        assert sorted(linux.succeeds()) == [
            "nagaya-channel-talk doorbells: read write later -",
            "nagaya-channel-talk memory: read write later -",
            "nagaya-channel-talk status: read - - -",
            "nagaya-manager commands: read write later -",
            "nagaya-manager observe: read - - -",
            "nagaya-manager plan: read - - -",
            "nagaya-manager stores: read write later -",
        ]
        linux.succeeds()
        assert len(linux.machine.log("linux")) == 1


def test_mistakes_are_told():
    with Linux("nagayactl stop nobody", "nagayactl send nowhere x", "nagayactl recv talk -x",
               "nagayactl ring talk linux", "nagayactl ring talk talker",
               "nagayactl recv talk -n 2 & sleep 1; nagayactl send talk x; kill %1",
               "rmmod nagaya_uio; nagayactl list") as linux:
        assert "there is no VM nobody; there are linux, talker" in linux.fails()
        assert "this VM has no channel nowhere; it has talk" in linux.fails()
        assert "there is no option -x" in linux.fails(2)
        assert "VM linux is no other member of channel talk" in linux.fails()
        linux.succeeds()
        assert "channel talk is in use by another process here" in "\n".join(linux.succeeds())
        assert "nagaya_uio is not loaded" in linux.fails()


def test_a_vm_that_is_no_manager_manages_nothing():
    with Linux("nagayactl list", "nagayactl stop victim", system="linux.yaml") as linux:
        assert "this VM is not the manager" in linux.fails()
        assert "this VM is not the manager" in linux.fails()


def test_linux_pets_its_watchdog():
    missed = "vm linux: its watchdog was not petted"
    with Linux("echo up", "nagayactl pet & echo $! >petter; sleep 13", "kill $(cat petter); echo end",
               system="watchdog-linux.yaml", machine=DETERMINISTIC_SLOW) as linux:
        assert linux.succeeds() == ["up"]
        linux.succeeds()
        # It was late before anybody petted it, perhaps; then three periods went by.
        before = linux.machine.log("linux")
        linux.succeeds()
        linux.machine.wait_for("hypervisor", missed, linux.machine.now())
        assert before.count(missed) <= 1
