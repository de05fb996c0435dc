# SPDX-License-Identifier: Apache-2.0
"""
The register fuzzer (guests/fuzzer) beside its victim (guests/fuzzer-victim), in a system of one delivery mode, and what is a finding:
the hypervisor has failed, the fuzzer is stuck, the victim's state has changed, it was woken late, or left its guest more often than
its neighbours may make it.
"""

import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))

from system_run import DETERMINISTIC, LOG, SUMMARY, SYSTEMS, EngineFault, Machine  # noqa: E402

MODES = ("hard", "checked", "virtual", "shared")
DIRECT = ("hard", "checked")

# Without any news of the fuzzer's while the victim has lived through so many periods, it is stuck: its watchdog has 2 seconds of the
# machine's time, which are 1,000 periods. If the victim has no news either, it is so many seconds of ours.
STALL_PERIODS = 3000
STALL = 100
VICTIM_REPORTS = 2  # after the fuzzer's end

# In instructions, where they are counted: what may lie between the moment that the victim is to be woken and its first instruction.
# Exact if one core works at a time. With several, the emulator lets each run for up to 0.1 s before the next one's turn.
WAKEUP_ALONE = 10000
WAKEUP_TURNS = 400000000
WAKEUP_SECONDS = 12  # where nothing is counted: no host is so busy
FREQUENCY = {"cortex-a53": 62500000, "max": 1000000000}  # of the counter, if it isn't 1 GHz for the sake of counting
# Exits of the victim's vCPU in one of its periods that it has not caused. The others' interrupts on its core are such (their timers, at
# most some in a period; the policy's own); with a core of its own there is none, but for the watchdogs' look where that is its core's.
EXITS = {"hard": 0, "checked": 0, "virtual": 8, "shared": 12}


# Interrupts at the victim's core while it runs, a period on average: its own timer, the policy's, doorbells, the fuzzer's.
INTERRUPTS = 8
SLACK_PERIODS = 1000  # what has not been reported yet

# What the log says of a vCPU with direct interrupts that sleeps with its own interface closed.
OUT_OF_REACH = "can't be woken"

KINDS = {1: "page", 2: "burst", 3: "odd access", 4: "register", 5: "call", 6: "SGI", 7: "power", 8: "wait", 9: "open", 10: "reset", 11: "SPI",
         100: "sweep of pages", 101: "sweep of registers", 102: "sweep of calls", 103: "swept", 104: "nap"}

REPORT = re.compile(r"victim: periods (\d+) worst (\d+) exits (\d+) rings (\d+)")
SEEN = re.compile(r"victim: fuzzer (life \d+ phase \d+ steps .*)")
# What the log may say of the victim: it starts, tries which registers it has, and the fuzzer tries to command it.
EXPECTED = re.compile(r"started|ed by vm|is none|system register")
LIFE = re.compile(r"fuzzer: seed (\d+) life (\d+)")


class Setting:
    """One run's parameters. @counted: the machine counts instructions, so it can be repeated exactly."""

    def __init__(self, mode, seed, counted=True, alone=False, cpu="cortex-a53", data=None, **arguments):
        self.mode = mode
        self.seed = seed
        self.counted = counted
        self.alone = alone  # the fuzzer has one vCPU, the first one
        self.cpu = cpu
        self.data = data  # another folder with an engine; the build's own
        self.arguments = arguments

    def __str__(self):
        words = [f"MODE={self.mode}", f"SEED={self.seed}", f"CPU={self.cpu}", f"COUNTED={int(self.counted)}", f"ALONE={int(self.alone)}"]
        return " ".join(words + [f"{name}={value}" for name, value in self.arguments.items()])

    def write(self, folder):
        """The system's file."""
        text = (SYSTEMS / f"fuzz-{self.mode}.yaml").read_text(encoding="utf-8")
        direct = int(self.mode in DIRECT)
        words = " ".join([f"seed={self.seed}", f"direct={direct}"] + [f"{name}={value}" for name, value in self.arguments.items()])
        text = re.sub(r"cmdline: seed=1\b.*", f"cmdline: {words}", text)
        if self.alone:
            text = text.replace("cpus: [0, 1]", "cpus: [0]").replace("cpus: [1, 0]", "cpus: [1]")
        path = folder / f"fuzz-{self.mode}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def options(self):
        """Options of `nagaya run`."""
        data = ["--data", self.data] if self.data else []
        if not self.counted:
            return [*data, "--cpu", self.cpu]
        return data + [word.replace("cortex-a53", self.cpu) for word in DETERMINISTIC]

    def wakeup_limit(self):
        """Ticks that the victim may be late."""
        if not self.counted:
            return WAKEUP_SECONDS * FREQUENCY[self.cpu]
        return WAKEUP_ALONE if self.alone and self.mode == "shared" else WAKEUP_TURNS


