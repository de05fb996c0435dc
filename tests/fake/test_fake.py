# SPDX-License-Identifier: Apache-2.0
"""The engine with one thing broken, on the machine that does not exist: what it looks at must find that (docs/proofs.md)."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEPS = 20000
SEEDS = 200  # tried one after the other: one of them has to find it

VM = "hypervisor/vm.c"
GIC = "hypervisor/arch/arm/gic/"
LISTS = f"{GIC}lists.c"
ENDLESS = "does not come to an end|does not go off|sleep for ever|does anything any more"
TURNS = ("address", "--turns")
RACES = ("thread",)

# What is broken, the file, what is there and what is in its place, how it is run, what is found.
BROKEN = [
    ("nobody is woken to start", VM, ("    atomic_store(&state->power, VCPU_PENDING);\n    interrupts_kick(vcpu);", "    atomic_store(&state->power, VCPU_PENDING);"),
     TURNS, ENDLESS),
    ("nobody is woken to end", VM, ("            interrupts_kick(i);", "            (void)i;"), TURNS, ENDLESS),
    ("nobody is woken to begin again", VM, ("        vm_release(vm);\n        interrupts_kick(vm->first_vcpu);\n        return;", "        vm_release(vm);\n        return;"),
     TURNS, ENDLESS),
    ("memory is granted while it is being taken", VM, ("if (atomic_load(&state->revoking) != 0) {", "if (false) {"), TURNS,
     "memory of the life before is being taken|another life"),
    ("memory is not taken", VM, ("is refused */\n        guest_memory_revoke(vm);", "is refused */\n        (void)vm;"), TURNS, "while the VM has it|another life"),
    ("a step is left out", VM, ("            state->restore_step++;", "            state->restore_step += 2;"), TURNS, "not brought back"),
    ("a line is brought back twice", VM, ("        state->restore_offset += size;", "        state->restore_offset += size == left ? size : size - 64;"),
     TURNS, "brought back twice"),
    ("a vCPU is not counted", VM, ("    atomic_fetch_add(&vm_state(this_cpu.vm)->running, 1);\n", ""), TURNS,
     "a VM of which|has none|while the VM has it|is on while|are counted|another life|" + ENDLESS),
    ("a VM is counted twice", VM, ("    vm_count_out(1, false);", "    vm_count_out(2, false);"), TURNS, "while a VM runs|" + ENDLESS),
    ("a start is not counted", VM, ("    atomic_fetch_add(&vms_left, starts);\n", ""), TURNS, "while a VM runs|" + ENDLESS),
    ("what is pending in a list register is dropped", LISTS,
     ("        if ((list & LR_PENDING) != 0) {\n            gic->pending", "        if ((list & LR_PENDING) != 0 && i != 2) {\n            gic->pending"), TURNS,
     "is lost|" + ENDLESS),
    ("ends are not counted", LISTS, ("uint32_t ended = (uint32_t)(hcr >> VIF_EOI_SHIFT & VIF_EOI_MASK);", "uint32_t ended = 0; (void)hcr;"), TURNS,
     "is lost|again before its end|" + ENDLESS),
    ("what a vCPU has when it goes off is forgotten", f"{GIC}vcpu_interrupts.c", ("    lists_drop(vcpu); /* bound: PARKED", "    /* bound: PARKED"), TURNS,
     "is lost|again before its end|" + ENDLESS),
    ("nothing is muted", f"{GIC}spis.c",
     ("    atomic_fetch_or(&spis->muted[why][intid / 32], 1U << intid % 32);\n    spis_follow", "    (void)why;\n    spis_follow"), TURNS, "again and again|" + ENDLESS),
    ("what is muted stays so", f"{GIC}spis.c", ("            if (spi_goes_to(intid, this_cpu.index)) {", "            if (false) {"), TURNS, "is lost"),
    ("each SGI kicks", f"{GIC}v3/sgi.c", ("1U << intid, memory_order_acquire) == 0) {", "1U << intid, memory_order_acquire) < UINT32_MAX) {"), TURNS,
     "made to listen again"),
    ("each recall kicks", f"{GIC}vcpu_interrupts.c", ("RECALL) & RECALL) == 0) {", "RECALL) & RECALL) < UINT32_MAX) {"), TURNS, "made to listen again"),
    ("what others own is written", f"{GIC}emulation_distributor.c",
     ("virtual_write(group, n, (uint32_t)access->value & mask);", "virtual_write(group, n, (uint32_t)access->value);"), TURNS, "of another VM's"),
    ("a vCPU begins before its entry is there", VM,
     ("    atomic_store(&state->kick_due, 1);\n    atomic_store(&state->power, VCPU_PENDING);",
      "    atomic_store_explicit(&state->power, VCPU_PENDING, memory_order_relaxed);"), RACES, "data race"),
    ("a word of a VM's state is nobody's", VM, ("    atomic_store(&state->running, 1);\n", "    atomic_store(&state->running, 1);\n    vm_states[0].controls++;\n"),
     RACES, "data race"),
]


def run(*arguments, environment=None):
    return subprocess.run(arguments, cwd=ROOT, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, env=environment)


def said(program, seed, *arguments):
    options = {"TSAN_OPTIONS": "suppressions=tests/fake/races", "PATH": "/usr/bin:/bin"}
    return run(program, "--seed", str(seed), "--steps", str(STEPS), *arguments, environment=options)


def broken_program(folder, sanitizer, file, there, instead):
    """The fake machine with an engine in whose @file there is something else."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert text.count(there) == 1, f"{file}: '{there}' is there {text.count(there)} times"
    source = folder / Path(file).name
    source.write_text(text.replace(there, instead), encoding="utf-8")
    made = run("make", "-s", "fake-commands", f"FAKE_SANITIZER={sanitizer}")
    compiler, linker = (shlex.split(line) for line in made.stdout.strip().splitlines()[-2:])
    compiled = run(*compiler, "-Wno-error", "-w", "-c", "-o", folder / "broken.o", source)
    assert compiled.returncode == 0, compiled.stdout
    objects = [folder / "broken.o" if word.endswith(file.replace(".c", ".o")) else word for word in linker]
    linked = run(*objects, "-o", folder / "fake")
    assert linked.returncode == 0, linked.stdout
    return folder / "fake"


@pytest.mark.parametrize("file, broken, how, finding", [each[1:] for each in BROKEN], ids=[each[0].replace(" ", "-") for each in BROKEN])
def test_the_fake_machine_sees_what_is_broken(file, broken, how, finding, tmp_path):
    program = broken_program(tmp_path, how[0], file, *broken)
    for seed in range(1, SEEDS + 1):
        result = said(program, seed, *how[1:])
        if result.returncode != 0:
            assert re.search(finding, result.stdout), f"seed {seed}: {result.stdout[-1500:]}"
            return
    pytest.fail(f"{SEEDS} seeds of {STEPS} steps find nothing")


def test_a_seed_is_the_same_run_again():
    first = said("build/tests/fake/address/fake", 11, "--turns", "--faults", "1")
    assert first.returncode == 0, first.stdout
    assert said("build/tests/fake/address/fake", 11, "--turns", "--faults", "1").stdout == first.stdout
