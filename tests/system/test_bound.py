# SPDX-License-Identifier: Apache-2.0
"""The bound of a path is the longest that its code allows, and never less than that: on small
programs whose longest path can be counted by hand (bench/bound/, docs/bounds.md). What has no
bound, or says one of nothing, is refused."""

import json
import subprocess
from pathlib import Path

import pytest

from bench.bound.annotations import Annotations
from bench.bound.failure import BoundError
from bench.bound.judge import judge
from bench.bound.limits import Limits
from bench.bound.longest import longest_path
from bench.bound.reach import Reach
from bench.common.debug_info import sizes_of
from bench.common.disassembly import Disassembly
from bench.common.exit_classes import exit_classes
from bench.common.sizes import source_files

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """@text, assembled or compiled, in a folder of its own."""

    def __init__(self, folder, text, name="code.S"):
        (folder / "hypervisor").mkdir()
        (folder / "hypervisor" / name).write_text(text, encoding="utf-8")
        elf = folder / "code.elf"
        subprocess.run(["aarch64-linux-gnu-gcc", "-g", "-O2", "-fno-tree-ch", "-ffreestanding",
                        "-nostdlib", "-static", "-march=armv8-a", "-fno-asynchronous-unwind-tables",
                        "-mno-outline-atomics", "-fno-tree-vectorize", "-fno-unroll-loops",
                        "-fno-tree-loop-distribute-patterns", f"-ffile-prefix-map={folder}=.",
                        "-Wl,-e,_start", "-o", elf, f"hypervisor/{name}"], check=True, cwd=folder)
        self.code = Disassembly(elf)
        self.annotations = Annotations(folder, [f"hypervisor/{name}"])
        self.annotations.read_all()
        self.reach = Reach(self.code, self.annotations, elf)
        self.reach.check_names()
        sizes = sizes_of(self.code.elf, elf)
        self.limits = Limits(folder, [f"hypervisor/{name}"], "size", sizes)

    def path(self, through=None, without=(), ending=()):
        """The longest path from _start."""
        address = self.code.addresses
        return longest_path(self.reach, self.limits, [address["_start"]],
                            through=address[through] if through else None,
                            without=[address[name] for name in without],
                            ending=[address[name] for name in ending])

    def spent(self):
        """The functions on it, with the instructions in each."""
        spent = {}
        for address, count in self.path().executed().items():
            name = self.code.function(address)
            spent[name] = spent.get(name, 0) + count
        return spent


def bound_of(folder, text, name="code.S"):
    """The bound of @text."""
    program = Program(folder, f".global _start\n{text}" if name == "code.S" else text, name)
    bound = program.path().cost
    assert program.annotations.unused() == []
    return bound


def test_the_longer_branch_counts(tmp_path):
    assert bound_of(tmp_path, "_start: cbz x0, 1f\nnop\nnop\nb 2f\n1: nop\n2: ret") == 1 + 3 + 1


def test_a_call_counts_as_the_longest_path_through_what_it_calls(tmp_path):
    program = Program(tmp_path, """
.global _start
_start: bl  long
        b   short
short:  nop
        ret
long:   cbz x0, short
        nop
        nop
        nop
        ret""")
    assert program.path().cost == 2 + 5 + 2
    assert program.spent() == {"_start": 2, "long": 5, "short": 2}


def test_a_loop_counts_as_its_rounds_and_the_path_out(tmp_path):
    assert bound_of(tmp_path, """
_start: cbz x0, 1f
        nop
        sub x0, x0, #1
        b _start    /* bound: 5 */
1:      ret""") == 5 * 4 + 1 + 1


def test_a_loop_in_a_loop_counts_in_each_round(tmp_path):
    assert bound_of(tmp_path, """
_start: nop
1:      cbz x0, 3f
2:      subs x1, x1, #1
        b.ne 2b     /* bound: 3 */
        b 1b        /* bound: 2 */
3:      ret""") == 1 + 2 * (1 + 3 * 2 + 2 + 1) + 1 + 1


TRIANGLE = """
unsigned cells[64];
void _start(unsigned n, unsigned *m)
{
    for (unsigned i = 0; i < n; i++) { /* bound: 8 */
        for (unsigned k = 0; k < m[i]; k++) { /* bound: 8%s */
            ((volatile unsigned *)cells)[k] = i;
        }
    }
}
"""


def test_rounds_in_all_count_once(tmp_path):
    (tmp_path / "each").mkdir()
    (tmp_path / "all").mkdir()
    each = bound_of(tmp_path / "each", TRIANGLE % "", "code.c")
    whole = bound_of(tmp_path / "all", TRIANGLE % ", in all 10", "code.c")
    # The instructions of a round: as many are saved with each round that can't be.
    inner = (each - whole) / (8 * 8 - 10)
    assert inner == int(inner) and 4 <= inner <= 8


