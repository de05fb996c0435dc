# SPDX-License-Identifier: Apache-2.0
"""How much stack code of an AArch64 ELF file can use at most, by its disassembly: every way from an entry is followed,
calls added up, until it returns or takes another stack. Whatever can't be followed is an error."""

import re
from collections import namedtuple

from bench.common.disassembly import CONDITIONAL, Disassembly

Use = namedtuple("Use", "bytes chain")  # of the deepest way, the functions on it

PUSH = re.compile(r"\[sp, #-(\d+)\]!$")
POP = re.compile(r"\[sp\], #(\d+)$")
BELOW = re.compile(r"\[sp, #-(\d+)\]$")
ADJUST = re.compile(r"sp, sp, #(0x[0-9a-f]+)(, lsl #12)?$")
OTHER_STACK = re.compile(r"sp, x\d+$")


class StackError(Exception):
    """The stack that a way uses can't be told."""


class StackUse(Disassembly):
    """@indirect: by name of a function, the names of those that its calls by register can reach."""

    def __init__(self, path, indirect):
        super().__init__(path)
        self.indirect = indirect
        self.uses = {}
        self.active = []
        self.seen = set()

    def of(self, address):
        """The most that is used from @address on."""
        if address in self.active:
            raise StackError(f"{self.function(address)} calls itself: {self._chain()}")
        if address not in self.uses:
            self.active.append(address)
            self.uses[address] = self._follow(address)
            self.active.pop()
        return self.uses[address]

    def _chain(self):
        return " > ".join(self.function(address) for address in self.active)

    def _follow(self, entry):
        """All that can be reached without a call, each instruction with what is on the stack there."""
        depths = {}
        waiting = [(entry, 0)]
        most = Use(0, [self.function(entry)])
        while waiting:
            address, depth = waiting.pop()
            if address in depths:
                if depths[address] != depth:
                    raise StackError(f"{self._where(address)}: {depths[address]} or {depth} bytes are on the stack")
                continue
            depths[address] = depth
            self.seen.add(self.function(address))
            after, called, following = self._step(address, depth)
            deepest = max(after, depth, depth + called.bytes)
            if deepest > most.bytes:
                most = Use(deepest, [self.function(entry)] + (called.chain if called.bytes else []))
            waiting += [(target, after) for target in following]
        return most

    def _where(self, address):
        return f"{self.where(address)}, called by {self._chain()}"

    def _step(self, address, depth):
        """What is on the stack after the instruction at @address, what it calls, and what follows."""
        mnemonic, operands = self.instruction(address)
        none, straight = Use(0, []), [address + 4]
        if mnemonic.startswith("."):
            raise StackError(f"{self._where(address)}: no instruction")
        if mnemonic in ("ret", "eret"):
            if depth != 0:
                raise StackError(f"{self._where(address)}: {depth} bytes are left on the stack")
            return depth, none, []
        if mnemonic == "b":
            return depth, none, [self.target(operands)]
        if CONDITIONAL.match(mnemonic):
            return depth, none, straight + [self.target(operands)]
        if mnemonic == "bl":
            return depth, self.of(self.target(operands)), straight
        if mnemonic == "blr":
            return depth, max((self.of(target) for target in self._known(address)), key=lambda use: use.bytes), straight
        if mnemonic == "br":
            return depth, none, self.table(address) or self._known(address)
        if mnemonic == "mov" and OTHER_STACK.match(operands):
            return depth, none, []
        return self._adjusted(address, depth), Use(self._below(operands), []), straight

    def _adjusted(self, address, depth):
        mnemonic, operands = self.code[address]
        adjust = ADJUST.match(operands)
        if adjust and mnemonic in ("sub", "add"):
            size = int(adjust[1], 16) << (12 if adjust[2] else 0)
            return depth + size if mnemonic == "sub" else depth - size
        if mnemonic in ("stp", "str") and PUSH.search(operands):
            return depth + int(PUSH.search(operands)[1])
        if mnemonic in ("ldp", "ldr") and POP.search(operands):
            return depth - int(POP.search(operands)[1])
        if operands.startswith("sp,") and mnemonic != "cmp" or re.search(r"\[sp.*\]!|\[sp\], ", operands):
            raise StackError(f"{self._where(address)}: the stack pointer changes in a way that is not known")
        return depth

    @staticmethod
    def _below(operands):
        below = BELOW.search(operands)
        return int(below[1]) if below else 0

    def _known(self, address):
        names = self.indirect.get(self.function(address))
        if not names:
            raise StackError(f"{self._where(address)}: where it leads is not known")
        return [self.addresses[name] for name in names]
