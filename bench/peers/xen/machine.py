# SPDX-License-Identifier: Apache-2.0
"""The board with Xen in Nagaya's place."""

import re
import subprocess
import time
from collections import namedtuple
from pathlib import Path

from counts import Counts
from machine import PATIENCE, Machine
from peers.xen.image import flat_image, image_size
from peers.xen.tree import Device, Domain, Module, compile_tree, decompile_tree, device_tree_part, host_tree

FETCH = Path(__file__).with_name("fetch")
STATUS_SKIP = 3

# QEMU puts a kernel here (hw/arm/boot.c), and Xen stays where it is put.
XEN_ADDRESS = 0x40200000
# Files for the domains lie behind everything that QEMU places itself.
FIRST_MODULE = 0x50000000
MODULE_ALIGNMENT = 0x200000

CONSOLE = "console=dtuart"

# Xen says on its console that it has given up, or that a domain has.
TROUBLE = re.compile(r"Panic on CPU.*|Domain \d+ .*crashed.*|Reason for crash.*|Could not set up.*")

# What is given to domains, as Nagaya's composer gives it to VMs. The first UART is Xen's own.
SERIAL1 = Device("/pl011@9040000", '"arm,pl011", "arm,primecell"', 0x9040000, 0x1000, 8)
GPIO = Device("/pl061@9030000", '"arm,pl061", "arm,primecell"', 0x9030000, 0x1000, 7)

# A domain. @image: a guest's file that runs on Nagaya, or Linux's if there is a @ramdisk; @uart: it has Xen's emulated UART; @first_moment:
# the number of the moment that its first instruction is (bench/guests/section.h).
Guest = namedtuple("Guest", "image memory_mb devices arguments ramdisk uart first_moment", defaults=(16, (), "", None, False, None))


class Skipped(Exception):
    """Xen cannot be had; the text says why."""


class XenMachine(Machine):
    """The board of bench/machine.py with Debian's Xen, which is fetched when the first of these is made.

    @runs gets, of each run, Xen's console (NAME.console0), that of the guest that has SERIAL1 (NAME.console1), the source of the tree that
    Xen was given, and the counts. Raises Skipped where Xen cannot be fetched.
    """

    def __init__(self, build, runs=None):
        super().__init__(build, runs or Path(build) / "bench" / "runs" / "xen")
        self.folder = self.build / "bench" / "xen"
        self.xen = self.folder / "xen"
        done = subprocess.run([FETCH, self.xen.resolve()], cwd=FETCH.parents[3], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode == STATUS_SKIP:
            raise Skipped(done.stdout.strip().splitlines()[-1])
        if done.returncode != 0:
            raise ValueError(f"{FETCH}: it ended with status {done.returncode}: {done.stdout.strip()}")
        self.version = self.xen.with_suffix(".version").read_text(encoding="utf-8").strip()

    def run(self, name, guests, until, *, options="", count=False, qemu=(), patience=PATIENCE):
        """Runs @guests under Xen, deterministically, on one CPU, until the console of the one that has SERIAL1 matches @until; if none has
        it, until Xen's own console does.

        @options  Xen's own, but for its console
        @count    whether the plugin counts what Xen executes
        @qemu     further arguments for QEMU; of those that contradict, the last one holds

        Returns (the text of that console, Counts or None).
        """
        counted = self.runs / f"{name}.json" if count else None
        modules = _Modules(self.folder / name)
        tree = modules.folder / "host.dtb"
        source = host_tree(self._board(), [modules.domain(number, guest) for number, guest in enumerate(guests)], f"{CONSOLE} {options}",
                           sorted({device.path for guest in guests for device in guest.devices}))
        (self.runs / f"{name}.dts").write_text(source, encoding="utf-8")
        compile_tree(source, tree)
        command = self._command(self.xen, counted) + ["-dtb", str(tree), *modules.loaders(), *self._deterministic(name), *qemu]
        watched = self.runs / f"{name}.console{int(any(SERIAL1 in guest.devices for guest in guests))}"
        self._watch(name, command, watched, re.compile(until), patience)
        return watched.read_text(encoding="utf-8", errors="replace"), Counts(counted) if count else None

    def _board(self):
        """The source of the tree of the board with one CPU."""
        tree = self.folder / "board.dtb"
        command = self._command(self.xen, None)
        command[command.index("-machine") + 1] += f",dumpdtb={tree}"
        subprocess.run([*command, "-smp", "1", *["-serial", "null"] * len(self.qemu["serials"])], check=True, capture_output=True)
        return decompile_tree(tree)

    def _watch(self, name, command, console, until, patience):
        """Runs QEMU by @command until the file @console matches @until."""
        for number in range(len(self.qemu["serials"])):
            (self.runs / f"{name}.console{number}").unlink(missing_ok=True)
        end = time.monotonic() + patience
        with (self.runs / f"{name}.errors").open("w", encoding="utf-8") as errors, \
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=errors) as process:
            try:
                while not until.search(_text(console)):
                    said = _text(self.runs / f"{name}.console0")
                    trouble = TROUBLE.search(said)
                    if trouble or process.poll() is not None or time.monotonic() > end:
                        reason = trouble[0] if trouble else "QEMU has ended" if process.poll() is not None else f"not within {patience} s"
                        raise ValueError(f"{name}: {until.pattern!r} was not said: {reason}; {_text(console)[-200:]!r}, Xen: {said[-200:]!r}")
                    time.sleep(0.1)
            finally:
                process.terminate()

    def _hypervisor_range(self, image):
        """Where Xen lies in physical memory: all of it, data too, which is not executed."""
        return f"{XEN_ADDRESS:#x}:{image_size(image):#x}"


class _Modules:
    """The files of the domains of a run, and where in memory they are put."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._all = []
        self._next = FIRST_MODULE

    def domain(self, number, guest):
        """The Domain that @guest becomes, @number of all."""
        if guest.ramdisk:
            modules = [self._add("kernel", guest.image, guest.arguments), self._add("ramdisk", guest.ramdisk)]
        else:
            image = self.folder / f"{number}.image"
            image.write_bytes(flat_image(guest.image, guest.first_moment))
            modules = [self._add("kernel", image, guest.arguments)]
        if guest.devices:
            part = self.folder / f"{number}.dtb"
            compile_tree(device_tree_part(guest.devices), part)
            modules.append(self._add("device-tree", part))
        return Domain(guest.memory_mb, modules, guest.uart)

    def loaders(self):
        """The arguments that make QEMU put them there."""
        return [argument for module in self._all
                for argument in ("-device", f"loader,file={module.path},addr={module.address:#x},force-raw=on")]

    def _add(self, kind, path, arguments=""):
        size = Path(path).stat().st_size
        self._all.append(Module(kind, path, self._next, size, arguments))
        self._next += -(-size // MODULE_ALIGNMENT) * MODULE_ALIGNMENT
        return self._all[-1]


def _text(path):
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
