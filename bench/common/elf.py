# SPDX-License-Identifier: Apache-2.0
"""What the benchmark needs to know of ELF files: symbols, sections, segments. ELF64, little endian."""

import struct
from collections import namedtuple
from pathlib import Path

Section = namedtuple("Section", "name type flags address offset size link")
Segment = namedtuple("Segment", "type flags offset address physical file_size memory_size")

SECTION_SYMBOLS = 2
SECTION_NOBITS = 8
SYMBOL_OBJECT = 1
SYMBOL_FUNCTION = 2
SEGMENT_LOAD = 1
FLAG_ALLOCATED = 2
FLAG_EXECUTABLE = 4


class Elf:
    """An ELF file, read whole."""

    def __init__(self, path):
        self.bytes = Path(path).read_bytes()
        if self.bytes[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path}: not a 64-bit little-endian ELF file")
        (self.entry, segments, sections, _, _, segment_size, segment_count, section_size, section_count,
         names) = struct.unpack_from("<QQQIHHHHHH", self.bytes, 24)
        self.segments = [self._segment(segments + i * segment_size) for i in range(segment_count)]
        raw = [struct.unpack_from("<IIQQQQI", self.bytes, sections + i * section_size) for i in range(section_count)]
        self.sections = [Section(self._string(raw[names][4], fields[0]), *fields[1:]) for fields in raw]

    def symbols(self):
        """Name to value, of all symbols."""
        return {name: value for name, _, value, _ in self._symbols()}

    def functions(self):
        """Name to (address, size), of all functions."""
        return {name: (value, size) for name, kind, value, size in self._symbols() if kind == SYMBOL_FUNCTION}

    def objects(self):
        """(name, 64-bit words) of all objects that have contents in the file; a name may be that of several."""
        for name, kind, value, size in self._symbols():
            section = next((section for section in self.sections if section.address <= value < section.address + section.size), None)
            if kind == SYMBOL_OBJECT and section and section.flags & FLAG_ALLOCATED and section.type != SECTION_NOBITS:
                yield name, struct.unpack_from(f"<{size // 8}Q", self.bytes, section.offset + value - section.address)

    def _symbols(self):
        """(name, kind, value, size) of all symbols."""
        for table in self.sections:
            if table.type == SECTION_SYMBOLS:
                strings = self.sections[table.link].offset
                for offset in range(table.offset, table.offset + table.size, 24):
                    name, info, _, _, value, size = struct.unpack_from("<IBBHQQ", self.bytes, offset)
                    yield self._string(strings, name), info & 0xf, value, size

    def loaded_bytes(self):
        """Bytes of the file that are loaded into memory."""
        return sum(segment.file_size for segment in self.segments if segment.type == SEGMENT_LOAD)

    def _segment(self, offset):
        kind, flags, start, address, physical, file_size, memory_size = struct.unpack_from("<IIQQQQQ", self.bytes, offset)
        return Segment(kind, flags, start, address, physical, file_size, memory_size)

    def _string(self, table, offset):
        start = table + offset
        return self.bytes[start:self.bytes.index(b"\0", start)].decode()
