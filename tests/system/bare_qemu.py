# SPDX-License-Identifier: Apache-2.0
"""QEMU with an image as it is, without `nagaya run`: for images that are damaged, and to see what runs at all."""

import mmap
import struct
import subprocess
import time

import tried_board
from bench.counts import core_progress
from damaged_image import HEAD_SIZE, VM_SIZE

RAM = 0x40000000
RAM_SIZE = 2 << 30
LOG_RECORD = struct.Struct("<QHHHH4Q")
LOG_RING_HEAD = 128
LOG_RECORDS = 64
LOG_HYPERVISOR_FAULT = 4
CPUS = 4
MOMENT = 0.3  # s; a VM that were started would have run by then


class Facts:
    """What has to be known of an image (damaged_image.Image) while it is still sound."""

    def __init__(self, image):
        self.entry, = struct.unpack_from("<Q", image.bytes, 24)
        self.log = image.word(image.plan + 72 + 48)
        self.text = image.word(image.plan + 72), image.word(image.plan + 72 + 8)
        count = image.word(image.plan + HEAD_SIZE + 4, "I")
        first = image.plan + image.word(image.plan + HEAD_SIZE, "I")
        rams = [image.ram(first + VM_SIZE * index) for index in range(count)]
        self.guest_memory = [(image.word(at + 8), image.word(at + 16)) for at in rams]  # of VMs with ipa = pa


class BareQemu:
    """
    The machine of the board that is tried with its RAM in a file; a context manager, which fails if the hypervisor has: its log tells of a
    fault of its own, or a core makes no progress. A core that has stopped for good is none: a damaged image is refused so. Tests
    that make it fail on purpose say @expects_engine_fault.
    """

    def __init__(self, image, facts, folder, *options, expects_engine_fault=False):
        self.expects_engine_fault = expects_engine_fault
        self.monitor = core_progress.Monitor()
        self.facts = facts
        self.uarts = [folder / "serial0", folder / "serial1"]
        self.executed = folder / "executed"
        self.ram = ram = folder / "ram"
        with ram.open("wb") as file:
            file.truncate(RAM_SIZE)
        guests = ",".join(f"{start:#x}+{size:#x}" for start, size in facts.guest_memory)
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "qemu-system-aarch64", "-machine",
             f"{tried_board.qemu_machine()},memory-backend=ram", "-cpu", "cortex-a53", "-smp", "4",
             "-m", "2G", "-object", f"memory-backend-file,id=ram,size=2G,mem-path={ram},share=on", "-nodefaults",
             "-display", "none", "-monitor", "none", "-serial", f"file:{self.uarts[0]}", "-serial",
             f"file:{self.uarts[1]}", "-d", "in_asm", "-dfilter", guests, "-D", self.executed, "-kernel", image, *self.monitor.options(),
             *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with ram.open("rb") as file:
            self.memory = mmap.mmap(file.fileno(), RAM_SIZE, prot=mmap.PROT_READ)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        faults = [] if self.expects_engine_fault else self.engine_faults()
        self.monitor.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.ram.unlink()
        if faults:
            raise core_progress.EngineFault("; ".join(faults))

    def engine_faults(self):
        """What is wrong with the hypervisor itself, in words."""
        faults = []
        for cpu in range(CPUS):
            faults += [f"cpu {cpu}: {core_progress.FAULT}, arguments {arguments}" for event, arguments in self.log(cpu)
                       if event == LOG_HYPERVISOR_FAULT]
        return faults + core_progress.lost(self.monitor, range(CPUS), may_stop=True)

    def end(self):
        """Ends QEMU in peace, so that its plugins write what they have."""
        self.process.terminate()
        self.process.wait(30)

    def word(self, pa):
        return struct.unpack_from("<Q", self.memory, pa - RAM)[0]

    def verdict(self):
        """What the first instructions found (abi/boot_verdict.h)."""
        return self.word(self.facts.entry + 8)

    def log(self, cpu=0):
        """(event, arguments) of each record in the ring of CPU @cpu (abi/observe.h)."""
        ring = self.facts.log + cpu * (LOG_RING_HEAD + LOG_RECORDS * LOG_RECORD.size)
        records = []
        for number in range(min(self.word(ring), LOG_RECORDS)):
            record = LOG_RECORD.unpack_from(self.memory, ring - RAM + LOG_RING_HEAD + number * LOG_RECORD.size)
            records.append((record[1], record[5:]))
        return records

    def guests_ran(self):
        """Whether an instruction in a VM's memory was ever executed (QEMU lists what it translates)."""
        return self.executed.exists() and self.executed.stat().st_size > 0

    def console(self, number):
        uart = self.uarts[number]
        return uart.read_bytes().decode("ascii", errors="replace") if uart.exists() else ""

    def wait_until(self, condition, patience=30):
        end = time.monotonic() + patience
        while not condition():
            assert self.process.poll() is None or condition(), self.process.stdout.read()
            assert time.monotonic() < end, "it did not come to pass"
            time.sleep(0.02)
