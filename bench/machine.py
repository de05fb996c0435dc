# SPDX-License-Identifier: Apache-2.0
"""QEMU, as the board's folder describes it, with the counting plugin."""

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from socket import AF_UNIX, socket

import yaml
from pexpect.fdpexpect import fdspawn

from counts import Counts
from elf import Elf

# One instruction takes 1 ns of guest time and, with cntfrq, one tick of the counter: the same run every time.
# The real-time clock follows that time too.
DETERMINISTIC = ["-icount", "shift=0,sleep=off", "-rtc", "base=2000-01-01,clock=vm"]
CPU = "cortex-a53,cntfrq=1000000000"

PATIENCE = 180  # seconds for anything that a guest is awaited to say


class Machine:
    """The board that is measured on. Consoles and counts of each run are kept in @runs."""

    def __init__(self, build, runs=None):
        self.build = Path(build)
        self.runs = Path(runs or self.build / "bench" / "runs")
        self.runs.mkdir(parents=True, exist_ok=True)
        board = self.build / "boards" / "qemu-virt" / "board.yaml"
        self.qemu = yaml.safe_load(board.read_text(encoding="utf-8"))["qemu"]

    def system(self, name):
        """The composed image of bench/systems/NAME.yaml."""
        return self.build / "bench" / "systems" / f"{name}.elf"

    def guest(self, name):
        """A guest of bench/guests."""
        return self.build / "bench" / "guests" / name

    def count(self, name, image, policy=None, trace=False):
        """Runs @image deterministically, on one CPU, until it switches the machine off.

        @policy  name of a scheduling policy whose decisions are counted too
        @trace   tells which instructions the longest passages are made of

        Returns (first console's text, Counts).
        """
        counted = self.runs / f"{name}.json"
        counted.unlink(missing_ok=True)
        options = f",call={self._decision(policy)}" if policy else ""
        options += ",trace=on" if trace else ""
        self._finish(name, self._command(image, counted, options) + self._deterministic(name))
        return self._console(name), Counts(counted)

    def clock(self, name, image, cpus):
        """Runs @image deterministically, on @cpus CPUs that take turns and have one clock: it counts what all of them execute. Without
        the plugin, to which QEMU tells a wrong CPU in such a run (10.0.2). Returns the first console's text."""
        self._finish(name, self._command(image, None) + self._deterministic(name, cpus))
        return self._console(name)

    def bare(self, name, program):
        """Runs @program by itself at EL1, deterministically, until it switches the machine off; the first console's text."""
        command = [argument.replace("virtualization=on,", "") for argument in self._command(program, None)]
        self._finish(name, command + self._deterministic(name))
        return self._console(name)

    @contextmanager
    def parallel(self, name, image):
        """Runs @image on all of the board's CPUs, each a thread of the host: not deterministic, but CPUs are told apart.

        Yields Run; the machine is switched off at the end.
        """
        counted = self.runs / f"{name}.json"
        counted.unlink(missing_ok=True)
        errors = self.runs / f"{name}.errors"
        command = self._command(image, counted) + ["-smp", str(self.qemu["cpus"])]
        with tempfile.TemporaryDirectory() as folder, errors.open("w", encoding="utf-8") as log:
            servers = [_listen(f"{folder}/{number}") for number in range(len(self.qemu["serials"]))]
            for number in range(len(servers)):
                command += ["-chardev", f"socket,id=console{number},path={folder}/{number},logfile={self.runs}/{name}.console{number}",
                            "-serial", f"chardev:console{number}"]
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log) as process:
                try:
                    connections = [server.accept()[0] for server in servers]
                    yield Run(process, [fdspawn(connection, timeout=PATIENCE) for connection in connections], counted)
                finally:
                    process.terminate()

    def _command(self, image, counted, options=""):
        command = [self.qemu["executable"], "-machine", self.qemu["machine"], "-cpu", CPU, "-m", str(self.qemu["memory"]),
                   "-display", "none", "-monitor", "none", *self.qemu["arguments"].split(), "-kernel", str(image)]
        if counted:
            plugin = self.build / "bench" / "el2count.so"
            command += ["-plugin", f"{plugin},text={self._hypervisor_range(image)},out={counted}{options}"]
        return command

    def _decision(self, policy):
        """The function by which @policy decides, and the one that calls it, as the plugin wants them."""
        elf = Elf(self.build / "hypervisor" / "arm64.elf")
        symbols, caller = elf.symbols(), elf.functions()["sched_run"]
        # Those with budgets have one for all of them (hypervisor/sched/server_decide.c).
        function = symbols.get(f"{policy.replace('-', '_')}_schedule", symbols["server_schedule"])
        return f"{function:#x}:{caller[0]:#x}:{caller[1]:#x}"

    def _hypervisor_range(self, image):
        """Where in physical memory @image has the hypervisor's code, as the plugin wants it."""
        symbols = Elf(self.build / "hypervisor" / "arm64.elf").symbols()
        text = Elf(image).entry - symbols["_start"] + symbols["text_start"]
        return f"{text:#x}:{symbols['text_end'] - symbols['text_start']:#x}"

    def _deterministic(self, name, cpus=1):
        consoles = [argument for number in range(len(self.qemu["serials"]))
                    for argument in ("-serial", f"file:{self.runs}/{name}.console{number}")]
        return ["-smp", str(cpus), *DETERMINISTIC, *consoles]

    def _console(self, name):
        return (self.runs / f"{name}.console0").read_text(encoding="utf-8", errors="replace")

    @staticmethod
    def _finish(name, command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE, text=True,
                              check=False)
        if done.returncode != 0:
            raise ValueError(f"{name}: QEMU ended with status {done.returncode}: {done.stderr.strip()}")


class Run:
    """A machine that is running. consoles: one pexpect object for each serial port."""

    def __init__(self, process, consoles, counted):
        self.consoles = consoles
        self._process = process
        self._counted = counted

    def stop(self):
        """Switches the machine off. Returns Counts."""
        self._process.terminate()
        self._process.wait(timeout=30)
        return Counts(self._counted)


def _listen(path):
    """A socket that QEMU connects a serial port to."""
    server = socket(AF_UNIX)
    server.settimeout(30)
    server.bind(path)
    server.listen()
    return server
