# SPDX-License-Identifier: Apache-2.0
"""What the debug information of an ELF file tells: which lines of the sources an instruction is of, how large a structure is, what
compiler has made it."""

import re
import subprocess
from collections import namedtuple

from bench.common.elf import Elf

Frame = namedtuple("Frame", "function file line")

STRUCTURE = re.compile(r"\(DW_TAG_structure_type\)\n(?:.*DW_AT_name +: (?:\(.*?\): )?(\w+)\s*\n)(?:.*DW_AT_byte_size +: (\d+)\n)")
CLONE = re.compile(r"\.(lto_priv|isra|constprop|part|cold)\b.*$")


class Lines:
    """@path: of the ELF file, @addresses: all that will be asked for."""

    def __init__(self, path, addresses):
        report = subprocess.run(["aarch64-linux-gnu-addr2line", "-a", "-f", "-i", "-e", path], text=True, capture_output=True,
                                check=True, input="".join(f"{address:#x}\n" for address in addresses)).stdout.splitlines()
        self._frames, frames = {}, []
        lines = iter(report)
        for line in lines:
            if line.startswith("0x"):
                frames = self._frames.setdefault(int(line, 16), [])
            else:
                file, _, number = next(lines).partition(" (")[0].rpartition(":")
                frames.append(Frame(CLONE.sub("", line), file.removeprefix("./"), int(number) if number.isdigit() else 0))

    def frames(self, address):
        """Where the instruction at @address is from, and where the function that has it is inlined, and so on outwards."""
        return self._frames[address]

    def name(self, address):
        """The function that has the instruction at @address, its file, and what it is inlined in."""
        frames = self.frames(address)
        file = frames[0].file.rpartition("/")[2]
        return " < ".join([f"{frames[0].function} ({file})"] + [frame.function for frame in frames[1:3]])


def sizes_of(elf, path):
    """The bytes of each structure and of each object with a name of its own in @path, whose Elf is @elf."""
    report = subprocess.run(["aarch64-linux-gnu-readelf", "--debug-dump=info", path], text=True, capture_output=True, check=True).stdout
    objects = {CLONE.sub("", name): 8 * len(words) for name, words in elf.objects()}
    return objects | {name: int(size) for name, size in STRUCTURE.findall(report)}


def compiler(path):
    """The compiler that has made the ELF file at @path, as its debug information says: "gcc 12.2.0"."""
    elf = Elf(path)
    strings = next((section for section in elf.sections if section.name == ".debug_str"), None)
    producer = strings and re.search(rb"GNU (?:GIMPLE|C17) (\d+\.\d+\.\d+)",
                                     elf.bytes[strings.offset:strings.offset + strings.size])
    if not producer:
        raise ValueError(f"{path}: doesn't say what compiler has made it")
    return f"gcc {producer[1].decode()}"
