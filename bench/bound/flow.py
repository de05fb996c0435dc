# SPDX-License-Identifier: Apache-2.0
"""The flow of control of what can be reached from one entry without a call, in blocks.

A branch to another label, conditional or not, counts as a call that is followed by a return (a tail
call), so each label's code is looked at once, whoever comes to it.
"""

from dataclasses import dataclass, field

from bench.bound.failure import BoundError
from bench.bound.split import make_reducible
from bench.common.disassembly import CONDITIONAL


@dataclass
class Block:
    """Instructions that are executed one after the other. @key: its name, the address of the first
    but for copies (split.py). @addresses: theirs. @calls: entries of which one is called at the
    end. @successors: the keys of those where it goes on, if what is called returns. @tails: entries
    of which one may be called at the end instead. @returns, @ends: it may return to the caller;
    leave EL2 (ERET)."""
    key: int
    addresses: list
    calls: list = field(default_factory=list)
    successors: list = field(default_factory=list)
    tails: list = field(default_factory=list)
    returns: bool = False
    ends: bool = False

    @property
    def last(self):
        """Its last instruction's address."""
        return self.addresses[-1]


class Flow:
    """The blocks that are reached from @entry of @code (a Disassembly), by their keys.

    @targets: a function that is given the address of a `blr` or `br` and returns the entries that
    it can reach. @may_return: one that is given an entry and tells whether what is there may
    return."""

    def __init__(self, code, entry, targets, may_return):
        self.code = code
        self.entry = entry
        self._targets = targets
        self._may_return = may_return
        steps = self._steps()
        starts = {entry} | {target for at, (following, calls, kinds) in steps.items()
                            for target in following
                            if calls or kinds or following != [at + 4]}
        # A block ends where another begins, and after whatever is no plain instruction.
        self.blocks = {}
        for start in sorted(starts):
            addresses = [start]
            while True:
                following, calls, kinds = steps[addresses[-1]]
                straight_on = [addresses[-1] + 4]
                if calls or kinds or following != straight_on or following[0] in starts:
                    break
                addresses.append(following[0])
            tails = kinds.get("tails", [])
            self.blocks[start] = Block(start, addresses, calls, list(following), tails,
                                       "returns" in kinds, "ends" in kinds)
        make_reducible(self)

    def _steps(self):
        """By address: where each instruction that is reached goes on, whom it calls, and how else
        it ends."""
        steps, waiting = {}, [self.entry]
        while waiting:
            address = waiting.pop()
            if address not in steps:
                steps[address] = self._step(address)
                waiting += steps[address][0]
        return steps

    def _step(self, address):
        mnemonic, operands = self.code.instruction(address)
        if mnemonic.startswith("."):
            raise BoundError(f"{self.code.where(address)}: no instruction, but it can be reached")
        if mnemonic == "ret":
            return [], [], {"returns": True}
        if mnemonic == "eret":
            return [], [], {"ends": True}
        if mnemonic == "bl":
            return self._calls(address, [self.code.target(operands)])
        if mnemonic == "blr":
            return self._calls(address, self._targets(address))
        if mnemonic == "br":
            inside = self.code.table(address)
            return inside, [], {} if inside else {"tails": self._targets(address)}
        if mnemonic == "b":
            return self._branch([self.code.target(operands)])
        if CONDITIONAL.match(mnemonic):
            return self._branch([address + 4, self.code.target(operands)])
        return self._branch([address + 4])

    def _calls(self, address, entries):
        """Behind a call that never returns there is other code, or none."""
        if not any(map(self._may_return, entries)):
            return [], entries, {}
        following, _, kinds = self._branch([address + 4])
        return following, entries, kinds

    def _branch(self, targets):
        """Other labels are other code, but for the entry itself, which makes a loop."""
        tails = [target for target in targets if target in self.code.names and target != self.entry]
        inside = [target for target in targets if target not in tails]
        return inside, [], {"tails": tails} if tails else {}
