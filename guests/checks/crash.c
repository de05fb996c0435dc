/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that faults for ever: it runs into memory that is not its own, and its exception vector,
 * with the MMU off, goes there again. Prints "crash: start" first.
 */
#include <stdio.h>

#include "kit/machine.h"
#include "kit/sysreg.h"

__asm__(".pushsection .text\n"
        ".balign 0x800\n"
        "again_vectors:\n"
        "    .space 0x200\n"
        "    br x9\n" /* a synchronous exception of EL1, with its own stack */
        "    .space 0x800 - (. - again_vectors)\n"
        ".popsection\n");

extern const char again_vectors[];

int main(void)
{
    const struct fdt_range *memory = &machine()->memory[0];
    uint64_t foreign = memory->start + memory->size;

    printf("crash: start\n");
    SYSREG_WRITE(vbar_el1, (uint64_t)again_vectors);
    __asm__ volatile("mov x9, %1\n\tmsr sctlr_el1, %0\n\tisb\n\tbr x9"
                     :
                     : "r"((uint64_t)SCTLR_RES1), "r"(foreign)
                     : "x9", "memory");
    return 0;
}
