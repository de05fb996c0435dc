# SPDX-License-Identifier: Apache-2.0
"""The board with Xen in Nagaya's place."""

import subprocess
import tempfile
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

from pexpect import EOF, TIMEOUT
from pexpect.fdpexpect import fdspawn

from counts import Counts
from machine import CPU, DETERMINISTIC, PATIENCE, Machine, Run, listen
from peers.xen.image import flat_image, image_size
from peers.xen.tree import Domain, Module, compile_tree, decompile_tree, device_tree_part, host_tree

FETCH = Path(__file__).with_name("fetch")
STATUS_SKIP = 3

# QEMU puts a kernel here (hw/arm/boot.c), and Xen stays where it is put.
XEN_ADDRESS = 0x40200000
# Files for the domains lie behind everything that QEMU places itself, with room between them.
FIRST_MODULE = 0x50000000
MODULE_ALIGNMENT = 0x200000

# Xen itself has the first UART; a domain that is to have a console is given the second one, as a VM of Nagaya is.
UART = {"path": "/pl011@9040000", "compatible": '"arm,pl011", "arm,primecell"', "address": 0x9040000, "size": 0x1000, "spi": 8}

# A guest under Xen. @image: a file that runs on Nagaya, or a Linux kernel if there is @ramdisk; @console: whether it has the second UART;
# @moment: the number of the moment that its first instruction is.
Guest = namedtuple("Guest", "image memory_mb console moment ramdisk arguments", defaults=(16, False, None, None, ""))


class Skipped(Exception):
    """Xen cannot be had; the text says why."""


class XenMachine(Machine):
    """The board of bench/machine.py, with Xen on it. Debian's Xen is fetched when the first of these is made."""

    def __init__(self, build, runs=None):
        super().__init__(build, runs)
        folder = self.build / "bench" / "xen"
        self.xen = folder / "xen"
        done = subprocess.run([FETCH, self.xen], cwd=FETCH.parents[3], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode == STATUS_SKIP:
            raise Skipped(done.stdout.strip().splitlines()[-1])
        if done.returncode != 0:
            raise ValueError(f"{FETCH}: status {done.returncode}: {done.stdout.strip()}")
        self.version = (folder / "xen.version").read_text(encoding="utf-8").strip()
