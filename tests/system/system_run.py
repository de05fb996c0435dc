# SPDX-License-Identifier: Apache-2.0
"""
A system under `nagaya run`: what its VMs and the hypervisor's log say, line by line, while it runs and afterwards. Whatever a test
is about, it fails if the hypervisor itself has: a line of the log says so, or a core makes no progress (bench/counts/core_progress.py).
"""

import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import yaml

import tried_board
from bench.counts import core_progress

ROOT = Path(__file__).resolve().parents[2]
NAGAYA = ROOT / "build" / "nagaya"
SYSTEMS = Path(__file__).resolve().parent / "systems"

# Seconds without a word, after which something hangs. Generous: nothing here measures time, and the machine that runs the
# tests may be busy.
PATIENCE = 150
# Who talks, but not of what is waited for, has this long.
LIMIT = 4 * PATIENCE

# Options of a machine that counts instructions instead of time, 1 ns each: the same in every run, and no host can be so busy
# that a guest is late.
DETERMINISTIC = ["--cpu", "cortex-a53,cntfrq=1000000000", "--qemu-arg", "-icount", "--qemu-arg", "shift=0,sleep=off"]
# The same with 8 ns each: for systems that spend seconds spinning.
DETERMINISTIC_SLOW = [*DETERMINISTIC[:-1], "shift=3,sleep=off"]

LOG = "hypervisor"
SUMMARY = "nagaya"


class Ended(AssertionError):
    """The machine is off, or the patience is over, and what was waited for has not been said."""


EngineFault = core_progress.EngineFault


def owned_cores(system):
    """The CPUs on which a system's file has VMs; none of an image, which says so only to those who ask."""
    if Path(system).suffix != ".yaml":
        return set()
    with open(system, encoding="utf-8") as file:
        return {cpu for vm in yaml.safe_load(file)["vms"] for cpu in vm["cpus"]}


def assert_no_engine_fault(said):
    """Fails if the log in @said, lines or one text, tells of a fault of the hypervisor's own."""
    lines = said.splitlines() if isinstance(said, str) else said
    faults = [line for line in lines if f": {core_progress.FAULT}" in line]  # a line of the log: "cpu N: ..."
    if faults:
        raise EngineFault("\n".join(faults))


