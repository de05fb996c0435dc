# SPDX-License-Identifier: Apache-2.0
"""Reads and damages a composed image, by physical address. Written from abi/plan.h and the architecture alone."""

import struct
from collections import Counter, namedtuple
from contextlib import contextmanager

Program = namedtuple("Program", "header kind offset pa filesz memsz")

# Offsets and sizes of abi/plan.h.
CPUS = 168
HEAD_SIZE = 808
VM_SIZE = 376
VM_INTIDS = 248
GICD_PA = 912
INTID_COUNT = GICD_PA + 32
ICFGR = GICD_PA + 40
SPI_CPU = ICFGR + 256
SEED = 0xCBF29CE484222325
PRIME = 0x100000001B3
OUTPUT = 0xFFFFFFFFF000


class Image:
    """An image in a file; changes within damaged() are undone at its end."""

    def __init__(self, path):
        self.path = path
        self.bytes = bytearray(path.read_bytes())
        self.undo = []
        self._write_out_zeros()
        note, = [program.offset for program in self._programs() if program.kind == 4]
        self.plan, = struct.unpack_from("<Q", self.bytes, note + 20)

    def _programs(self):
        first, = struct.unpack_from("<Q", self.bytes, 32)
        count, = struct.unpack_from("<H", self.bytes, 56)
        for header in range(first, first + 56 * count, 56):
            kind, _, offset, _, pa, filesz, memsz, _ = struct.unpack_from("<IIQQQQQQ", self.bytes, header)
            yield Program(header, kind, offset, pa, filesz, memsz)

    def _write_out_zeros(self):
        """Gives small segments that end with zeros all their bytes in the file, so that those can be changed too."""
        loads = [program for program in self._programs() if program.kind == 1]
        shared = Counter(load.offset for load in loads if load.filesz)
        for load in loads:
            if load.filesz < load.memsz <= 0x40000 and shared[load.offset] <= 1:
                data = self.bytes[load.offset:load.offset + load.filesz] + bytes(load.memsz - load.filesz)
                struct.pack_into("<Q", self.bytes, load.header + 8, len(self.bytes))
                struct.pack_into("<Q", self.bytes, load.header + 32, load.memsz)
                self.bytes += data
        self.path.write_bytes(self.bytes)
        self.loads = [program for program in self._programs() if program.kind == 1]

    def load_at(self, pa):
        """The segment that has @pa."""
        return next(load for load in self.loads if load.pa <= pa < load.pa + load.memsz)

    def offset_of(self, pa):
        """Where in the file the byte at @pa stands."""
        load = self.load_at(pa)
        assert pa < load.pa + load.filesz, f"{pa:#x} is not in the file"
        return load.offset + pa - load.pa

    def word(self, pa, form="Q"):
        return struct.unpack_from("<" + form, self.bytes, self.offset_of(pa))[0]

    def put_at_offset(self, offset, data):
        self.undo.append((offset, bytes(self.bytes[offset:offset + len(data)])))
        self._write(offset, data)

    def put(self, pa, value, form="Q"):
        self.put_at_offset(self.offset_of(pa), struct.pack("<" + form, value))

    def change(self, pa, function, form="Q"):
        self.put(pa, function(self.word(pa, form)), form)

    def _write(self, offset, data):
        self.bytes[offset:offset + len(data)] = data
        with self.path.open("r+b") as file:
            file.seek(offset)
            file.write(data)

    @contextmanager
    def damaged(self):
        try:
            yield self
        finally:
            for offset, data in reversed(self.undo):
                self._write(offset, data)
            self.undo = []

    def checksum(self, start, size):
        value = SEED
        for pa in range(self.plan + start, self.plan + start + size, 8):
            value = (value ^ self.word(pa)) * PRIME & (1 << 64) - 1
        return value

    def put_checksums(self):
        """Makes the plan agree with itself again."""
        total = self.word(self.plan + 24)
        self.put(self.plan + 32, self.checksum(HEAD_SIZE, total - HEAD_SIZE))
        self.put(self.plan + 16, self.checksum(24, HEAD_SIZE - 24))

    # What abi/plan.h says, as addresses.

    def cpu_count(self):
        return self.word(self.plan + 44, "I")

    def cpu(self, index):
        return self.plan + CPUS + 40 * index

    def core(self, index):
        return self.array(self.plan + HEAD_SIZE + 16, 88)[index]

    def name(self, pa):
        return struct.pack("<4Q", *(self.word(pa + 8 * index) for index in range(4))).rstrip(b"\0").decode()

    def vm(self, name):
        first = self.plan + self.word(self.plan + HEAD_SIZE, "I")
        count = self.word(self.plan + HEAD_SIZE + 4, "I")
        return next(first + VM_SIZE * index for index in range(count) if self.name(first + VM_SIZE * index) == name)

    def vcpu(self, index):
        return self.plan + self.word(self.plan + HEAD_SIZE + 8, "I") + 48 * index

    def array(self, at, element):
        """The addresses of the elements of the array that the struct plan_array at @at names."""
        first = self.plan + self.word(at, "I")
        return [first + element * index for index in range(self.word(at + 4, "I"))]

    def memory(self, vm):
        return self.array(vm + 144, 32)

    def ram(self, vm):
        """The VM's first range of RAM: read, write, execute."""
        return next(at for at in self.memory(vm) if self.word(at + 24, "I") == 7)

    def device(self, vm):
        return next(at for at in self.memory(vm) if self.word(at + 24, "I") & 8)

    def restore(self, vm):
        return self.array(vm + 152, 24)

    def region(self, name):
        return next(at for at in self.array(self.plan + HEAD_SIZE + 24, 64) if self.name(at) == name)

    def root(self, vm):
        return self.word(vm + 112)

    def descriptor(self, root, address):
        """Where the descriptor stands that translates @address: 4 KB granule, 39 bits."""
        table = root
        for shift in (30, 21, 12):
            at = table + (address >> shift & 511) * 8
            if shift == 12 or self.word(at) & 3 != 3:
                return at
            table = self.word(at) & OUTPUT
        raise AssertionError