def test_a_loop_inlined_in_another_has_its_own_bound(tmp_path):
    text = """
#define MANY 7
static inline unsigned sum(const volatile unsigned *from, unsigned count)
{
    unsigned all = 0;
    for (unsigned i = 0; i < count; i++) { /* bound: COUNT */
        all += from[i];
    }
    return all;
}
unsigned _start(const volatile unsigned *from, unsigned n)
{
    unsigned all = 0;
    for (unsigned i = 0; i < n; i++) { /* bound: 3 */
        all += sum(from, n); /* bound: COUNT = %s */
    }
    return all;
}
"""
    bounds = []
    for count in ["MANY", "MANY + 1"]:
        folder = tmp_path / str(len(bounds))
        folder.mkdir()
        bounds.append(bound_of(folder, text % count, "code.c"))
    assert (bounds[1] - bounds[0]) % 3 == 0 and bounds[1] - bounds[0] >= 3 * 4


def test_a_call_that_is_made_once_counts_once(tmp_path):
    text = """
_start: stp x29, x30, [sp, #-16]!
1:      bl each
        subs x0, x0, #1
        b.ne 1b     /* bound: 9 */
        ldp x29, x30, [sp], #16
        ret
each:   cbz x0, heavy %s
        ret
heavy:  nop
        nop
        nop
        ret"""
    rounds = 9 + 1  # the last one is that in which the loop is left
    bound = bound_of(tmp_path, text % "/* bound: 1 in _start */")
    assert bound == 1 + rounds * 3 + 2 + rounds * 2 + 4


def test_what_excludes_each_other_counts_apart(tmp_path):
    text = """
_start: str x30, [sp, #-16]!
        cbz x0, 1f
        bl large    %s
1:      cbz x1, 2f
        bl small
2:      ldr x30, [sp], #16
        ret
large:  nop
        nop
        nop
        ret
small:  nop
        ret"""
    program = Program(tmp_path, ".global _start\n" + text % "/* bound: never with small */")
    assert program.path().cost == 6 - 1 + 1 + 4
    assert program.path(through="small").cost == 6 - 1 + 1 + 2
    assert program.path(through="large").cost == 6 - 1 + 1 + 4


def test_what_excludes_each_other_counts_apart_where_a_path_begins_at_its_end(tmp_path):
    program = Program(tmp_path, """
.global _start
_start: cbz x0, 1f
        bl large    /* bound: never with small */
        b 2f
1:      bl small
2:      b   _start1
_start1: b  _start
large:  nop
        ret
small:  nop
        nop
        nop
        ret""")
    assert program.path(ending=["_start"]).cost == 1 + 1 + 4 + 1 + 1


@pytest.mark.parametrize("made, cost", [(0, 2 + 1), (1, 2 + 1 + 1 + 3)])
def test_a_call_that_some_systems_do_not_make(tmp_path, made, cost):
    assert bound_of(tmp_path, f"""
_start: cbz x0, 1f
        nop
        bl other    /* bound: if {made} */
1:      ret
other:  nop
        nop
        ret""") == (cost if made else 2)


def test_a_retry_of_an_atomic_access_needs_no_bound_of_its_own(tmp_path):
    assert bound_of(tmp_path, """
_start: ldaxr w1, [x0]
        add   w1, w1, #1
        stlxr w2, w1, [x0]
        cbnz  w2, _start
        ret""") == 2 * 4 + 1


def test_a_loop_that_is_jumped_into_counts_whole(tmp_path):
    assert bound_of(tmp_path, """
_start: cbz x0, 2f
1:      nop
        nop
2:      subs x1, x1, #1
        b.ne 1b     /* bound: 4 */
        ret""") >= 1 + 4 * 4 + 4 + 1


def test_only_what_the_path_may_come_through_counts(tmp_path):
    program = Program(tmp_path, """
.global _start
_start: cbz x0, one
        cbz x1, two
        b   three
one:    ret
two:    nop
        b   end
three:  nop
        nop
        ret
end:    nop
        eret""")
    assert program.path().cost == 3 + 3
    assert program.path(through="two").cost == 2 + 2 + 2
    assert program.path(without=["three"]).cost == 2 + 2 + 2
    assert program.path(through="two", ending=["end"]).cost == 2 + 2
    assert program.path(through="one", without=["one"]) is None


@pytest.mark.parametrize("shift, longest", [(3, 3 + 2), (2, 3 + 1 + 4)],
                         ids=["two for each number", "one for each number"])
