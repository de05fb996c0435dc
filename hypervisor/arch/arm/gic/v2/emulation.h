/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers that only an emulated GICv2 has.
 */
#ifndef ARM_GICV2_EMULATION_H
#define ARM_GICV2_EMULATION_H

#include "gic_local.h"

/** The bit among the CPU interfaces by which the guest knows vCPU @vcpu (index in the plan): that
 * of its number or, with direct interrupts, of its CPU, for then the hardware tells the guest
 * who sent an SGI. */
uint32_t vcpu_interface_bit(uint32_t vcpu);

gic_register_handler gic_access_targets; /* GICD_ITARGETSR: a byte per interrupt */
gic_register_handler gic_access_sgi;     /* GICD_SGIR, GICD_CPENDSGIR, GICD_SPENDSGIR */

#endif
