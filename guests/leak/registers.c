/* SPDX-License-Identifier: Apache-2.0 */
/* See registers.h; Arm DDI 0487, D23. */
#include "registers.h"

#include <stddef.h>

#include "../kit/gic_registers.h"
#include "kit/exception.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/sysreg.h"

#define ALL UINT64_MAX

/* Name, and the bits that may be anything: not those that would raise interrupts or exceptions,
 * or move memory. */
#define REGISTERS(REGISTER)                                                                        \
    REGISTER(tpidr_el0, ALL)                                                                       \
    REGISTER(tpidrro_el0, ALL)                                                                     \
    REGISTER(tpidr_el1, ALL)                                                                       \
    REGISTER(sp_el0, ALL)                                                                          \
    REGISTER(elr_el1, ALL)                                                                         \
    REGISTER(spsr_el1, 0xf0000000)                                                                 \
    REGISTER(par_el1, ALL)                                                                         \
    REGISTER(far_el1, ALL)                                                                         \
    REGISTER(esr_el1, 0xffffffff)                                                                  \
    REGISTER(afsr0_el1, ALL)                                                                       \
    REGISTER(afsr1_el1, ALL)                                                                       \
    REGISTER(contextidr_el1, 0xffffffff)                                                           \
    REGISTER(csselr_el1, 1)                                                                        \
    REGISTER(cntkctl_el1, 0xf0)                                                                    \
    REGISTER(amair_el1, ALL)                                                                       \
    REGISTER(vbar_el1, 0xfffffffff800)                                                             \
    REGISTER(cntv_cval_el0, ALL)                                                                   \
    REGISTER(cntp_cval_el0, ALL)                                                                   \
    REGISTER(cntv_ctl_el0, 2)                                                                      \
    REGISTER(cntp_ctl_el0, 2)                                                                      \
    REGISTER(icc_pmr_el1, 0xf8)                                                                    \
    REGISTER(icc_bpr0_el1, 7)                                                                      \
    REGISTER(icc_bpr1_el1, 7)                                                                      \
    REGISTER(icc_ctlr_el1, 2)                                                                      \
    REGISTER(icc_igrpen0_el1, 1)                                                                   \
    REGISTER(icc_igrpen1_el1, 1)                                                                   \
    REGISTER(icc_ap0r0_el1, 0xffffffff)                                                            \
    REGISTER(icc_ap1r0_el1, 0xffffffff)                                                            \
    REGISTER(mdscr_el1, 0x1000)                                                                    \
    REGISTER(dbgbvr0_el1, 0xfffffffffffc)                                                          \
    REGISTER(dbgbvr1_el1, 0xfffffffffffc)                                                          \
    REGISTER(dbgbcr0_el1, 0x1e0)                                                                   \
    REGISTER(dbgwvr0_el1, 0xfffffffffff8)                                                          \
    REGISTER(dbgwvr1_el1, 0xfffffffffff8)                                                          \
    REGISTER(dbgwcr0_el1, 0x1fe0)                                                                  \
    REGISTER(osdtrrx_el1, 0xffffffff)                                                              \
    REGISTER(dbgclaimset_el1, 0xff)                                                                \
    REGISTER(pmccntr_el0, ALL)                                                                     \
    REGISTER(pmccfiltr_el0, 0xfc000000)                                                            \
    REGISTER(pmselr_el0, 0x1f)                                                                     \
    REGISTER(pmevcntr0_el0, 0xffffffff)                                                            \
    REGISTER(pmevcntr1_el0, 0xffffffff)                                                            \
    REGISTER(pmevtyper0_el0, 0xffff)                                                               \
    REGISTER(pmuserenr_el0, 0xf)                                                                   \
    REGISTER(pmovsset_el0, 0xffffffff)                                                             \
    REGISTER(S3_0_C2_C1_0, ALL)  /* APIAKeyLo_EL1 */                                               \
    REGISTER(S3_0_C2_C3_1, ALL)  /* APGAKeyHi_EL1 */                                               \
    REGISTER(S3_3_C13_C0_7, ALL) /* SCXTNUM_EL0 */                                                 \
    REGISTER(S3_0_C13_C0_7, ALL) /* SCXTNUM_EL1 */                                                 \
    REGISTER(S3_3_C13_C0_5, ALL) /* TPIDR2_EL0 */                                                  \
    REGISTER(S3_0_C12_C1_1, ALL) /* DISR_EL1 */                                                    \
    REGISTER(S3_0_C10_C4_3, ALL) /* LORC_EL1 */                                                    \
    REGISTER(S3_0_C1_C0_5, ALL)  /* RGSR_EL1 */                                                    \
    REGISTER(S3_0_C1_C0_6, ALL)  /* GCR_EL1 */                                                     \
    REGISTER(S3_0_C5_C6_0, ALL)  /* TFSR_EL1 */                                                    \
    REGISTER(S3_0_C1_C2_0, 0xf)  /* ZCR_EL1 */                                                     \
    REGISTER(S3_0_C2_C0_3, ALL)  /* TCR2_EL1 */

