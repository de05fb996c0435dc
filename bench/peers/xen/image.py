# SPDX-License-Identifier: Apache-2.0
"""Guests as Xen wants them: the file that runs on Nagaya, flat, behind the header of Linux's arm64 `Image`.

The program itself is not linked again nor changed: it is position independent, and the header has a page of its own, so that
what lies behind it keeps its place in its pages.
"""

import struct
from pathlib import Path

from bench.common.elf import SEGMENT_LOAD, Elf

HEADER_SIZE = 4096
HEADER_FLAGS = 0b1010  # little endian, 4 KB pages, anywhere in memory (Linux, Documentation/arch/arm64/booting.rst)
MAGIC = b"ARM\x64"
NO_OPERATION = 0xd503201f
FIRST_MOMENT = 80  # bench/plugin/el2count.c


def flat_image(path, moment=None):
    """The bytes of the guest at @path, an ELF file or a raw binary, with a header that makes it an `Image`.

    @moment  the number of the moment (bench/guests/section.h) that the guest's first instruction is
    """
    content, entry = _flat(Path(path))
    first = NO_OPERATION if moment is None else _hint(FIRST_MOMENT + moment)
    header = struct.pack("<IIQQQQQQ4sI", first, _branch(HEADER_SIZE + entry - 4), 0, HEADER_SIZE + len(content), HEADER_FLAGS,
                         0, 0, 0, MAGIC, 0)
    return header.ljust(HEADER_SIZE, b"\0") + content


def image_size(path):
    """Bytes of memory that the `Image` at @path takes, as its header says."""
    with Path(path).open("rb") as file:
        header = file.read(64)
    if header[56:60] != MAGIC:
        raise ValueError(f"{path}: not an arm64 Image")
    return struct.unpack_from("<Q", header, 16)[0]


def _flat(path):
    """(the memory that the guest at @path is loaded into, the offset of its entry in it). What the file leaves to be zero is zero."""
    if path.read_bytes()[:4] != b"\x7fELF":
        return path.read_bytes(), 0
    elf = Elf(path)
    segments = [segment for segment in elf.segments if segment.type == SEGMENT_LOAD]
    start = min(segment.physical for segment in segments)
    memory = bytearray(max(segment.physical + segment.memory_size for segment in segments) - start)
    for segment in segments:
        place = segment.physical - start
        memory[place:place + segment.file_size] = elf.bytes[segment.offset:segment.offset + segment.file_size]
    return bytes(memory), elf.entry - start


def _hint(number):
    """`hint #@number` (Arm DDI 0487, C6.2)."""
    return 0xd503201f | number << 5


def _branch(distance):
    """`b` over @distance bytes."""
    return 0x14000000 | distance // 4 & 0x3ffffff
