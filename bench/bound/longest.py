# SPDX-License-Identifier: Apache-2.0
"""The longest path through code whose loops have bounds.

Each loop counts as its bound times the longest round, and then the longest path out; each call as
the longest path through what it calls. So what comes out is executed by no input more, though there
may be none that executes so much.
"""

from collections import Counter
from itertools import combinations

from bench.bound.failure import BoundError

ATOMIC_RETRIES = "ATOMIC_RETRIES"


class ExecutionPath:
    """@cost instructions; @node says which: None, (blocks' addresses), (count, path) or (path,
    path)."""
    __slots__ = ("cost", "_kind", "_node")

    def __init__(self, cost=0, kind=None, node=None):
        self.cost, self._kind, self._node = cost, kind, node

    @staticmethod
    def through(addresses):
        """The instructions at @addresses, once each."""
        return ExecutionPath(len(addresses), "block", addresses)

    def then(self, other):
        """This path, and @other behind it."""
        return ExecutionPath(self.cost + other.cost, "both", (self, other))

    def times(self, count):
        """This path, @count times."""
        return ExecutionPath(self.cost * count, "times", (count, self))

    def executed(self):
        """How often each address is executed, in the order in which they come first."""
        executed, waiting = Counter(), [(1, self)]
        while waiting:
            count, path = waiting.pop()
            if path._kind == "block":
                for address in path._node:
                    executed[address] += count
            elif path._kind == "both":
                waiting += [(count, path._node[1]), (count, path._node[0])]
            elif path._kind == "times" and path._node[0] > 0:
                waiting.append((count * path._node[0], path._node[1]))
        return executed


class Ends:
    """The longest paths to where something can end up, each apart by whether it has come through
    what is asked for."""

    def __init__(self):
        self.paths = {}
        # By (function, address): what is called there, so often in that function at most, and is
        # not in `paths`.
        self.counted = {}

    def count(self, counted):
        """What is @counted of code that these paths come through."""
        for key, path in counted.items():
            if key not in self.counted or self.counted[key].cost < path.cost:
                self.counted[key] = path

    def behind(self, path):
        """Puts @path before all of them."""
        self.paths = {key: path.then(other) for key, other in self.paths.items()}

    def add(self, place, passed, path):
        """There is @path to @place."""
        known = self.paths.get((place, passed))
        if known is None or known.cost < path.cost:
            self.paths[place, passed] = path

    def to(self, place):
        """(passed, path) of those to @place."""
        return [(passed, self.paths[place, passed]) for passed in (False, True)
                if (place, passed) in self.paths]

    def longest(self, place):
        """The longest path to @place, or None."""
        return longest_of(path for _, path in self.to(place))


def longest_of(paths, default=None):
    """The longest of @paths, or @default if there is none."""
    return max(paths, key=lambda path: path.cost, default=default)


RETURN, END, AGAIN = "return", "end", "again"


