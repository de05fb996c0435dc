# SPDX-License-Identifier: Apache-2.0
"""Makes a flow's loops have one entry each.

A compiler may have jumped into the middle of a loop, where it knows how the first test ends. The
blocks that are come to so are copied: the copies are the first round's part behind the jump, and
then go on in the loop through its one head. What is executed stays the same; `split` of the flow
tells which blocks were there twice."""

from dataclasses import replace

from bench.bound.failure import BoundError

COPY = 1 << 64  # what a copy's key is larger by
MOST_BLOCKS = 1000


def make_reducible(flow):
    """Copies blocks of @flow until each loop has one entry."""
    flow.split = set()
    while (found := _irreducible(flow)) is not None:
        _copy(flow, *found)
        if len(flow.blocks) > MOST_BLOCKS:
            raise BoundError(f"{flow.code.where(flow.entry)}: loops with too many entries; "
                             "write them as for, while or do")


def _copy(flow, head, others):
    """Those who come into @others from elsewhere come to copies instead; these and @others go on at
    @head."""
    copies = {key: max(flow.blocks) // COPY * COPY + COPY + key % COPY for key in others}
    inside = others | {head}
    for block in list(flow.blocks.values()):
        if block.key not in inside:
            block.successors = [copies.get(successor, successor) for successor in block.successors]
    for key, copy in copies.items():
        block = flow.blocks[key]
        successors = [copies.get(successor, successor) for successor in block.successors]
        flow.blocks[copy] = replace(block, key=copy, successors=successors)
    flow.split |= inside | set(copies.values())
    reached = _reached({key: block.successors for key, block in flow.blocks.items()}, flow.entry)
    flow.blocks = {key: block for key, block in flow.blocks.items() if key in reached}


def _irreducible(flow):
    """A head, and the other blocks of a loop with several entries; None if there is none."""
    successors = {key: set(block.successors) for key, block in flow.blocks.items()}
    waiting = [(set(successors), {flow.entry})]
    while waiting:
        blocks, entries = waiting.pop()
        for component in _components(blocks, successors):
            heads = {target for source in successors if source not in component
                     for target in successors[source] & component}
            heads |= entries & component
            if len(heads) == 1:
                inside = {target for head in heads for target in successors[head] & component}
                waiting.append((component - heads, inside - heads))
            else:
                head = next((head for head in sorted(heads)
                             if not _components(component - {head}, successors)), min(heads))
                return head, component - {head}
    return None


def _components(blocks, successors):
    """The sets of @blocks that can reach each other, among @blocks."""
    graph = {block: successors[block] & blocks for block in blocks}
    before = {block: set() for block in blocks}
    for block, targets in graph.items():
        for target in targets:
            before[target].add(block)
    left, found = set(blocks), []
    while left:
        block = left.pop()
        component = _reached(graph, block) & _reached(before, block)
        left -= component
        if len(component) > 1 or block in graph[block]:
            found.append(component)
    return found


def _reached(graph, start):
    reached, waiting = set(), [start]
    while waiting:
        block = waiting.pop()
        if block not in reached:
            reached.add(block)
            waiting += graph[block]
    return reached
