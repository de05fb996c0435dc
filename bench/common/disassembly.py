# SPDX-License-Identifier: Apache-2.0
"""The instructions of an AArch64 ELF file, as objdump tells them: for those that follow code without executing it."""

import re
import subprocess
from bisect import bisect_right

from bench.common.elf import Elf

LABEL = re.compile(r"^([0-9a-f]+) <([^>]+)>:$")
LINE = re.compile(r"^ *([0-9a-f]+):\t(\S+)\s*([^/]*?)\s*(?://.*)?$")
TARGET = re.compile(r"([0-9a-f]+) <")
CONDITIONAL = re.compile(r"b\.|cbn?z$|tbn?z$")


class Disassembly:
    """@path: of the file. `code` has (mnemonic, operands) by address, `names` the labels by address, `addresses` the reverse."""

    def __init__(self, path):
        text = subprocess.run(["aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", path], text=True,
                              capture_output=True, check=True).stdout.splitlines()
        self.elf = Elf(path)
        self.addresses = self.elf.symbols()
        self.names = {int(match[1], 16): match[2] for match in map(LABEL.match, text) if match}
        self.code = {int(match[1], 16): (match[2], match[3]) for match in map(LINE.match, text) if match}
        self._starts = sorted(self.names)

    def function(self, address):
        """The name of what the instruction at @address belongs to."""
        return self.names[self._starts[bisect_right(self._starts, address) - 1]]

    def instruction(self, address):
        """Its mnemonic and operands; a mnemonic that begins with "." where there is none."""
        mnemonic, operands = self.code.get(address, (".word", ""))
        return (".word", "") if mnemonic == "udf" else (mnemonic, operands)

    def where(self, address):
        """The instruction at @address, for people."""
        mnemonic, operands = self.code.get(address, ("nothing", ""))
        return f"{address:#x} in {self.function(address)} ({mnemonic} {operands})"

    @staticmethod
    def target(operands):
        """Where a branch with @operands goes."""
        return int(TARGET.search(operands)[1], 16)

    def table(self, address):
        """Where the `br` at @address can go, if it is the end of `adr xN, table; add xN, xN, xM, lsl #3; br xN`: two instructions
        for each number, one with `lsl #2`, up to the next label. Else nothing."""
        register = self.code[address][1]
        before = [self.code.get(address - 8, ("", "")), self.code.get(address - 4, ("", ""))]
        scaled = re.match(rf"{register}, {register}, x\d+, lsl #([23])$", before[1][1])
        if before[0][0] != "adr" or not before[0][1].startswith(f"{register}, ") or before[1][0] != "add" or not scaled:
            return []
        table = self.target(before[0][1])
        return [at for at in range(table, address + 0x400, 1 << int(scaled[1]))
                if at in self.code and self.function(at) == self.function(address)]
