# SPDX-License-Identifier: Apache-2.0
"""Says of a change of an image whether it alters what runs, or who reaches what.

Knows nothing of check or compose: it is written from abi/plan.h, abi/el2_map.h, the Arm manual and the Devicetree Specification.
It errs on the side of "alters": a byte has no effect only where one of the readers here shows that it has none.
"""

import struct

from tests.flips.image import Image

PLAN_HEAD = 808
PLAN_SIZE = 3296
CHECKSUMS = [(16, 24), (32, 40)]
TOTAL_SIZE = (24, 32)
RESERVED = [(3292, 3296)]
BLOCK_END = (160, 168)  # of the hypervisor's block, for readers of the plan
PAGE = 4096
OUTPUT = 0xFFFFFFFFF000

# Of abi/plan.h: where struct plan names its arrays, and the size of an element.
VMS, VCPUS, CORES, REGIONS, CHANNELS = (808, 376), (816, 48), (824, 88), (832, 64), (840, 56)
VM_ARRAYS = [(136, 8), (144, 32), (152, 24), (168, 16), (176, 4), (184, 8)]
CORE_ARRAYS = [(48, 4), (56, 24), (80, 4)]


class Oracle:
    """About changes of the image in the bytes @data."""

    def __init__(self, data):
        self.image = Image(data)
        self.plan = self.image.plan
        self.plan_size = self.image.number(self.plan + 24)
        self.tables = self._tables(self.image)
        self.trees = self._trees()

    def alters(self, edits):
        """Whether @edits, pairs of an offset in the file and a mask, alter anything that matters."""
        data = bytearray(self.image.data)
        for offset, mask in edits:
            data[offset] ^= mask
        headers = min(load.offset for load in self.image.loads if load.filesz)
        if any(offset < headers for offset, _ in edits) and self._load_alters(self._headers_of(data, headers)):
            return True
        changed = Image.__new__(Image)
        changed.__dict__.update(self.image.__dict__, data=bytes(data))
        areas = {self._area(pa) for offset, _ in edits if offset >= headers for pa in self._places(offset)}
        return any(self._area_alters(area, changed) for area in areas)

    def _headers_of(self, data, size):
        """The image with only the headers of @data."""
        return bytearray(data[:size] + self.image.data[size:])

    def _places(self, offset):
        """The physical addresses to which the byte at @offset is loaded."""
        return [load.pa + offset - load.offset for load in self.image.loads if load.offset <= offset < load.offset + load.filesz]

    def _area(self, pa):
        if self.plan <= pa < self.plan + self.plan_size:
            return "plan"
        if pa // PAGE * PAGE in self.tables:
            return "tables"
        for vm, (start, size) in enumerate(self.trees):
            if start <= pa < start + size:
                return vm
        return "bytes"

    def _area_alters(self, area, changed):
        if area == "bytes":
            return True
        try:
            if area == "plan":
                return self._plan(changed) != self._plan(self.image)
            if area == "tables":
                return self._reach(changed) != self._reach(self.image)
            start, size = self.trees[area]
            return tree(changed.read(start, size)) != tree(self.image.read(start, size))
        except (struct.error, IndexError, ValueError, RecursionError, UnicodeDecodeError):
            return True  # no longer what it was, whatever it is now

    def _load_alters(self, data):
        """Whether a loader does something else with @data than with the image: another byte where one is loaded, or one more that
        is not zero."""
        try:
            changed = Image(bytes(data))
        except (struct.error, ValueError, IndexError):
            return True
        if bytes(data[:20]) != self.image.data[:20] or (changed.entry, changed.plan) != (self.image.entry, self.image.plan):
            return True
        if changed.loads == self.image.loads:
            return False
        if any(load.offset + load.filesz > len(data) or load.filesz > load.memsz or load.memsz > 1 << 30 for load in changed.loads):
            return True
        if any(first.pa + first.memsz > second.pa for first, second in zip(changed.loads, changed.loads[1:])):
            return True
        return (any(changed.read(load.pa, load.memsz) != self.image.read(load.pa, load.memsz) for load in self.image.loads) or
                any(self.image.read(load.pa, load.memsz) != changed.read(load.pa, load.memsz) for load in changed.loads) or
                not all(_covered(changed.loads, load) for load in self.image.loads))

    # The plan: its bytes, but for those that nothing reads.

    def _plan(self, image):
        read = bytearray(self.plan_size)
        for start, size in [(0, PLAN_SIZE), *self._arrays(image)]:
            read[start:start + size] = image.read(self.plan + start, size)
        for start, end in [*CHECKSUMS, TOTAL_SIZE, *RESERVED, BLOCK_END]:
            read[start:end] = bytes(end - start)
        for region in self._elements(image, REGIONS):
            read[region:region + 32] = bytes(32)  # a name, for people
            read[region + 56:region + 60] = bytes(4)  # whether it does DMA, for check: the hypervisor never looks
        return bytes(read)

    def _elements(self, image, array, base=0):
        """Offsets from the plan's start of the elements of an array."""
        at, size = array
        first, count = struct.unpack("<II", image.read(self.plan + base + at, 8))
        return [first + size * index for index in range(count)] if count < 10000 else []

    def _arrays(self, image):
        for array in (VMS, VCPUS, CORES, REGIONS, CHANNELS):
            yield self._whole(image, array, 0)
        for base, arrays in ([(vm, VM_ARRAYS) for vm in self._elements(image, VMS)] +
                             [(core, CORE_ARRAYS) for core in self._elements(image, CORES)] +
                             [(channel, [(48, 32)]) for channel in self._elements(image, CHANNELS)]):
            for array in arrays:
                yield self._whole(image, array, base)

    def _whole(self, image, array, base):
        first, count = struct.unpack("<II", image.read(self.plan + base + array[0], 8))
        size = array[1] * count
        if first + size > self.plan_size:
            raise ValueError("outside of the plan")
        return first, size

    # Translation tables: what the processor makes of them (Arm DDI 0487, D8), 4 KB granule.

    def _roots(self, image):
        """(root, address bits, stage) of each VM and each CPU."""
        for vm in self._elements(image, VMS):
            vtcr = image.number(self.plan + vm + 128)
            yield image.number(self.plan + vm + 112), 64 - (vtcr & 63), 2
        for cpu in range(image.number(self.plan + 44, "I")):
            yield image.number(self.plan + 168 + 40 * cpu + 8), 39, 1

    def _tables(self, image):
        found = set()
        for root, bits, _ in self._roots(image):
            self._walk(image, root, 1 if bits > 30 else 2, 0, bits, 0, [], found)
        return found

    def _reach(self, image):
        everything = []
        for root, bits, stage in self._roots(image):
            leaves = []
            self._walk(image, root, 1 if bits > 30 else 2, 0, bits, stage, leaves, set())
            everything.append(leaves)
        return everything

    def _walk(self, image, table, level, address, bits, stage, leaves, found):
        found.add(table)
        shift = 39 - 9 * level
        entries = min(512, 1 << max(bits - shift, 0))
        for index, entry in enumerate(struct.unpack(f"<{entries}Q", image.read(table, 8 * entries))):
            at = address + (index << shift)
            if not entry & 1:
                continue
            if level < 3 and entry & 2:
                if len(found) > 10000:
                    raise RecursionError
                self._walk(image, entry & OUTPUT, level + 1, at, bits, stage, leaves, found)
                leaves.append((at, level, entry & 0xF8 << 56))  # hierarchical rights, at stage 1
            elif level == 3 and not entry & 2:
                continue
            else:
                leaves.append((at, level, _effect(entry, shift, stage)))

    # Device trees.

    def _trees(self):
        places = []
        for vm in self._elements(self.image, VMS):
            ipa = self.image.number(self.plan + vm + 64)
            for memory in self._elements(self.image, VM_ARRAYS[1], vm):
                start, pa, size = struct.unpack("<QQQ", self.image.read(self.plan + memory, 24))
                if start <= ipa < start + size:
                    where = pa + ipa - start
                    places.append((where, int.from_bytes(self.image.read(where + 4, 4), "big")))
        return places


