/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Can take no exception, and causes one. Argument:
 *
 *     vector=1   its vector table lies in memory that it doesn't own
 *     vector=0   its handler begins with a push, and its stack lies there
 */
#include <stdint.h>

#include "kit/machine.h"
#include "kit/mmu.h"

__asm__(".pushsection .text\n"
        ".balign 0x800\n"
        "pushing_vectors:\n"
        "    .space 0x200\n"
        "    stp x0, x1, [sp, #-16]!\n" /* a synchronous exception of EL1, with its own stack */
        "    b .\n"
        "    .space 0x800 - (. - pushing_vectors)\n"
        ".popsection\n");

extern const char pushing_vectors[];

int main(void)
{
    const struct fdt_range *memory = &machine()->memory[0];
    uint64_t foreign = memory->start + memory->size;
    uint64_t vectors = (uint64_t)pushing_vectors;

    if (machine_argument("vector", 0) != 0) {
        vectors = foreign;
    }
    (void)mmu_map(foreign, foreign, MMU_PAGE_SIZE, vectors == foreign ? MMU_EXEC : MMU_WRITE);
    __asm__ volatile("msr vbar_el1, %0\n"
                     "isb\n"
                     "mov sp, %1\n"
                     "ldr x9, [%1]\n"
                     "b ."
                     :
                     : "r"(vectors), "r"(foreign + 256)
                     : "x9", "memory");
    return 0;
}
