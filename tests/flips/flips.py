# SPDX-License-Identifier: Apache-2.0
"""python3 -m tests.flips.flips BUILD: how much of what could be wrong with an image `nagaya check` refuses.

Composes the systems in SYSTEMS, flips bits of the images, one at a time and a few together, and lets check look at each
(check_flips.c, which puts the plan's checksums right). Of the changes that pass, the oracle says which alter what runs or who
reaches what: check should have refused those.
"""

import random
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

import yaml

from tests.flips.image import Image, unpacked
from tests.flips.oracle import VMS, Oracle

ROOT = Path(__file__).resolve().parents[2]
SYSTEMS = ["tests/flips/apart.yaml", "tests/flips/shared.yaml", "tests/flips/gicv2.yaml"]
BATCH = 4000  # changes for one process: what check holds when it ends early is lost
SHOWN = 10
PAIRS = 2000

Outcome = namedtuple("Outcome", "kind made refused missed")


class Changes:
    """Changes of one image, by the kind of what is changed. A change is a list of (offset in the file, mask)."""

    def __init__(self, data, seed):
        self.image = Image(data)
        self.oracle = Oracle(data)
        self.random = random.Random(seed)

    def kinds(self):
        """Name to list of changes."""
        image, plan = self.image, self.image.plan
        block, text, rodata = (image.number(plan + 72 + 8 * index) for index in range(3))
        made = {
            "plan": list(self._plan()),
            "text": self._some_bits(block, text, 8),
            "read-only data": self._some_bits(block + text, rodata, 4),
            "tables": [change for table in sorted(self.oracle.tables) for change in self._table(table)],
            "device trees": [change for start, size in self.oracle.trees for change in self._some_bits(start, size, 2)],
            "info pages": [change for page in self._info_pages() for change in self._some_bits(page, 4096, 8)],
            "data": self._some_bits(image.number(plan + 96), image.number(plan + 104), 1024),
            "headers": [[(offset, 1 << self.random.randrange(8))] for offset in range(image.note + 28)],
        }
        single = [change for changes in made.values() for change in changes]
        made["two or three"] = [sum(self.random.sample(single, self.random.choice((2, 2, 3))), []) for _ in range(PAIRS)]
        return made

    def _plan(self):
        """Two bits of each byte of words that say something, some of the others."""
        start = self.image.offset_of(self.image.plan)
        for at in range(0, self.oracle.plan_size, 8):
            word = self.image.data[start + at:start + at + 8]
            if at not in (16, 32):  # checksums, which are put right
                bits = [8 * byte + bit for byte in range(8) for bit in self.random.sample(range(8), 2)]
                for bit in bits if any(word) else self.random.sample(range(64), 4):
                    yield [(start + at + bit // 8, 1 << bit % 8)]

    def _some_bits(self, pa, size, step, count=1):
        """@count bits of each @step bytes."""
        start = self.image.offset_of(pa)
        return [[(start + at + bit // 8, 1 << bit % 8)] for at in range(0, size - step + 1, step)
                for bit in self.random.sample(range(8 * step), count)]

    def _table(self, table):
        """Some bits of entries in use, one of each fourth of the others."""
        start = self.image.offset_of(table)
        for at in range(0, 4096, 8):
            used = any(self.image.data[start + at:start + at + 8])
            for bit in self.random.sample(range(64), 6 if used else at // 8 % 4 == table // 4096 % 4):
                yield [(start + at + bit // 8, 1 << bit % 8)]

    def _info_pages(self):
        plan = self.image.plan
        first, count = self.image.number(plan + 808, "I"), self.image.number(plan + 812, "I")
        return [self.image.number(plan + first + VMS[1] * vm + 80) for vm in range(count)]


def verdicts(build, path, system, changes):
    """What check says of each of @changes: the property that fails, or "passes"."""
    board = yaml.safe_load((ROOT / system).read_text(encoding="utf-8"))["board"]
    engine = "arm64-gicv2.elf" if board == "qemu-virt-gicv2" else "arm64-gicv3.elf"
    command = [build / "tests/flips/check-flips", path, build / "hypervisor" / engine, build / "boards" / board, system, build]
    answers = []
    for first in range(0, len(changes), BATCH):
        lines = "".join(" ".join(f"{offset:x}:{mask:x}" for offset, mask in change) + "\n" for change in changes[first:first + BATCH])
        run = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
        answers += run.stdout.split()
    assert len(answers) == len(changes)
    return answers


def measure(build, system, seed=1):
    """The Outcome of each kind of changes of @system; what passes although it should not is a list of texts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.elf"
        subprocess.run([build / "nagaya", "compose", system, "-o", path], cwd=ROOT, check=True)
        data = unpacked(path.read_bytes())
        path.write_bytes(data)
        changes = Changes(data, seed)
        if verdicts(build, path, system, [[]]) != ["passes"]:
            raise RuntimeError(f"check refuses {system} as it is")
        for kind, made in changes.kinds().items():
            passed = [change for change, said in zip(made, verdicts(build, path, system, made)) if said == "passes"]
            missed = [change for change in passed if changes.oracle.alters(change)]
            harmless = len(passed) - len(missed)
            yield Outcome(kind, len(made) - harmless, len(made) - len(passed), [_text(changes.image, each) for each in missed])


def _text(image, change):
    """@change in words, as far as they are known here."""
    words = []
    for offset, mask in change:
        places = [load.pa + offset - load.offset for load in image.loads if load.offset <= offset < load.offset + load.filesz]
        place = f"0x{places[0]:x}" if places else "a header"
        inside = f", plan + {places[0] - image.plan}" if places and 0 <= places[0] - image.plan < 0x40000 else ""
        words.append(f"bit {mask.bit_length() - 1} of {place} (file + 0x{offset:x}{inside})")
    return " and ".join(words)


def percent(outcomes):
    """The smallest share that check refuses of any kind, in percent."""
    return min(100 * outcome.refused / outcome.made for outcome in outcomes if outcome.made)


def run(build, systems=None, out=sys.stdout):
    """Measures all systems, prints a table. Returns the smallest share."""
    outcomes = []
    for system in systems or SYSTEMS:
        print(system, file=out)
        for outcome in measure(build, system):
            outcomes.append(outcome)
            print(f"  {outcome.kind:<16} {outcome.made:>7,} changes that matter, {outcome.refused:>7,} refused", file=out, flush=True)
            for text in outcome.missed[:SHOWN]:
                print(f"    passes: {text}", file=out)
    return percent(outcomes)


if __name__ == "__main__":
    SHARE = run(Path(sys.argv[1]).resolve())
    print(f"check refuses {SHARE:.2f} % at least of each kind")
    sys.exit(SHARE < 100)