static const struct {
    const char *name;
    uint64_t bits;
} table[] = {
#define ENTRY(name, bits) {#name, bits},
    REGISTERS(ENTRY)
#undef ENTRY
};

/* The same of a GICv2's CPU interface, which is memory. */
static const struct {
    const char *name;
    uint32_t offset;
    uint32_t bits;
} interface[] = {
    {"gicc_ctlr", GICC_CTLR, GICC_CTLR_ENABLE | GICC_CTLR_EOIMODE},
    {"gicc_pmr", GICC_PMR, 0xf8},
    {"gicc_bpr", GICC_BPR, 7},
    {"gicc_apr0", GICC_APR, UINT32_MAX},
};

#define NAMED     (sizeof(table) / sizeof(table[0]))
#define INTERFACE (sizeof(interface) / sizeof(interface[0]))
#define COUNT     (NAMED + INTERFACE)
_Static_assert(COUNT <= REGISTERS_MAX, "callers have room for REGISTERS_MAX");

static bool present[COUNT];
static volatile bool faulted;

static uint64_t interface_address(unsigned index)
{
    return machine()->gicc.start + interface[index - NAMED].offset;
}

static uint64_t read_one(unsigned index)
{
    unsigned i = 0;

    if (index >= NAMED) {
        return mmio_read32(interface_address(index));
    }

#define READ(name, bits)                                                                           \
    if (i++ == index)                                                                              \
        return SYSREG_READ(name);
    REGISTERS(READ)
#undef READ
    return 0;
}

static void write_one(unsigned index, uint64_t value)
{
    unsigned i = 0;

    if (index >= NAMED) {
        mmio_write32(interface_address(index), (uint32_t)value);
    }

#define WRITE(name, bits)                                                                          \
    if (i++ == index)                                                                              \
        SYSREG_WRITE(name, value);
    REGISTERS(WRITE)
#undef WRITE
    __asm__ volatile("isb" : : : "memory");
}

static bool skip(struct exception_frame *frame)
{
    faulted = true;
    frame->pc += 4;
    return true;
}

void registers_start(void)
{
    exception_set_handler(skip);
    for (unsigned i = 0; i < NAMED; i++) {
        faulted = false;
        (void)read_one(i);
        present[i] = !faulted;
    }
    exception_set_handler(NULL);
    for (unsigned i = NAMED; i < COUNT; i++) {
        present[i] = machine()->gic_version == 2;
    }
}

unsigned registers_count(void)
{
    return COUNT;
}

const char *registers_name(unsigned index)
{
    return index < NAMED ? table[index].name : interface[index - NAMED].name;
}

bool registers_has(unsigned index)
{
    return present[index];
}

void registers_read(uint64_t *values)
{
    for (unsigned i = 0; i < COUNT; i++) {
        values[i] = present[i] ? read_one(i) : 0;
    }
}

void registers_write(unsigned index, uint64_t pattern)
{
    if (present[index]) {
        write_one(index,
                  pattern & (index < NAMED ? table[index].bits : interface[index - NAMED].bits));
    }
}

void registers_restore(const uint64_t *values)
{
    for (unsigned i = 0; i < COUNT; i++) {
        if (present[i]) {
            write_one(i, values[i]);
        }
    }
}
