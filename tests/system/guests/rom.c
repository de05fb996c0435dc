/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at two regions that are not announced as RAM, tries to write both, and resets itself, for
 * as long as it is let:
 *
 *     rom: N memory nodes, fixed XXXXXXXX, open XXXXXXXX      the regions' first words
 *     rom: a write is refused|done, a write is refused|done   in the same order
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/exception.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/psci.h"

/* rom.yaml */
#define FIXED UINT64_C(0x04000000)
#define OPEN  UINT64_C(0x04100000)

static volatile bool refused;

static bool skip(struct exception_frame *frame)
{
    refused = true;
    frame->pc += 4;
    return true;
}

static const char *write_at(uint64_t address)
{
    refused = false;
    __asm__ volatile("str wzr, [%0]" : : "r"(address) : "memory");
    return refused ? "refused" : "done";
}

int main(void)
{
    exception_set_handler(skip);
    (void)mmu_map(FIXED, FIXED, MMU_PAGE_SIZE, MMU_WRITE);
    (void)mmu_map(OPEN, OPEN, MMU_PAGE_SIZE, MMU_WRITE);
    printf("rom: %u memory nodes, fixed %08" PRIx32 ", open %08" PRIx32 "\n",
           (unsigned)machine()->memory_count, *(const volatile uint32_t *)FIXED,
           *(const volatile uint32_t *)OPEN);
    const char *fixed = write_at(FIXED);
    printf("rom: a write is %s, a write is %s\n", fixed, write_at(OPEN));
    psci_system_reset();
}