class Longest:
    """@reach: of the code; @limits: what names stand for. @through: the entry that a path must come
    to, or None; @without: entries that it must not come to; @ending: entries that are its end;
    @left: those functions F to which it doesn't come either, so that calls may count that are
    `never with F`; @since: only what comes from @through on is counted."""

    def __init__(self, reach, limits, through=None, without=(), ending=(), left=(), since=False):
        self.reach, self._limits = reach, limits
        self._through, self._without, self._ending = through, set(without), set(ending)
        self._since = since
        self._left = set(left)
        self._without.update(reach.code.addresses[name] for name in left)
        self._known, self._active = {}, []
        self._scopes = reach.annotations.scopes()

    def path(self, entry):
        """The longest path from @entry to its return or end, or None if there is none as asked for.
        @entry may be an ending."""
        ends = self._compute(entry, {})
        return longest_of(path for place in (RETURN, END) for passed, path in ends.to(place)
                          if passed or self._through is None)

    def _of(self, entry, given):
        if entry in self._ending:
            ends = Ends()
            ends.add(END, False, ExecutionPath())
            return ends
        return self._compute(entry, given)

    def _compute(self, entry, given):
        opened = tuple((name, tuple(names.items())) for name, names in self.open().items())
        key = entry, tuple(given.items()), opened
        active = [one for one, _ in self._active]
        if entry in active:
            names = " > ".join(self.reach.code.function(one) for one in [*active, entry])
            raise BoundError(f"{self.reach.code.function(entry)} calls itself, "
                             f"which has no bound: {names}")
        if key not in self._known:
            self._active.append((entry, given))
            self._known[key] = Ends() if entry in self._without else self._function(entry, given)
            self._active.pop()
        return self._known[key]

    def is_left_out(self, address):
        """Whether the call at @address is never made, or is left to paths that don't come where
        those may that are asked for."""
        return any(name not in self._left for name in self.reach.never_with(address)) or \
            any(self._limits.value(expression, {}, place) == 0
                for expression, place in self.reach.only_if(address))

    def join(self, before, path, after, more):
        """(passed, path): @path and then @more, of which @before and @after tell whether they have
        passed what is asked for."""
        return before or after, more if self._since and after and not before else path.then(more)

    def open(self):
        """The functions under way in which calls are counted, and what names stand for in each."""
        return {self.reach.name(entry): given for entry, given in self._active
                if self.reach.name(entry) in self._scopes}

    def count(self, ends, address, called):
        """@called, as what is called at @address counts there: as nothing if a function under way
        counts it, which is told to @ends; no path if that is so often as never."""
        for function, times, itself in self.reach.within(address):
            if function in self.open():
                where = self.reach.lines.name(address)
                times = self._limits.value(times, self.open()[function], where)
                if times == 0:
                    return Ends()
                if not itself:
                    continue
                ends.count(called.counted)
                longest = longest_of(called.paths.values(), ExecutionPath())
                ends.count({(function, address): longest.times(times)})
                without = Ends()
                for place, passed in called.paths:
                    without.add(place, passed, ExecutionPath())
                return without
        ends.count(called.counted)
        return called

    def _function(self, entry, given):
        flow, loops = self.reach.of(entry)
        region = _Region(self, flow, given)
        ends = region.outside(flow.entry, set(flow.blocks), loops, entry == self._through)
        for key in [key for key in ends.counted if key[0] == self.reach.name(entry)]:
            ends.behind(ends.counted.pop(key))
        return ends


def longest_path(reach, limits, entries, **asked):
    """The longest path from one of @entries as @asked (Longest), or None: with or without each F of
    `never with F`."""
    names, address = set(reach.annotations.excluding()), reach.code.addresses
    outside = {*asked.get("without", ()), *asked.get("ending", ())}
    reached = set().union(*(reach.entries(entry, outside) for entry in entries))
    both = sorted(name for name in names if address[name] in reached - {asked.get("through")})
    always = [name for name in names if address[name] not in reached]
    lefts = [[*always, *left] for count in range(len(both) + 1)
             for left in combinations(both, count)]
    paths = [longest.path(entry)
             for longest in [Longest(reach, limits, left=left, **asked) for left in lefts]
             for entry in entries]
    return longest_of(path for path in paths if path)


