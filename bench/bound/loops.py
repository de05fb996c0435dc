# SPDX-License-Identifier: Apache-2.0
"""The loops of a flow: natural loops, each with the loops right inside of it."""

from dataclasses import dataclass, field


@dataclass
class Loop:
    """@head: the block through which it is entered. @blocks: all of its blocks' keys, @latches
    those of them that go back to the head. @inner: the loops right inside. @source: the source's
    loop that it is, @sources: those of all inside, too; @anchor: the outermost loop around it that
    the source has around it, too; @twin: the loop around it that is the same loop of the source;
    @body: blocks that are only come to when a round has begun (all five: reach.py)."""
    head: int
    blocks: set
    latches: list
    inner: list = field(default_factory=list)
    source: object = None
    sources: set = field(default_factory=set)
    anchor: object = None
    twin: object = None
    body: set = field(default_factory=set)

    def own_blocks(self):
        """Those that are in no loop inside of it."""
        return self.blocks.difference(*(loop.blocks for loop in self.inner))


def loops_of(flow):
    """The outermost loops of @flow, in the order of their heads. Gives it an `order` in which each
    block comes before those that it leads to, but for edges that go back."""
    order, backward = _depth_first(flow)
    flow.order = order[::-1]
    dominators = _dominators(flow, order)
    latches = {}
    for source, target in backward:
        assert target in dominators[source]  # else make_reducible has left something
        latches.setdefault(target, []).append(source)
    loops = sorted((Loop(head, _body(flow, head, ends), ends) for head, ends in latches.items()),
                   key=lambda loop: len(loop.blocks))
    outermost = []
    for position, loop in enumerate(loops):
        outer = next((other for other in loops[position + 1:] if loop.head in other.blocks), None)
        (outer.inner if outer else outermost).append(loop)
    return sorted(outermost, key=lambda loop: loop.head)


def _depth_first(flow):
    """The blocks, each after those that it leads to, and the edges that go back to a block that is
    under way."""
    order, backward, state = [], [], {flow.entry: 1}
    stack = [(flow.entry, iter(flow.blocks[flow.entry].successors))]
    while stack:
        block, successors = stack[-1]
        for successor in successors:
            if successor not in state:
                state[successor] = 1
                stack.append((successor, iter(flow.blocks[successor].successors)))
                break
            if state[successor] == 1:
                backward.append((block, successor))
        else:
            state[block] = 2
            order.append(block)
            stack.pop()
    return order, backward


def _dominators(flow, order):
    """By block: the blocks that each path from the entry to it comes through, itself among them."""
    before = {block: [] for block in order}
    for block in order:
        for successor in flow.blocks[block].successors:
            before[successor].append(block)
    dominators = {block: set(order) for block in order}
    dominators[flow.entry] = {flow.entry}
    changed = True
    while changed:
        changed = False
        for block in reversed(order):
            if block != flow.entry:
                now = set.intersection(*(dominators[other] for other in before[block])) | {block}
                changed = changed or now != dominators[block]
                dominators[block] = now
    return dominators


def _body(flow, head, latches):
    """The blocks of the loop at @head: those from which a latch is reached without coming through
    the head."""
    before = {}
    for block in flow.blocks.values():
        for successor in block.successors:
            before.setdefault(successor, []).append(block.key)
    body, waiting = {head}, list(latches)
    while waiting:
        block = waiting.pop()
        if block not in body:
            body.add(block)
            waiting += before.get(block, [])
    return body
