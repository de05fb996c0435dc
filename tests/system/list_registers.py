# SPDX-License-Identifier: Apache-2.0
"""What is in the list registers of each CPU at any time, from QEMU's trace of who writes them and what guests take and end.

    with ListRegisters(tmp_path) as lists, Machine(system, *lists.options) as machine: ...
    assert not lists.doubled
"""

import os
import re
import threading
from collections import defaultdict

EVENTS = ["gicv3_ich_lr_write", "gicv3_ich_vmcr_write", "gicv3_icv_ctlr_write", "gicv3_icv_iar_read", "gicv3_icv_eoir_write",
          "gicv3_icv_dir_write"]
LINE = re.compile(r"gicv3_(\w+) GICv3 (?:ICH_LR(\d+)_EL2|\w+) \w+ cpu 0x([0-9a-f]+) value 0x([0-9a-f]+)")

PENDING, ACTIVE = 1, 2  # LR.State (Arm IHI 0069H, 12.4.5)
SPECIAL = 1020  # INTIDs from here on: there was nothing to take
VEOIM = 1 << 9  # of ICH_VMCR_EL2: DIR deactivates, EOIR does not
EOIMODE = 1 << 1  # the same as the guest writes it, of ICC_CTLR_EL1


class _Cpu:
    """One CPU's list registers: number to [INTID, state]."""

    def __init__(self):
        self.lists = {}
        self.splits = False  # EOIR does not deactivate

    def find(self, intid, state):
        return next((each for each in self.lists.values() if each[0] == intid and each[1] & state), None)

    def end(self, intid):
        found = self.find(intid, ACTIVE)
        if found:
            found[1] &= ~ACTIVE


class ListRegisters:
    """Reads the trace while the machine runs, from a pipe: it can be long. doubled: (CPU, INTID) each time that an interrupt was put into
    a list register while another one had it; written: how often one was put there at all."""

    def __init__(self, folder):
        self.doubled = []
        self.written = 0
        self._cpus = defaultdict(_Cpu)
        self._pipe = folder / "trace"
        os.mkfifo(self._pipe)
        self._reader = threading.Thread(target=self._read, daemon=True)

    @property
    def options(self):
        """For `nagaya run`."""
        words = [word for event in EVENTS for word in ("-trace", event)] + ["-D", str(self._pipe)]
        return [option for word in words for option in ("--qemu-arg", word)]

    def __enter__(self):
        self._reader.start()
        return self

    def __exit__(self, *_):
        os.close(os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK))  # should QEMU never have opened it
        self._reader.join(60)

    def _read(self):
        with self._pipe.open(encoding="ascii", errors="replace") as trace:
            self.take(trace)

    def take(self, trace):
        """Takes the lines of @trace."""
        for line in trace:
            match = None if line.endswith("value 0x3ff\n") else LINE.match(line)
            if match:
                event, number, cpu, value = match.groups()
                self._handle(event, number, int(cpu, 16), int(value, 16))

    def _handle(self, event, number, index, value):
        cpu = self._cpus[index]
        if event == "ich_lr_write":
            self._write(index, cpu, int(number), value & 0xffffffff, value >> 62)
        elif event == "ich_vmcr_write":
            cpu.splits = value & VEOIM != 0
        elif event == "icv_ctlr_write":
            cpu.splits = value & EOIMODE != 0
        elif event == "icv_iar_read" and value < SPECIAL:
            taken = cpu.find(value, PENDING)
            if taken:
                taken[1] = taken[1] & ~PENDING | ACTIVE
        elif event == "icv_dir_write" or (event == "icv_eoir_write" and not cpu.splits):
            cpu.end(value)

    def _write(self, index, cpu, number, intid, state):
        cpu.lists.pop(number, None)
        if state == 0:
            return
        self.written += 1
        if cpu.find(intid, PENDING | ACTIVE):
            self.doubled.append((index, intid))
        cpu.lists[number] = [intid, state]
