# SPDX-License-Identifier: Apache-2.0
"""The code of an ELF file with what its sources say of it: where each call by pointer goes, and
which source's loop each loop is."""

import re

from bench.bound.failure import BoundError
from bench.bound.flow import Flow
from bench.bound.loops import loops_of
from bench.common.debug_info import CLONE, Lines

LOAD_EXCLUSIVE = re.compile(r"lda?xr")
EFFECT = re.compile(r"st|blr?$|msr|dsb|dmb|isb|dc|ic|tlbi|smc|wfi")
STORE_EXCLUSIVE = re.compile(r"stl?xr")


class Reach:
    """@code: a Disassembly, @annotations: of the sources that its debug information names, @file:
    the ELF file."""

    def __init__(self, code, annotations, file):
        self.code = code
        self.annotations = annotations
        self.lines = Lines(file, sorted(code.code))
        self._functions = {}
        for address, name in code.names.items():
            self._functions.setdefault(CLONE.sub("", name), []).append(address)
        self._found, self._returning = {}, {}

    def check_names(self):
        """Raises BoundError if a comment names a function that the code does not have: it may be
        inlined everywhere."""
        wrong = [f'{place}: there is no function "{name}" in the code; name one that is not inlined'
                 for name, place in self.annotations.functions() if name not in self._functions]
        if wrong:
            raise BoundError(*sorted(wrong))

    def of(self, entry):
        """The Flow from @entry, its outermost loops; each loop has its `source`, None for one of an
        atomic access."""
        if entry not in self._found:
            flow = self._flow(entry)
            loops = loops_of(flow)
            for loop in loops:
                self._find_source(flow, loop)
                _find_anchors(loop, [])
            self._found[entry] = flow, loops
        return self._found[entry]

    def _flow(self, entry):
        return Flow(self.code, entry, self.targets, self.may_return)

    def may_return(self, entry):
        """Whether the code at @entry returns to who has called it, in some case."""
        if entry not in self._returning:
            self._returning[entry] = False  # of one that calls itself: by other paths than that
            self._returning[entry] = any(block.returns or any(map(self.may_return, block.tails))
                                         for block in self._flow(entry).blocks.values())
        return self._returning[entry]

    def name(self, entry):
        """The source's name of the function at @entry."""
        return CLONE.sub("", self.code.names.get(entry, ""))

    def entries(self, entry, without):
        """The entries of all that can be come to from @entry, with nothing behind those in
        @without, but for @entry itself."""
        found, waiting = set(), [entry]
        while waiting:
            one = waiting.pop()
            if one not in found and (one == entry or one not in without):
                found.add(one)
                for block in self.of(one)[0].blocks.values():
                    waiting += block.calls + block.tails
        return found

    def targets(self, address):
        """Where the call by register at @address can go."""
        frame = self.lines.frames(address)[0]
        note = self.annotations.note(frame.file, frame.line, "calls")
        if note is None:
            raise BoundError(f"{frame.file}:{frame.line}: where this call by pointer goes is not "
                             f"said ({self.code.where(address)}); put /* calls: NAME, ... */ at it")
        note.used = True
        return sorted({entry for name in note.targets for entry in self._entries(name, note.place)})

    def _entries(self, name, place):
        """The functions of that name, or those that the object of that name points to."""
        if name.startswith("."):
            names = self.annotations.initialised(name[1:])
            if not names:
                raise BoundError(f'{place}: no structure has a function as "{name}"')
            return [entry for one in names for entry in self._entries(one, place)]
        if name in self._functions:
            return self._functions[name]
        pointers = {word for found, words in self.code.elf.objects()
                    if CLONE.sub("", found) == name for word in words}
        if not pointers or not pointers <= self.code.names.keys():
            raise BoundError(f'{place}: "{name}" is neither a function nor a table of functions')
        return sorted(pointers)

    def given(self, address, limits, given):
        """What names stand for in a function called at @address. @given: the same in the function
        that the code there is in."""
        for frame in reversed(self.lines.frames(address)):
            given = self._given_at(frame, limits, given)
        return given

    def given_inside(self, address, limits, given):
        """The same for the code at @address itself: it may be of a function that is inlined."""
        for frame in reversed(self.lines.frames(address)[1:]):
            given = self._given_at(frame, limits, given)
        return given

    def within(self, address):
        """(function, times, whether @address itself is the call) for each function in which what is
        called there is called at most so often, an expression. Else it is of a function that is
        inlined, and may be called more often than that is."""
        found = []
        for depth, frame in enumerate(self.lines.frames(address)):
            note = self.annotations.note(frame.file, frame.line, "bound")
            for times, function in note.within if note else []:
                note.used = True
                found.append((function, times, depth == 0))
        return found

    def never_with(self, address):
        """The functions that a path does not come to if it has the call at @address."""
        return [name for note in self._around(address) for name in note.never]

    def only_if(self, address):
        """(expression, place): the call at @address is made only if none of them is 0."""
        return [(expression, note.place) for note in self._around(address)
                for expression in note.only]

    def _around(self, address):
        """What is said of the call at @address, and of those that are inlined around it."""
        notes = [self.annotations.note(frame.file, frame.line, "bound")
                 for frame in self.lines.frames(address)]
        for note in notes:
            if note and (note.never or note.only):
                note.used = True
        return [note for note in notes if note]

    def _given_at(self, frame, limits, given):
        note = self.annotations.note(frame.file, frame.line, "bound")
        if note is None:
            return {}
        note.used = True
        return {name: limits.value(expression, given, note.place)
                for name, expression in note.given}

    def _find_source(self, flow, loop):
        inner = set()
        for one in loop.inner:
            self._find_source(flow, one)
            inner |= one.sources
        loop.sources = inner
        if self._is_atomic(flow, loop):
            return
        own = [flow.blocks[key] for key in loop.own_blocks()]
        leaving = [block.last for block in own if not set(block.successors) <= loop.blocks]
        back = [flow.blocks[key].last for key in loop.latches]
        everything = [address for block in own for address in block.addresses]
        candidates = self._heads(leaving, inner) or self._heads(back, inner) or \
            self._heads(everything, inner)
        if len(candidates) > 1:
            candidates = self._heads(back, inner) & candidates or candidates
        if not candidates:
            candidates = {str(one.source) for one in loop.inner
                          if one.source and self._all_inside(everything, one.source)}
        first = flow.blocks[loop.head].addresses[0]
        place = self.lines.frames(first)[0]
        if len(candidates) != 1:
            said = "is of no loop of the source"
            if candidates:
                said = f"may be that of {', '.join(sorted(candidates))}"
            raise BoundError(f"{place.file}:{place.line}: the loop at {self.code.where(first)} "
                             f"{said}")
        name, = candidates
        loop.source = self._loop(name)
        loop.sources = inner | {name}
        if loop.source.bound is None:
            raise BoundError(f"{name}: this loop has no bound ({self.code.where(first)}); "
                             "say one: /* bound: N */")
        loop.source.used = True
        loop.body = self._body(flow, loop)

    def _body(self, flow, loop):
        """The blocks of @loop that are of the body of its source: they have an instruction that a
        compiler moves before no test."""
        inner = {one.head for one in loop.inner
                 if self._in_body(flow.blocks[one.head].last, loop.source)}
        return inner | {key for key in loop.own_blocks() for address in flow.blocks[key].addresses
                        if EFFECT.match(self.code.code[address][0]) and
                        self._in_body(address, loop.source)}

    def _in_body(self, address, source):
        return any(frame.file == source.file and source.lines[-1] < frame.line <= source.body
                   for frame in self.lines.frames(address))

    def _loop(self, name):
        file, _, line = name.rpartition(":")
        return next(loop for loop in self.annotations.loops(file) if loop.lines[0] == int(line))

    def _heads(self, addresses, but):
        """The source's loops in whose head one of @addresses lies, none of @but: only those that
        are inlined least deep below them."""
        found = {}
        for address in addresses:
            for depth, frame in enumerate(self.lines.frames(address)):
                for loop in self.annotations.loops(frame.file):
                    if frame.line in loop.lines and str(loop) not in but:
                        found.setdefault(depth, set()).add(str(loop))
        return found[min(found)] if found else set()

    def _all_inside(self, addresses, source):
        """Whether all @addresses are of @source: then what goes round there is that loop, of which
        the compiler has made two, one in the other."""
        return all(any(frame.file == source.file and source.lines[0] <= frame.line <= source.body
                       for frame in self.lines.frames(address)) for address in addresses)

    def _is_atomic(self, flow, loop):
        """Whether @loop is but an atomic access, done again when another CPU comes between (load
        and store exclusive)."""
        addresses = [address for block in loop.blocks for address in flow.blocks[block].addresses]
        kinds = [self.code.code[address][0] for address in addresses]
        if len(loop.latches) != 1 or loop.inner or not any(map(LOAD_EXCLUSIVE.match, kinds)):
            return False
        stores = [self.code.code[address][1].split(",")[0] for address in addresses
                  if STORE_EXCLUSIVE.match(self.code.code[address][0])]
        mnemonic, operands = self.code.code[flow.blocks[loop.latches[0]].last]
        return len(stores) == 1 and mnemonic == "cbnz" and operands.split(",")[0] == stores[0]


def _find_anchors(loop, around):
    """@around: the loops around @loop, from the outermost one on."""
    if around and loop.source is not None and loop.source is around[-1].source:
        loop.twin = around[-1]
    elif loop.source is not None:
        loop.anchor = next((outer for outer in around
                            if outer.source and outer.source.encloses(loop.source)), None)
    for inner in loop.inner:
        _find_anchors(inner, around + [loop])
