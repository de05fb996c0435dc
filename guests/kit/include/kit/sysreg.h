/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System registers of the Arm 64-bit architecture by name (Arm DDI 0487, D23), and the bits of them
 * that the kit uses. The assembly uses the constants too.
 */
#ifndef KIT_SYSREG_H
#define KIT_SYSREG_H

/* SCTLR_EL1: its RES1 bits, MMU, data cache, instruction cache, stack alignment check. */
#define SCTLR_RES1 0x30d00800
#define SCTLR_ON   (SCTLR_RES1 | 1 << 0 | 1 << 2 | 1 << 12 | 1 << 3)

/* CPACR_EL1.FPEN: no trap of floating point. */
#define CPACR_FPEN (3 << 20)

/* MPIDR_EL1: the affinity fields. */
#define MPIDR_AFFINITY 0xff00ffffff

#ifndef __ASSEMBLER__

#include <stdint.h>

#define SYSREG_READ(name)                                                                          \
    ({                                                                                             \
        uint64_t sysreg_value_;                                                                    \
        __asm__ volatile("mrs %0, " #name : "=r"(sysreg_value_) : : "memory");                     \
        sysreg_value_;                                                                             \
    })

#define SYSREG_WRITE(name, value)                                                                  \
    __asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

#endif
#endif