class Machine:
    """
    Starts `nagaya run SYSTEM`; a context manager that ends it in every case, and fails then if the hypervisor has. A test that
    makes it fail on purpose says @expects_engine_fault.
    """

    def __init__(self, system, *options, expects_engine_fault=False):
        path = Path(system)
        if not path.is_absolute():
            path = SYSTEMS / path
        if path.suffix == ".yaml":
            path = tried_board.system_file(path)
        self.lines = []
        self.news = threading.Condition()
        self.ended = False
        self.expects_engine_fault = expects_engine_fault
        self.owned = owned_cores(path)
        self.monitor = core_progress.Monitor()
        self.patience = core_progress.PATIENCE  # with a core that is always found in the hypervisor
        self.lost = []
        monitor = [word for option in self.monitor.options() for word in ("--qemu-arg", option)]
        # Should we be killed, the machine does not stay for ever.
        command = [NAGAYA, "run", path, "--timeout", str(LIMIT), "--unfolded", *monitor, *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def check_engine(self):
        """Fails if the hypervisor has, as far as is known by now."""
        assert_no_engine_fault(self.said(LOG))
        if self.lost:
            raise EngineFault("; ".join(self.lost) + f"; the last lines:\n{self.tail()}")

    def _read(self):
        for line in self.process.stdout:
            name, separator, text = line.rstrip("\n").partition("| ")
            with self.news:
                self.lines.append((name.strip(), text) if separator else ("", line.rstrip("\n")))
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def wait_for(self, name, text, start=0):
        """Waits until @name has said a line with the regular expression @text; its number. Looks from line @start on."""
        limit = time.monotonic() + LIMIT
        end = time.monotonic() + PATIENCE
        with self.news:
            while True:
                while start < len(self.lines):
                    speaker, line = self.lines[start]
                    if speaker == name and re.search(text, line):
                        return start
                    start += 1
                    end = min(limit, time.monotonic() + PATIENCE)
                left = end - time.monotonic()
                if self.ended or left <= 0:
                    why = "the machine has ended" if self.ended else "the patience is over"
                    raise Ended(f"{name} has not said '{text}', {why}; the last lines:\n{self.tail()}")
                self.news.wait(left)

    def now(self):
        """The number of the next line."""
        with self.news:
            return len(self.lines)

    def wait_for_end(self):
        """Waits until the machine is off by itself; the exit status."""
        limit = time.monotonic() + LIMIT
        heard = 0
        while True:
            with self.news:
                news = self.news.wait_for(lambda: self.ended or len(self.lines) > heard, PATIENCE)
                heard = len(self.lines)
            if self.ended:
                break
            if not news or time.monotonic() > limit:
                raise Ended(f"the machine does not end; the last lines:\n{self.tail()}")
        self.reader.join()
        return self.process.wait()

    def stop(self):
        """
        Ends the run; what it says last, the summary among it, is in the lines. But for each VM's last line: it may have
        been cut off while the VM wrote it. Fails if the hypervisor has.
        """
        running = self.process.poll() is None
        if running and not self.expects_engine_fault:
            self.lost += core_progress.lost(self.monitor, self.owned, self.patience)
        self.monitor.close()
        told = self.now()
        if running:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        if running:
            last = {speaker: number for number, (speaker, _) in enumerate(self.lines)}
            cut = {number for speaker, number in last.items() if number >= told and speaker not in (LOG, SUMMARY, "")}
            self.lines = [line for number, line in enumerate(self.lines) if number not in cut]
        if not self.expects_engine_fault:
            self.check_engine()

    def says_only(self, name, line):
        """Whether all that @name has said is @line, again and again; the machine may have been switched off in the middle of it."""
        *whole, last = self.said(name)
        return set(whole) == {line} and line.startswith(last)

    def said(self, name):
        """All lines of @name."""
        with self.news:
            return [line for speaker, line in self.lines if speaker == name]

    def log(self, vm=None):
        """The hypervisor's log, of one VM if named."""
        return [line for line in self.said(LOG) if vm is None or line.startswith(f"vm {vm}:")]

    def tail(self):
        """The last lines, for messages."""
        return "\n".join(f"{name:10} | {line}" for name, line in self.lines[-40:])

    def summary(self):
        """What the end says of each VM: state, restarts, and exits of its vCPUs by class."""
        vms = {}
        vm = None
        for line in self.said(SUMMARY):
            head = re.match(r" +(\S+) \(.*\): (.*), restarted (\d+) times?", line)
            vcpu = re.match(r" +vCPU (\d+) on CPU (\d+): (\d+) exits:? ?(.*)", line)
            if head:
                vm = vms[head[1]] = {"state": head[2], "restarts": int(head[3]), "vcpus": []}
            elif vcpu and vm is not None:
                classes = dict(word.rsplit(" ", 1) for word in vcpu[4].split(", ") if word)
                vm["vcpus"].append({name: int(count) for name, count in classes.items()})
        return vms


def run(system, *options, **expected):
    """Runs a system until it is off by itself; the machine, all of its lines read."""
    with Machine(system, *options, **expected) as machine:
        status = machine.wait_for_end()
        assert status == 0, machine.tail()
        return machine


def nagaya(*arguments, **options):
    """Calls nagaya and waits for its end. What it composes is for the board that is tried."""
    folder = Path(options.get("cwd", ROOT))
    if tried_board.is_other():
        arguments = [tried_board.system_file(folder / word) if str(word).endswith(".yaml") else word for word in arguments]
    done = subprocess.run([NAGAYA, *arguments], **{"cwd": ROOT, "stdin": subprocess.DEVNULL, "text": True,
                                                   "capture_output": True, "timeout": PATIENCE, "check": False, **options})
    assert_no_engine_fault(done.stdout or "")
    return done
