/* SPDX-License-Identifier: Apache-2.0 */
/* See filled.h. */
#include "filled.h"

#include "kit/image.h"
#include "kit/machine.h"

static struct {
    volatile uint64_t *start;
    uint64_t words;
    uint64_t next; /* to be looked at */
} memory;

static uint64_t pattern(uint64_t index)
{
    return index * UINT64_C(0x9e3779b97f4a7c15);
}

uint64_t filled_start(void)
{
    const struct fdt_range *ram = &machine()->memory[0];
    uint64_t start = (uint64_t)image_end;
    uint64_t end = ram->start + ram->size;
    uint64_t tree = (uint64_t)machine()->fdt.bytes;

    if (tree > start && tree < end) {
        end = tree;
    }
    memory.start = (volatile uint64_t *)start;
    memory.words = (end - start) / sizeof(uint64_t);
    for (uint64_t i = 0; i < memory.words; i++) {
        memory.start[i] = pattern(i);
    }
    return memory.words;
}

bool filled_check(unsigned count, struct filled_word *wrong)
{
    bool sound = true;

    while (sound && count-- > 0) {
        volatile uint64_t *at = &memory.start[memory.next];

        *wrong = (struct filled_word){(uint64_t)at, *at, pattern(memory.next)};
        sound = wrong->value == wrong->expected;
        memory.next = memory.next + 1 == memory.words ? 0 : memory.next + 1;
    }
    return sound;
}
