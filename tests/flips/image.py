# SPDX-License-Identifier: Apache-2.0
"""An image as bytes that can be changed one by one. Written from the ELF format and abi/plan.h alone."""

import struct
from collections import Counter, namedtuple

Load = namedtuple("Load", "pa offset filesz memsz")

HEADER = 64
PROGRAM = struct.Struct("<IIQQQQQQ")
PT_LOAD, PT_NOTE = 1, 4


def programs(data):
    """(type, offset, pa, filesz, memsz) of each program header."""
    first, = struct.unpack_from("<Q", data, 32)
    count, = struct.unpack_from("<H", data, 56)
    for at in range(first, first + PROGRAM.size * count, PROGRAM.size):
        kind, _, offset, _, pa, filesz, memsz, _ = PROGRAM.unpack_from(data, at)
        yield kind, offset, pa, filesz, memsz


class Image:
    """@data: the file. What it loads can be read by physical address."""

    def __init__(self, data):
        self.data = data
        self.loads = sorted(Load(pa, offset, filesz, memsz) for kind, offset, pa, filesz, memsz in programs(data) if kind == PT_LOAD)
        note, = [offset for kind, offset, *_ in programs(data) if kind == PT_NOTE]
        self.entry, = struct.unpack_from("<Q", data, 24)
        self.note = note
        self.plan, = struct.unpack_from("<Q", data, note + 20)

    def load_at(self, pa):
        """The segment that loads the byte at @pa, or None."""
        return next((load for load in self.loads if load.pa <= pa < load.pa + load.memsz), None)

    def offset_of(self, pa):
        """Where in the file the byte at @pa stands; None if no segment stores it."""
        load = self.load_at(pa)
        return load.offset + pa - load.pa if load and pa < load.pa + load.filesz else None

    def read(self, pa, size):
        """The bytes that memory holds at the start: zeros where nothing is loaded."""
        result = bytearray(size)
        for load in self.loads:
            start, end = max(pa, load.pa), min(pa + size, load.pa + load.filesz)
            if start < end:
                result[start - pa:end - pa] = self.data[load.offset + start - load.pa:load.offset + end - load.pa]
        return bytes(result)

    def number(self, pa, form="Q"):
        """The little-endian number at @pa."""
        return struct.unpack("<" + form, self.read(pa, struct.calcsize(form)))[0]


def unpacked(data):
    """The same image, where each byte of the hypervisor's stands in the file, zeros too: so that each can be changed. What lies
    in the file once and is loaded twice stays so, as those are copies of each other."""
    image = Image(data)
    start, = struct.unpack("<Q", image.read(image.plan + 72, 8))
    end, = struct.unpack("<Q", image.read(image.plan + 72 + 88, 8))
    shared = Counter(load.offset for load in image.loads if load.filesz)
    parts = []  # [pa, bytes or offset of shared bytes, memsz]
    for load in image.loads:
        whole = start <= load.pa < end and shared[load.offset] <= 1
        if not whole:
            parts.append([load.pa, load, load.memsz])
            continue
        contents = image.read(load.pa, load.memsz)
        if parts and isinstance(parts[-1][1], bytes) and parts[-1][0] + parts[-1][2] == load.pa:
            parts[-1][1] += contents
            parts[-1][2] += load.memsz
        else:
            parts.append([load.pa, contents, load.memsz])
    return _file(image, parts)


def _file(image, parts):
    at = HEADER + PROGRAM.size * (len(parts) + 1)
    note = image.data[image.note:image.note + 28]
    headers = [PROGRAM.pack(PT_NOTE, 4, at, 0, 0, len(note), len(note), 4)]
    body = note + bytes(-len(note) % 8)
    placed = {}
    for pa, contents, memsz in parts:
        key = contents.offset if isinstance(contents, Load) else None
        data = image.read(contents.pa, contents.filesz) if isinstance(contents, Load) else contents
        if not data or key not in placed:
            offset = at + len(body)
            if data and key is not None:
                placed[key] = offset
            body += data + bytes(-len(data) % 8)
        else:
            offset = placed[key]
        headers.append(PROGRAM.pack(PT_LOAD, 7, offset, pa, pa, len(data), memsz, 8))
    head = bytearray(image.data[:HEADER])
    struct.pack_into("<QQ", head, 32, HEADER, 0)
    struct.pack_into("<HHHHHH", head, 52, HEADER, PROGRAM.size, len(headers), 0, 0, 0)
    return bytes(head) + b"".join(headers) + body
