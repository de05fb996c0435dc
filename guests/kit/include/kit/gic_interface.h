/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This CPU's interface to the GIC one register at a time, for programs that don't leave it to
 * kit/gic.h how an interrupt is taken and ended. What they read and write takes effect in this
 * order.
 */
#ifndef KIT_GIC_INTERFACE_H
#define KIT_GIC_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_SPURIOUS 1023U /* GIC_IAR, GIC_HPPIR: there is none */

/** Registers that both versions have: GICC_NAME of a GICv2, ICC_NAME(1)_EL1 of a GICv3. */
enum gic_register {
    GIC_PMR, /* only what is more urgent than this comes through */
    GIC_BPR, /* the bits of a priority from here on decide who preempts whom */
    /* takes the next interrupt; its INTID, and above it the sender of an SGI of a GICv2 */
    GIC_IAR,
    GIC_EOIR,  /* ends one: all that GIC_IAR gave */
    GIC_RPR,   /* the priority that runs */
    GIC_HPPIR, /* what would be taken next */
    GIC_DIR,   /* deactivates one whose end was split: all that GIC_IAR gave */
};

uint32_t gic_interface_read(enum gic_register name);
void gic_interface_write(enum gic_register name, uint32_t value);

/** @open: interrupts come through. @split: an interrupt is ended in two steps, GIC_EOIR and
 * GIC_DIR. */
void gic_interface_control(bool open, bool split);

/** No priority is active any more, whatever was taken and not ended. */
void gic_interface_forget(void);

#endif