class _Region:
    """The code from one entry, in which names stand for what is @given."""

    def __init__(self, longest, flow, given):
        self._longest, self._flow, self._given = longest, flow, given
        self._order = flow.order
        self._extra = {}
        self._twins = {}

    def outside(self, head, blocks, loops, passed):
        """The paths from @head, the entry, through all of it."""
        return self._follow(head, blocks, loops, passed)

    def _follow(self, head, blocks, loops, passed):
        """The longest paths from @head within @blocks: to blocks outside of them, back to @head
        (AGAIN), to RETURN and END."""
        inside = {block: loop for loop in loops for block in loop.blocks}
        arrived, ends = Ends(), Ends()
        arrived.add(head, passed, ExecutionPath())
        for start in self._order:
            loop = inside.get(start)
            if start not in blocks or loop and loop.head != start or not arrived.to(start):
                continue
            one = self._loop(loop) if loop else self._block(self._flow.blocks[start])
            ends.count(one.counted)
            for before, path in arrived.to(start):
                for (place, after), more in one.paths.items():
                    whole = self._longest.join(before, path, after, more)
                    if place == head and place not in (RETURN, END):
                        ends.add(AGAIN, *whole)
                    else:
                        (arrived if place in blocks else ends).add(place, *whole)
        return ends

    def _block(self, block):
        ends = Ends()
        left_out = (block.calls or block.tails) and self._longest.is_left_out(block.last)
        if block.calls and left_out:
            return ends
        path = ExecutionPath.through(tuple(block.addresses))
        given = {}
        if block.calls or block.tails:
            given = self._longest.reach.given(block.last, self._longest._limits, self._given)
        after = [(False, path)]
        if block.calls:
            after = []
            for entry in block.calls:
                called = self._longest.count(ends, block.last, self._longest._of(entry, given))
                for passed, more in called.to(END):
                    ends.add(END, *self._longest.join(False, path, passed, more))
                after += [self._longest.join(False, path, passed, more)
                          for passed, more in called.to(RETURN)]
        for passed, so_far in after:
            for successor in block.successors:
                ends.add(successor, passed, so_far)
            if block.returns:
                ends.add(RETURN, passed, so_far)
            if block.ends:
                ends.add(END, passed, so_far)
            for entry in block.tails if not left_out else []:
                called = self._longest.count(ends, block.last, self._longest._of(entry, given))
                for (place, passed_too), more in called.paths.items():
                    ends.add(place, *self._longest.join(passed, so_far, passed_too, more))
        return ends

    def _loop(self, loop):
        once = self._follow(loop.head, loop.blocks, loop.inner, False)
        # A round is one of this loop or of its twin inside: each is a round of the source's loop.
        twins = self._twins.pop(id(loop), [])
        rounds = longest_of([once.longest(AGAIN) or ExecutionPath(), *twins])
        passing = any(passed for passed, _ in once.to(AGAIN))
        if loop.twin:
            self._twins.setdefault(id(loop.twin), []).append(rounds)
        ends = Ends()
        ends.count(once.counted)
        before, last = ExecutionPath(), ExecutionPath()
        if not loop.twin:
            before, last = self._before(loop, rounds, ends)
        # A path out through the body is the last round; one that comes to no body is beyond it.
        bare = once
        if loop.body:
            inner = [one for one in loop.inner if one.head not in loop.body]
            bare = self._follow(loop.head, loop.blocks - loop.body, inner, False)
        for before, once in [(before, bare), (last, once)]:
            for (place, passed), path in once.paths.items():
                if place != AGAIN:
                    ends.add(place, *self._longest.join(passing, before, passed, path))
        return ends

    def _before(self, loop, rounds, ends):
        """What is executed of @loop, whose longest round is @rounds, before it is left from its
        head, and before its last round begins; but what a function under way counts, which is told
        to @ends.
        """
        limits, source = self._longest._limits, loop.source
        if source is None:
            retries = rounds.times(limits.value(ATOMIC_RETRIES, {}, "bench/bound/limits.yaml"))
            return retries, retries
        back = self._flow.blocks[loop.latches[0]].last
        given = self._longest.reach.given_inside(back, limits, self._given)
        bound = limits.value(source.bound, given, str(source))
        before, last = ExecutionPath(), ExecutionPath()
        if source.scope in self._longest.open():
            total = limits.value(source.total, self._longest.open()[source.scope], str(source))
            first = self._flow.blocks[loop.head].addresses[0]
            ends.count({(source.scope, first): rounds.times(total)})
        elif source.total is None or loop.anchor is None:
            count = bound
            if source.total is not None:
                count = min(bound, limits.value(source.total, given, str(source)))
            before, last = rounds.times(count), rounds.times(max(count - 1, 0))
        else:
            total = limits.value(source.total, given, str(source))
            self._extra.setdefault(id(loop.anchor), {})[id(loop)] = rounds.times(total)
        for extra in self._extra.pop(id(loop), {}).values():
            before, last = before.then(extra), last.then(extra)
        return before, last
