/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Banks of interrupt registers: the distributor's for SPIs, a redistributor's for SGIs and PPIs. Both have the same
 * layout from 0x80 to 0xfff (Arm IHI 0069H, 12.8 and 12.11).
 */
#ifndef ARM_GICV3_REGISTERS_H
#define ARM_GICV3_REGISTERS_H

#include "gic.h"

/** A bank and whose access it is. */
struct gic_bank {
    uint64_t base; /* of the hardware's registers */
    const struct plan_vm *vm;
    bool private; /* it has interrupts 0 to 31; else all but those */
};

/** Those of interrupts 32 @n to 32 @n + 31 that the VM owns and that are in @bank. */
static inline uint32_t gic_bank_mask(const struct gic_bank *bank, uint32_t n)
{
    return bank->private == (n == 0) ? bank->vm->intids[n] : 0;
}

/** Does @access, at an offset from 0x80 to 0xfff of @bank. Returns false if that size doesn't fit the register. */
bool gic_bank_access(const struct gic_bank *bank, struct gic_access *access);

/** Does @access to registers of a byte per interrupt at @address, one or four of them. Only those count whose bits are
 * set in @owned, the lowest for the first; bytes of others keep their value. Returns false if the size doesn't fit. */
bool gic_bytes_access(uint64_t address, uint32_t owned, struct gic_access *access);

#endif