def test_a_jump_into_a_table_goes_to_any_of_it(tmp_path, shift, longest):
    assert bound_of(tmp_path, f"""
_start: adr x3, 1f
        add x3, x3, x1, lsl #{shift}
        br  x3
1:      b   2f
        b   long
        b   2f
        nop
2:      ret
long:   nop
        nop
        nop
        ret""") == longest


def test_calls_by_pointer_go_where_the_comment_says(tmp_path):
    assert bound_of(tmp_path, """
_start: str x30, [sp, #-16]!
        blr x1      /* calls: table, other */
        ldr x30, [sp], #16
        ret
small:  ret
large:  nop
        nop
        ret
other:  nop
        ret
        .data
        .type table, %object
        .size table, 16
table:  .quad small, large""") == 4 + 3


@pytest.mark.parametrize("text, why", [
    ("_start: nop\n1: cbz x0, 1b\nret", "is of no loop of the source"),
    ("_start: str x30, [sp, #-16]!\nbl other\nret\nother: b again\nagain: b other",
     "other calls itself"),
    ("_start: str x30, [sp, #-16]!\nbl _start\nret", "_start calls itself"),
    ("_start: blr x1\nret", "code.S:2: where this call by pointer goes is not said"),
    ("_start: blr x1 /* calls: nobody */\nret", "nobody. is neither a function nor a table"),
    ("_start: blr x1 /* calls: .nothing */\nret", "no structure has a function as ..nothing"),
    ("_start: nop\n.word 0", "no instruction"),
    ("_start: cbnz x0, _start /* bound: MANY */\nret", "code.S:2: .MANY. is no constant"),
    ("_start: cbnz x0, _start /* bound: 3 + */\nret", "no expression"),
    ("_start: b other /* bound: 1 in nobody */\nother: ret", "there is no function .nobody."),
    ("_start: b other /* bound: never with nobody */\nother: ret", "there is no function .nobody."),
])
def test_what_has_no_bound_is_refused(tmp_path, text, why):
    with pytest.raises(BoundError, match=why):
        bound_of(tmp_path, text)


def test_a_loop_without_a_bound_is_named_with_its_line(tmp_path):
    told = r"hypervisor/code.c:5: this loop has no bound .*; say one"
    with pytest.raises(BoundError, match=told):
        bound_of(tmp_path, TRIANGLE.replace("/* bound: 8 */", ""), "code.c")


def test_a_bound_that_stands_at_no_loop_is_refused(tmp_path):
    with pytest.raises(BoundError, match=r'hypervisor/code.c:2: "bound: 4" stands at no loop'):
        bound_of(tmp_path, TRIANGLE.replace("cells[64];", "cells[64]; /* bound: 4 */"), "code.c")


def test_a_bound_that_is_of_no_path_is_refused(tmp_path):
    program = Program(tmp_path, """
.global _start
_start: ret
other:  cbnz x0, other /* bound: 4 */
        blr x1         /* calls: other */
        ret""")
    program.path()
    assert [message.split(":")[1] for message in program.annotations.unused()] == ["4", "5"]


@pytest.mark.parametrize("port, other, file", [("arm64-gicv3", "v2", "bounds.json"),
                                               ("arm64-gicv2", "v3", "bounds-gicv2.json")])
def test_each_engine_has_bounds_of_its_own_sources(port, other, file):
    folder = ROOT / "build" / "hypervisor"
    sources = source_files(folder / port)
    assert "hypervisor/vm.c" in sources
    assert not any(f"/gic/{other}/" in source for source in sources)
    bounds = json.loads((folder / file).read_text(encoding="utf-8"))
    assert [row["class"] for row in exit_classes()
            if row["class"] not in bounds and not row.get("inlined")] == []


def test_a_bound_that_is_exceeded_is_told_with_what_exceeds_it():
    bounds = {"a": {"bound": 99, "path": [["f", 60], ["g", 39]]},
              "b": {"bound": 201, "path": [["f", 150], ["g", 51]]},
              "c": {"bound": 200, "path": [["f", 200]]}}
    seen = {"a": {"max": 100, "path": [["f", 55], ["h", 45]], "where": "test_x"},
            "b": {"max": 100, "path": [["f", 90], ["g", 10]]},
            "c": {"max": 100, "path": [["f", 100]]}}
    found = judge(bounds, seen)
    assert [message.split(";")[0] for message in found["broken"]] == \
        ["a: the bound is 99, but 100 were seen in test_x"]
    assert "45 in h" in found["broken"][0]
    loose, = found["loose"]
    assert loose.startswith("b: the bound is 201, 2.0 times") and "60 in f" in loose
