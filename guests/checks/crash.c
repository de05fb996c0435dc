/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that faults for ever: MMU off, vectors and program counter in memory that is not its own, so that each
 * exception it is given leads to the next. Prints "crash: start" first.
 */
#include <stdio.h>

#include "kit/machine.h"
#include "kit/sysreg.h"

#define VECTORS_ALIGNMENT UINT64_C(2048)

int main(void)
{
    const struct fdt_range *memory = &machine()->memory[0];
    uint64_t foreign = (memory->start + memory->size + VECTORS_ALIGNMENT - 1) & ~(VECTORS_ALIGNMENT - 1);

    printf("crash: start\n");
    SYSREG_WRITE(vbar_el1, foreign);
    __asm__ volatile("msr sctlr_el1, %0\n\tisb\n\tbr %1" : : "r"((uint64_t)SCTLR_RES1), "r"(foreign) : "memory");
    return 0;
}
