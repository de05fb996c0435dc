/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a proof puts in place of the hardware, in front of every source: system registers are
 * variables, accesses to device registers are judged. The engine's own headers for them (sysreg.h,
 * mmio.h) find that they are included already.
 */
#ifndef PROOFS_HARDWARE_H
#define PROOFS_HARDWARE_H

/* The constants of sysreg.h, not its instructions. */
#define __ASSEMBLER__
#include "sysreg.h"
#undef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define assume(condition)      __CPROVER_assume(condition)
#define prove(condition, what) __CPROVER_assert(condition, what)

/** A value that can be any. */
bool nondet_bool(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);

/** System registers that the proved functions use; any value at first. */
struct system_registers {
    uint64_t cnthp_ctl_el2, cnthp_cval_el2, cntpct_el0, cntfrq_el0;
    uint64_t S3_0_C12_C11_1, S3_0_C12_C11_3, S3_0_C12_C11_5, S3_0_C12_C12_0, S3_0_C12_C12_1,
        S3_0_C12_C12_3, S3_0_C12_C12_4;
    uint64_t S3_0_C12_C12_5, S3_0_C12_C12_7, S3_0_C12_C9_0, S3_0_C12_C9_1, S3_0_C12_C9_2,
        S3_0_C12_C9_3, S3_0_C4_C6_0, S3_4_C12_C11_0, S3_4_C12_C9_5;
    uint64_t S3_4_C12_C11_1, S3_4_C12_C11_2, S3_4_C12_C11_5, S3_4_C12_C11_7, S3_4_C12_C12_0,
        S3_4_C12_C12_1, S3_4_C12_C8_0, S3_4_C12_C8_1, S3_4_C12_C8_2, S3_4_C12_C8_3, S3_4_C12_C9_0,
        S3_4_C12_C9_1, S3_4_C12_C9_2, S3_4_C12_C9_3;
    uint64_t elr_el2, esr_el2, far_el2, hpfar_el2, spsr_el2, hcr_el2, vttbr_el2, sctlr_el1, par_el1,
        mdscr_el1;
};
extern struct system_registers system_registers;

#define read_sysreg(name)         (system_registers.name)
#define write_sysreg(name, value) ((void)(system_registers.name = (value)))
#define id_field(name, shift)     (nondet_u64() & 0xf)

static inline void isb(void)
{
}

static inline void dsb_ish(void)
{
}

static inline void dsb_ishst(void)
{
}

static inline void dsb_sy(void)
{
}

static inline void at_s1e1r(uint64_t address)
{
    (void)address;
    system_registers.par_el1 = nondet_u64();
}

/* mmio.h. Each proof says what is permitted: devices_read and devices_write prove it. */
#define HYPERVISOR_MMIO_H

uint64_t devices_read(uint64_t address, unsigned size);
void devices_write(uint64_t address, unsigned size, uint64_t value);

#define mmio_read8(address)          ((uint8_t)devices_read(address, 1))
#define mmio_read32(address)         ((uint32_t)devices_read(address, 4))
#define mmio_read64(address)         devices_read(address, 8)
#define mmio_write8(address, value)  devices_write(address, 1, value)
#define mmio_write32(address, value) devices_write(address, 4, value)
#define mmio_write64(address, value) devices_write(address, 8, value)

#endif
