# SPDX-License-Identifier: Apache-2.0
"""The board with Xen in Nagaya's place."""

import re
import subprocess
import tempfile
import time
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

from bench.counts.machine import Machine
from bench.counts.plugin_results import Counts
from bench.peers.xen.image import flat_image, image_size
from bench.peers.xen.tree import Device, Domain, Module, compile_tree, decompile_tree, device_tree_part, host_tree

FETCH = Path(__file__).with_name("fetch")
STATUS_SKIP = 3

# QEMU puts a kernel here (hw/arm/boot.c), and Xen stays where it is put.
XEN_ADDRESS = 0x40200000
# Files for the domains lie behind everything that QEMU places itself.
FIRST_MODULE = 0x50000000
MODULE_ALIGNMENT = 0x200000

OPTIONS = "console=dtuart"

# What Xen says last before the first guest runs; and when it, or a domain, has given up.
XEN_IS_UP = "init memory."
TROUBLE = re.compile(r".*(Panic on CPU|Domain .*crashed).*")

# What is given to domains, as Nagaya's composer gives it to VMs. The first UART is Xen's own.
SERIAL1 = Device("/pl011@9040000", '"arm,pl011", "arm,primecell"', 0x9040000, 0x1000, 8)
GPIO = Device("/pl061@9030000", '"arm,pl061", "arm,primecell"', 0x9030000, 0x1000, 7)

# A domain. @image: a guest's file that runs on Nagaya, or Linux's if there is a @ramdisk; @uart: it has Xen's emulated UART; @first_moment:
# the number of the moment that its first instruction is (bench/guests/section.h).
Guest = namedtuple("Guest", "image memory_mb devices arguments ramdisk uart cpus first_moment", defaults=(16, (), "", None, False, 1, None))


class Skipped(Exception):
    """Xen cannot be had; the text says why."""


class XenMachine(Machine):
    """The board of bench/counts/machine.py with Debian's Xen, which is fetched when the first of these is made.

    @runs gets, of each run, Xen's console (NAME.console0), that of the guest that has SERIAL1 (NAME.console1), the source of the tree that
    Xen was given, and the counts. Raises Skipped where Xen cannot be fetched.
    """

    def __init__(self, build, runs=None):
        super().__init__(build, runs or Path(build) / "bench" / "runs" / "xen")
        self.xen = self.build / "bench" / "xen" / "xen"
        done = subprocess.run([FETCH, self.xen.resolve()], cwd=FETCH.parents[3], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode == STATUS_SKIP:
            raise Skipped(done.stdout.strip().splitlines()[-1])
        if done.returncode != 0:
            raise ValueError(f"{FETCH}: it ended with status {done.returncode}: {done.stdout.strip()}")
        self.version = self.xen.with_suffix(".version").read_text(encoding="utf-8").strip()

    def run(self, name, guests, steps, *, options="", count=False, shift=0):
        """Runs @guests under Xen, deterministically, on one CPU, until all of @steps were seen, as Machine.until() does. Console 0 is
        Xen's, console 1 that of the guest that has SERIAL1. No step at all: until the first guests have had a second.

        @options  Xen's own, but for its console
        @count    whether the plugin counts what Xen executes
        @shift    an instruction takes 2 to the power of it in ns, and is still one tick of the counter

        Returns (the consoles' texts, Counts or None).
        """
        counted = self.runs / f"{name}.json" if count else None
        if counted:
            counted.unlink(missing_ok=True)
        command = [*self._command(self.xen, counted, shift=shift), *self._deterministic(name, shift=shift)]
        with self._files(name, guests, options, 1) as files:
            self._watch(name, command + files, steps)
        return [self._console(name, number) for number in (0, 1)], Counts(counted) if count else None

    @contextmanager
    def run_parallel(self, name, guests, *, options="", series=None):
        """Runs @guests as run() does, but on all of the board's CPUs, as Machine.parallel() does, whose Run it yields."""
        with self._files(name, guests, options, self.qemu["cpus"]) as files, self.parallel(name, self.xen, series, files) as run:
            yield run

    @contextmanager
    def _files(self, name, guests, options, cpus):
        """Makes the tree and the images with which Xen starts @guests on @cpus CPUs; yields the arguments by which QEMU loads them."""
        with tempfile.TemporaryDirectory() as folder:
            modules = _Modules(Path(folder))
            source = host_tree(self._board(cpus), [modules.domain(number, guest) for number, guest in enumerate(guests)],
                               f"{OPTIONS} {options}".strip(), sorted({device.path for guest in guests for device in guest.devices}))
            (self.runs / f"{name}.dts").write_text(source, encoding="utf-8")
            compile_tree(source, modules.folder / "host.dtb")
            yield ["-dtb", str(modules.folder / "host.dtb"), "-no-reboot", *modules.loaders()]

    def _watch(self, name, command, steps):
        """Runs QEMU by @command until all of @steps were seen."""
        for number in (0, 1):
            (self.runs / f"{name}.console{number}").unlink(missing_ok=True)
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            try:
                self._await(name, process, steps or [(0, XEN_IS_UP)])
                time.sleep(0.2 if steps else 1)  # in the former case until a line that has begun is whole
            finally:
                process.terminate()

    def console(self, name, number):
        """The text of a console of the run @name."""
        return self._console(name, number)

    def _console(self, name, number=0):
        """The text of a console. ValueError if Xen, on its own, says that it or a domain has given up."""
        trouble = TROUBLE.search(super()._console(name, 0))
        if trouble:
            raise ValueError(f"{name}: {trouble[0]}; see {self.runs}/{name}.console0")
        return super()._console(name, number)

    def _board(self, cpus):
        """The source of the tree of the board with @cpus CPUs."""
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "board.dtb"
            command = self._command(self.xen, None)
            command[command.index("-machine") + 1] += f",dumpdtb={tree}"
            subprocess.run([*command, "-smp", str(cpus), *["-serial", "null"] * len(self.qemu["serials"])], check=True, capture_output=True)
            return decompile_tree(tree)

    def _check(self, name, image, monitor):
        """Xen ends the machine itself where it fails (Machine asks here whether Nagaya's cores make progress)."""

    def _hypervisor_range(self, image):
        """Where Xen lies in physical memory: all of it, data too, which is not executed."""
        return f"{XEN_ADDRESS:#x}:{image_size(image):#x}"


class _Modules:
    """The files of the domains of a run, and where in memory they are put."""

    def __init__(self, folder):
        self.folder = folder
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
        return Domain(guest.cpus, guest.memory_mb, modules, guest.uart)

    def loaders(self):
        """The arguments that make QEMU put them there."""
        return [argument for module in self._all
                for argument in ("-device", f"loader,file={module.path},addr={module.address:#x},force-raw=on")]

    def _add(self, kind, path, arguments=""):
        size = Path(path).stat().st_size
        self._all.append(Module(kind, path, self._next, size, arguments))
        self._next += -(-size // MODULE_ALIGNMENT) * MODULE_ALIGNMENT
        return self._all[-1]
