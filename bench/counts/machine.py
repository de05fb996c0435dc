# SPDX-License-Identifier: Apache-2.0
"""QEMU, as the board's folder describes it, with the counting plugin."""

import json
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from socket import AF_UNIX, socket

import yaml
from pexpect.fdpexpect import fdspawn

from bench.common.elf import Elf
from bench.counts import core_progress
from bench.counts.plugin_results import Counts

# One instruction takes 1 ns of guest time (with a shift, twice as long for each) and, with cntfrq, one tick of the counter: the
# same run every time. The real-time clock follows that time too.
INSTRUCTIONS_PER_S = 1000000000
CPU = "cortex-a53"

PATIENCE = 180  # seconds for anything that a guest is awaited to say
LONG_RUN = 900  # seconds for a run that is known to be long


# The engine of each board that is measured on; all systems of bench/systems are for the first one.
ENGINES = {"qemu-virt": "arm64-gicv3", "qemu-virt-gicv2": "arm64-gicv2"}
BOARD = "qemu-virt"
SYSTEMS = Path(__file__).resolve().parents[1] / "systems"


class Machine:
    """The @board that is measured on. Consoles and counts of each run are kept in @runs."""

    def __init__(self, build, runs=None, board=BOARD):
        self.build = Path(build)
        self.times = 1  # how often what varies from run to run is measured
        self.runs = Path(runs or self.build / "bench" / "runs")
        self.runs.mkdir(parents=True, exist_ok=True)
        self.board = board
        self.engine = self.build / "hypervisor" / f"{ENGINES[board]}.elf"
        file = self.build / "boards" / board / "board.yaml"
        self.qemu = yaml.safe_load(file.read_text(encoding="utf-8"))["qemu"]

    def on(self, board):
        """The same on another @board."""
        return Machine(self.build, self.runs / board, board)

    def system(self, name):
        """The composed image of bench/systems/NAME.yaml, on whatever board."""
        if self.board == BOARD:
            return self.build / "bench" / "systems" / f"{name}.elf"
        system = yaml.safe_load((SYSTEMS / f"{name}.yaml").read_text(encoding="utf-8"))
        return self.compose(f"{name}-{self.board}", system | {"board": self.board})

    def compose(self, name, system):
        """The composed image of @system, a dict of what a system's file says; the file is kept beside the image."""
        folder = self.build / "bench" / "experiments"
        folder.mkdir(parents=True, exist_ok=True)
        file, image = folder / f"{name}.yaml", folder / f"{name}.elf"
        file.write_text(yaml.safe_dump(system, sort_keys=False, width=120), encoding="utf-8")
        done = subprocess.run([self.build / "nagaya", "compose", file, "-o", image], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise ValueError(f"{name} cannot be composed: {done.stderr.strip()}")
        return image

    def guest(self, name):
        """A guest of bench/guests."""
        return self.build / "bench" / "guests" / name

    def count(self, name, image, policy=None, trace=False, series=None, cpu=CPU):
        """Runs @image deterministically, on one CPU, until it switches the machine off.

        @policy  name of a scheduling policy whose decisions are counted too
        @trace   tells which instructions the longest passages are made of
        @series  two moments: each time, what is executed between them is counted too
        @cpu     the model of CPU

        Returns (first console's text, Counts).
        """
        counted = self.runs / f"{name}.json"
        counted.unlink(missing_ok=True)
        options = f",call={self._decision(policy)}" if policy else ""
        options += ",trace=on" if trace else ""
        options += f",series={series[0]}:{series[1]}" if series else ""
        self._finish(name, self._command(image, counted, options, cpu=cpu) + self._deterministic(name))
        return self._console(name), Counts(counted)

    def clock(self, name, image, cpus, shift=0, patience=PATIENCE):
        """Runs @image deterministically, on @cpus CPUs that take turns and have one clock: it counts what all of them execute. An
        instruction takes 2 to the power of @shift ns, and is still one tick of the counter. Without the plugin, to which QEMU tells a
        wrong CPU in such a run (10.0.2). Returns the first console's text."""
        self._finish(name, self._command(image, None, shift=shift) + self._deterministic(name, cpus, shift), patience)
        return self._console(name)

    def bare(self, name, program, arguments=()):
        """Runs @program by itself at EL1, deterministically, until it switches the machine off, with more @arguments for QEMU;
        the first console's text."""
        command = [argument.replace("virtualization=on,", "") for argument in self._command(program, None)]
        self._finish(name, command + self._deterministic(name) + list(arguments))
        return self._console(name)

    def until(self, name, image, steps, shift=0):
        """Runs @image deterministically, on one CPU and without the plugin, until all of @steps were seen, pairs of a console's
        number and of a text there; in that order, or it fails. An instruction takes 2 to the power of @shift ns, and is still one
        tick of the counter. Returns the consoles' texts."""
        consoles = range(len(self.qemu["serials"]))
        for number in consoles:
            (self.runs / f"{name}.console{number}").unlink(missing_ok=True)
        command = self._command(image, None, shift=shift) + self._deterministic(name, shift=shift)
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            try:
                self._await(name, process, steps)
            finally:
                process.terminate()
        return [self._console(name, number) for number in consoles]

    def _await(self, name, process, steps):
        """Waits for one of @steps after the other; the next one must not have come before."""
        end = time.monotonic() + LONG_RUN
        for (number, text), following in zip(steps, [*steps[1:], None]):
            while True:
                running = process.poll() is None  # asked first: what it has said last is looked at once more
                early = following and following[1] in self._console(name, following[0])
                if text in self._console(name, number):
                    break
                if early:
                    raise ValueError(f"{name}: {following[1]!r} came before {text!r}")
                if not running:
                    raise ValueError(f"{name}: QEMU ended without {text!r}: {process.stderr.read().strip()}")
                if time.monotonic() > end:
                    raise ValueError(f"{name}: {text!r} did not come in {LONG_RUN} s")
                time.sleep(0.1)

    @contextmanager
    def parallel(self, name, image, series=None, arguments=()):
        """Runs @image on all of the board's CPUs, each a thread of the host: not deterministic, but CPUs are told apart.

        @series     as for count
        @arguments  more arguments for QEMU

        Yields Run; the machine is switched off at the end. Fails if a core makes no progress then.
        """
        counted = self.runs / f"{name}.json"
        counted.unlink(missing_ok=True)
        errors = self.runs / f"{name}.errors"
        options = f",series={series[0]}:{series[1]}" if series else ""
        monitor = core_progress.Monitor()
        command = self._command(image, counted, options) + ["-smp", str(self.qemu["cpus"]), *monitor.options(), *arguments]
        with tempfile.TemporaryDirectory() as folder, errors.open("w", encoding="utf-8") as log:
            servers = [_listen(f"{folder}/{number}") for number in range(len(self.qemu["serials"]))]
            for number in range(len(servers)):
                command += ["-chardev", f"socket,id=console{number},path={folder}/{number},logfile={self.runs}/{name}.console{number}",
                            "-serial", f"chardev:console{number}"]
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log) as process:
                try:
                    connections = [server.accept()[0] for server in servers]
                    yield Run(process, [fdspawn(connection, timeout=PATIENCE) for connection in connections], counted,
                              lambda: self._check(name, image, monitor))
                finally:
                    process.terminate()
                    monitor.close()

    def _check(self, name, image, monitor):
        """Fails if the hypervisor has: a core on which @image has a VM makes no progress."""
        shown = subprocess.run([self.build / "nagaya", "show", "--json", image], capture_output=True, text=True, check=True)
        lost = core_progress.lost(monitor, {cpu["cpu"] for cpu in json.loads(shown.stdout)["cpus"] if cpu["vcpus"]})
        if lost:
            raise core_progress.EngineFault(f"{name}: {'; '.join(lost)}")

    def _command(self, image, counted, options="", shift=0, cpu=CPU):
        cpu = f"{cpu},cntfrq={INSTRUCTIONS_PER_S >> shift}"
        command = [self.qemu["executable"], "-machine", self.qemu["machine"], "-cpu", cpu, "-m", str(self.qemu["memory"]),
                   "-display", "none", "-monitor", "none", *self.qemu["arguments"].split(), "-kernel", str(image)]
        if counted:
            plugin = self.build / "bench" / "el2count.so"
            command += ["-plugin", f"{plugin},text={self._hypervisor_range(image)},out={counted}{options}"]
        return command

    def _decision(self, policy):
        """The function by which @policy decides, and the one that calls it, as the plugin wants them."""
        elf = Elf(self.engine)
        symbols, caller = elf.symbols(), elf.functions()["sched_run"]
        # Those with budgets have one for all of them (hypervisor/sched/server_decide.c).
        function = symbols.get(f"{policy.replace('-', '_')}_schedule", symbols["server_schedule"])
        return f"{function:#x}:{caller[0]:#x}:{caller[1]:#x}"

    def _hypervisor_range(self, image):
        """Where in physical memory @image has the hypervisor's code, as the plugin wants it."""
        symbols = Elf(self.engine).symbols()
        text = Elf(image).entry - symbols["_start"] + symbols["text_start"]
        return f"{text:#x}:{symbols['text_end'] - symbols['text_start']:#x}"

    def _deterministic(self, name, cpus=1, shift=0):
        consoles = [argument for number in range(len(self.qemu["serials"]))
                    for argument in ("-serial", f"file:{self.runs}/{name}.console{number}")]
        return ["-smp", str(cpus), "-icount", f"shift={shift},sleep=off", "-rtc", "base=2000-01-01,clock=vm", *consoles]

    def _console(self, name, number=0):
        console = self.runs / f"{name}.console{number}"
        return console.read_text(encoding="utf-8", errors="replace") if console.exists() else ""

    @staticmethod
    def _finish(name, command, patience=PATIENCE):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=patience, text=True,
                              check=False)
        if done.returncode != 0:
            raise ValueError(f"{name}: QEMU ended with status {done.returncode}: {done.stderr.strip()}")


class Run:
    """A machine that is running. consoles: one pexpect object for each serial port."""

    def __init__(self, process, consoles, counted, check):
        self.consoles = consoles
        self._check = check
        self._process = process
        self._counted = counted

    def stop(self):
        """Switches the machine off. Returns Counts. Fails if the hypervisor has."""
        self._check()
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