def _covered(loads, wanted):
    """Whether @loads, sorted, load each byte that @wanted does."""
    at = wanted.pa
    for load in loads:
        if load.pa <= at < load.pa + load.memsz:
            at = load.pa + load.memsz
    return at >= wanted.pa + wanted.memsz


def _effect(entry, shift, stage):
    """What a block or page descriptor does. A device's shareability has no meaning (D8.6.2)."""
    mask = (OUTPUT >> shift << shift) | 0xFFF | ~OUTPUT & 0xFFFFFFFFFFFFF000
    entry &= mask | OUTPUT >> 12 << 12
    device = entry >> 4 & 3 == 0 if stage == 2 else entry >> 2 & 7 == 0
    return entry & ~0x300 if device else entry


def tree(data):
    """A flattened device tree as what it says: nested (name, properties, nodes), reservations, the CPU that boots."""
    magic, size, structs, strings, reserve, version, compatible, boot, strings_size, structs_size = struct.unpack(">10I", data[:40])
    if magic != 0xD00DFEED or size > len(data) or version < 17 or compatible > 17:
        raise ValueError("no device tree")
    if structs + structs_size > size or strings + strings_size > size:
        raise ValueError("blocks outside of the tree")
    reservations = []
    while any(entry := struct.unpack(">QQ", data[reserve:reserve + 16])):
        reservations.append(entry)
        reserve += 16
    at, stack, root = structs, [], None
    while True:
        token, = struct.unpack(">I", data[at:at + 4])
        at += 4
        if token == 1:
            end = data.index(0, at)
            node = (data[at:end], [], [])
            if stack:
                stack[-1][2].append(node)
            root = root or node
            stack.append(node)
            at = end + 4 & ~3
        elif token == 2:
            stack.pop()
        elif token == 3:
            length, name = struct.unpack(">II", data[at:at + 8])
            start = strings + name
            stack[-1][1].append((data[start:data.index(0, start)], data[at + 8:at + 8 + length]))
            at = at + 8 + length + 3 & ~3
        elif token == 9:
            return size, boot, reservations, root, len(stack)
        elif token != 4:
            raise ValueError("no token")