class Result:
    """What a run has found, and what it was like."""

    def __init__(self, setting):
        self.setting = setting
        self.findings = []
        self.cut_off = False  # before the fuzzer was done
        self.where = "?"
        self.lives = 0
        self.worst = 0
        self.exits = 0
        self.seen = []  # all that the victim has said
        self.log = []
        self.tail = ""

    def tell(self):
        """Lines for a person."""
        lines = [f"fuzz-guest: {self.setting}: {self.lives} lives, worst wake-up {self.worst} ticks, "
                 f"{self.exits} exits in a period: {len(self.findings)} findings" + (", cut off" if self.cut_off else "")]
        lines += [f"FINDING: {finding}" for finding in self.findings]
        if self.findings:
            lines += [f"the fuzzer's last steps: {self.where}", f"repeat it by: make fuzz-guest {self.setting}", "the log's end:",
                      *self.log, "the last lines:", self.tail]
        return "\n".join(lines)


def explain(words):
    """The victim's view of the fuzzer (guests/fuzzer-victim/main.c) in words."""
    head, _, steps = words.partition("steps ")
    told = [head.strip()]
    for vcpu, step in enumerate(steps.split()):
        number, kind, target, value = (int(word, 16) for word in step.split("."))
        if number:
            told.append(f"vCPU {vcpu} step {number}: {KINDS.get(kind, kind)} {target:#x} {value:#x}")
    return "; ".join(told)


def _victims_channel(machine):
    """The fuzzer's page as the machine's memory has it; None if it cannot be read."""
    said = [SEEN.match(line) for line in machine.said("victim")]
    said = [match[1] for match in said if match]
    return said[-1] if said else None


def _periods(machine):
    """How many the victim has reported."""
    said = [REPORT.match(line) for line in machine.said("victim")]
    return max((int(match[1]) for match in said if match), default=0)


def _wait(machine, result):
    """Waits until the fuzzer says that it is done; True then."""
    news, periods = None, 0
    told, since = None, time.monotonic()
    while not machine.ended:
        latest = (machine.said("fuzzer")[-1:], _victims_channel(machine))
        now = _periods(machine)
        if latest != news:
            news, periods = latest, now
        if (latest, now) != told:
            told, since = (latest, now), time.monotonic()
        if [line for line in latest[0] if line.startswith("fuzzer: done")]:
            return True
        if [line for line in machine.log() if "exception inside the hypervisor" in line]:
            return False
        if result.setting.mode in DIRECT and [line for line in machine.log("fuzzer") if OUT_OF_REACH in line]:
            result.cut_off = True  # a limit that is known, and told: docs/decisions/0005
            return False
        if now - periods > STALL_PERIODS:
            result.findings.append(f"the fuzzer is stuck: nothing new for {now - periods} of the victim's periods")
            return False
        if time.monotonic() - since > STALL:
            result.findings.append(f"the machine is stuck: nothing new for {STALL} s")
            return False
        time.sleep(0.2)
    if [line for line in machine.said(SUMMARY) if "the time is over" in line]:
        result.cut_off = True  # nagaya's own limit
    else:
        result.findings.append("the machine has ended by itself" + "".join(f"; qemu: {line}" for line in machine.said("qemu")[-1:]))
    return False


def _wait_for_victim(machine, result):
    start = machine.now()
    try:
        for _ in range(VICTIM_REPORTS):
            start = machine.wait_for("victim", "^victim: periods", start) + 1
    except AssertionError:
        result.findings.append("the victim works no more")


def _judge(machine, setting, result):
    victim = machine.said("victim")
    reports = [REPORT.match(line) for line in victim]
    reports = [match for match in reports if match]
    # The first report has what the start of all VMs costs.
    result.worst = max((int(match[2]) for match in reports), default=0)
    result.exits = max((int(match[3]) for match in reports), default=0)
    result.findings += [line for line in victim if "FAILED" in line or "exception" in line]
    result.findings += [f"fuzzer: {line}" for line in machine.said("fuzzer") if "FAILED" in line or "exception" in line]
    result.findings += [line for line in machine.log("victim") if not EXPECTED.search(line)]
    limit = setting.wakeup_limit()
    if result.worst > limit:
        result.findings.append(f"the victim was woken {result.worst} ticks late; {limit} are allowed")
    if result.exits > EXITS[setting.mode]:
        result.findings.append(f"{result.exits} exits of the victim's in one period; {EXITS[setting.mode]} are allowed")
    # HC_EXIT_COUNT leaves out what neighbours' interrupts cost; the end of `nagaya run` doesn't.
    vcpus = machine.summary().get("victim", {}).get("vcpus", [])
    interrupts = vcpus[0].get("IRQ", 0) if vcpus else 0
    periods = max((int(match[1]) for match in reports), default=0)
    if interrupts > INTERRUPTS * (periods + SLACK_PERIODS):
        result.findings.append(f"{interrupts} interrupts have ended the victim's turns in {periods} periods")
    if not reports:
        result.findings.append("the victim has never reported")


def run(setting, folder):
    """Runs one setting to its end; a Result."""
    result = Result(setting)
    machine = Machine(setting.write(folder), *setting.options())
    try:
        with machine:
            if _wait(machine, result):
                _wait_for_victim(machine, result)
    except EngineFault as fault:
        result.findings.append(str(fault).partition("; the last lines")[0])
    lives = [LIFE.match(line) for line in machine.said("fuzzer")]
    result.lives = max((int(match[2]) for match in lives if match), default=0)
    result.where = explain(_victims_channel(machine) or "never seen")
    result.seen = machine.said("victim")
    result.log = machine.said(LOG)[-12:]
    result.tail = machine.tail()
    _judge(machine, setting, result)
    return result
