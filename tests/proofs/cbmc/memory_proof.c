/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest memory: a word at an address that the guest names, and the slices in which a VM's memory is
 * brought back.
 */
#include "arch/arm64/guest_memory.c"
#include "vm.h"

#include "system.c"

#define SLICE_WORDS (VM_RESTORE_SLICE / 16)

static struct plan_restore step;
static uint64_t offset;
static uint64_t size;

static unsigned __int128 target[SLICE_WORDS];
static unsigned __int128 source[SLICE_WORDS];

const void *system_window(uint64_t pa, unsigned width)
{
    (void)width;
    if (pa == step.target_pa + offset) {
        return target;
    }
    prove(step.source_pa != 0 && pa == step.source_pa + offset,
          "source and target of the step, where the slice begins");
    return source;
}

uint64_t cpu_counter_frequency(void)
{
    return nondet_u64();
}

int main(void)
{
    step = (struct plan_restore){nondet_u64(), nondet_u64(), nondet_u64()};
    offset = nondet_u64();
    size = nondet_u64();
    assume(step.target_pa % 64 == 0 && step.source_pa % 64 == 0 && step.size % 64 == 0 &&
           step.target_pa != step.source_pa);
    assume(step.target_pa < 0x3f00000000 && step.source_pa < 0x3f00000000 &&
           step.size < 0x3f00000000);
    /* vm.c, restore_step */
    assume(offset < step.size && offset % VM_RESTORE_SLICE == 0);
    assume(size == (step.size - offset < VM_RESTORE_SLICE ? step.size - offset : VM_RESTORE_SLICE));
    for (uint32_t i = 0; i < SLICE_WORDS; i++) {
        source[i] = nondet_u64();
        target[i] = 1; /* what isn't zero, and no word of the source's */
        assume(source[i] != 1);
    }
    guest_memory_restore(&step, offset, size);
    for (uint32_t i = 0; i < SLICE_WORDS; i++) {
        unsigned __int128 restored = step.source_pa != 0 ? source[i] : 0;
        prove(target[i] == (i < size / sizeof(target[0]) ? restored : 1),
              "the slice is brought back, and nothing else changes");
    }
    return 0;
}
