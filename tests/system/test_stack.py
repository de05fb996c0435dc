# SPDX-License-Identifier: Apache-2.0
"""The fast paths through an exit run on the little stack below the vCPU's frame (hypervisor/vcpu.h): whatever the guest
does, they fit. Nothing would notice if they did not: the vCPU before it would lose its last registers."""

import re
import subprocess
from pathlib import Path

import pytest

from stack_use import StackError, StackUse

pytestmark = pytest.mark.gicv3("the code of the engine for a GICv3 is looked at")

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ["arm64-gicv3.elf", "arm64-gicv3-debug.elf"]
FROM_GUESTS = range(0x400, 0x800, 0x80)  # the vectors of lower exception levels (Arm DDI 0487, D1.4.2)
SHORT_WAYS = {"hypercall", "sgi_exit", "interrupt_exit", "doorbell_exit"}


def little_stack():
    """Its bytes."""
    header = (ROOT / "hypervisor" / "arch" / "arm64" / "exit_frame.h").read_text(encoding="utf-8")
    return 8 * int(re.search(r"#define VCPU_STACK_WORDS (\d+)U", header)[1])


@pytest.mark.parametrize("engine", ENGINES)
def test_the_fast_paths_through_an_exit_fit_into_the_little_stack(engine):
    code = StackUse(ROOT / "build" / "hypervisor" / engine, {})
    uses = [code.of(code.addresses["vectors"] + offset) for offset in FROM_GUESTS]
    deepest = max(uses, key=lambda use: use.bytes)
    assert SHORT_WAYS <= code.seen
    assert deepest.bytes <= little_stack(), " > ".join(deepest.chain)


def use_of(tmp_path, text, indirect=None):
    """What the code of @text uses from `_start` on."""
    source, linked = tmp_path / "code.S", tmp_path / "code.elf"
    source.write_text(f".global _start\n{text}", encoding="utf-8")
    subprocess.run(["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-o", linked, source], check=True)
    code = StackUse(linked, indirect or {})
    return code.of(code.addresses["_start"])


def test_the_deepest_way_counts(tmp_path):
    use = use_of(tmp_path, """
_start: stp x29, x30, [sp, #-32]!
        cbz x0, 1f
        bl small
        b 2f
1:      bl large
2:      ldp x29, x30, [sp], #32
        b small
small:  str x0, [sp, #-16]!
        ldr x0, [sp], #16
        ret
large:  sub sp, sp, #64
        str x0, [sp, #-8]
        add sp, sp, #64
        ret""")
    assert (use.bytes, use.chain) == (32 + 64 + 8, ["_start", "large"])


def test_what_takes_another_stack_is_not_counted(tmp_path):
    assert use_of(tmp_path, "_start: str x0, [sp, #-16]!\nmov sp, x9\nsub sp, sp, #4096\nbl _start\nret").bytes == 16


def test_known_targets_are_followed(tmp_path):
    text = """
_start: adr x1, 1f
        add x1, x1, x0, lsl #3
        br x1
1:      nop
        ret
        sub sp, sp, #48
        b rest
rest:   add sp, sp, #48
        blr x2
        ret
other:  str x0, [sp, #-80]!
        ldr x0, [sp], #80
        ret"""
    assert use_of(tmp_path, text, {"rest": ["other"]}).bytes == 80


@pytest.mark.parametrize("text, why", [
    ("_start: str x30, [sp, #-16]!\nbl _start\nldr x30, [sp], #16\nret", "calls itself"),
    ("_start: bl a\nret\na: bl b\nret\nb: cbz x0, 1f\nbl a\n1: ret", "a calls itself: _start > a > b"),
    ("_start: blr x1\nret", "where it leads is not known"),
    ("_start: br x1", "where it leads is not known"),
    ("_start: sub sp, sp, x0\nret", "not known"),
    ("_start: and sp, x0, #-16\nret", "not known"),
    ("_start: ldr x0, [sp], #-16\nret", "not known"),
    ("_start: str x0, [sp], #16\nret", "not known"),
    ("_start: sub sp, sp, #16\nret", "16 bytes are left"),
    ("_start: cbz x0, 1f\nsub sp, sp, #16\n1: ret", "0 or 16 bytes are on the stack|16 or 0 bytes are on the stack"),
    ("_start: nop\n.word 0", "no instruction"),
])
def test_what_cannot_be_followed_is_an_error(tmp_path, text, why):
    with pytest.raises(StackError, match=why):
        use_of(tmp_path, text)
