/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that resets itself each time it starts, for as long as it is let, while its other cores,
 * if it has any, spin with interrupts masked or sleep. All must be as at the first start, its
 * memory and the other cores being off; it prints "reset: start" if so, "reset: DIRTY, WHAT" if
 * not.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/image.h"
#include "kit/machine.h"
#include "kit/psci.h"

#define DATA_VALUE 0x600dda7aU
#define FREE_WORDS 8192U /* checked behind the image */

static volatile uint32_t data = DATA_VALUE;
static volatile uint32_t bss[1024];
static volatile unsigned running; /* other cores that got that far */
static const uint32_t constant = DATA_VALUE;

/** Memory behind the image that nothing was loaded to; NULL if the device tree is in the way. */
static volatile uint64_t *free_memory(void)
{
    uint64_t start = (uint64_t)image_end;
    uint64_t end = start + FREE_WORDS * sizeof(uint64_t);
    uint64_t tree = (uint64_t)machine()->fdt.bytes;
    const struct fdt_range *memory = &machine()->memory[0];

    if (end > memory->start + memory->size ||
        (tree < end && tree + fdt_size(&machine()->fdt) > start)) {
        return NULL;
    }
    return (volatile uint64_t *)start;
}

/** What is not as it was loaded, NULL if all is. Leaves it dirty. */
static const char *find_dirt(void)
{
    volatile uint64_t *memory = free_memory();
    const char *dirt = NULL;

    if (data != DATA_VALUE) {
        dirt = "data";
    }
    if (*(const volatile uint32_t *)&constant != DATA_VALUE) {
        dirt = "constants";
    }
    for (unsigned i = 0; i < sizeof(bss) / sizeof(bss[0]); i++) {
        if (bss[i] != 0) {
            dirt = "zeroed data";
        }
        bss[i] = i + 1;
    }
    for (unsigned i = 0; memory != NULL && i < FREE_WORDS; i++) {
        if (memory[i] != 0) {
            dirt = "free memory";
        }
        memory[i] = UINT64_MAX;
    }
    data = 0;
    return dirt;
}

static void spin_or_sleep(void *context)
{
    (void)context;
    running++;
    for (;;) {
        if (cpu_index() % 2 == 0) {
            cpu_wait_for_interrupt();
        }
    }
}

/** Starts the other cores. False if one is not off as it should be. */
static bool start_others(void)
{
    bool all_off = true;

    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        unsigned before = running;

        if (i == cpu_index()) {
            continue;
        }
        if (cpu_start(i, spin_or_sleep, NULL) != PSCI_SUCCESS) {
            all_off = false;
        }
        while (all_off && running == before)
            ;
    }
    return all_off;
}

int main(void)
{
    const char *dirt = find_dirt();

    if (!start_others()) {
        dirt = "other cores";
    }

    if (dirt != NULL) {
        printf("reset: DIRTY, %s\n", dirt);
    } else {
        printf("reset: start\n");
    }
    psci_system_reset();
}
