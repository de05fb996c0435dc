/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts by a GICv3 (Arm IHI 0069H) or a GICv2 (Arm IHI 0048B), whichever the device tree
 * names. INTIDs: SGI 0-15, PPI 16-31, SPI from 32. All interrupts used are in Group 1 of a GICv3,
 * and in Group 0 of a GICv2, as they are at reset.
 */
#ifndef KIT_GIC_H
#define KIT_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_MAX_INTIDS       1020U
#define GIC_INTID_MASK       0x3ffU
#define GIC_PRIORITY_DEFAULT 0xa0U

/** Runs in interrupt context on the CPU that took the interrupt. */
typedef void gic_handler(uint32_t intid, void *context);

/** Switches the distributor on. Called once by the start-up code. */
void gic_start(void);

/** Makes this CPU's own registers and its CPU interface ready. Called on each CPU by the start-up
 * code. */
void gic_cpu_start(void);

/** Sets who handles @intid; shared by all CPUs for SGIs and PPIs. */
void gic_set_handler(uint32_t intid, gic_handler *handler, void *context);

/** Lets @intid through at the default priority; an SPI goes to the CPU that calls this. */
void gic_enable(uint32_t intid);

void gic_disable(uint32_t intid);

/** Lower number, higher priority. */
void gic_set_priority(uint32_t intid, uint8_t priority);

/** Edge triggered or level sensitive; for SPIs. */
void gic_set_edge(uint32_t intid, bool edge);

/** Sends SPI @intid to the CPU with these affinity fields. */
void gic_route(uint32_t intid, uint64_t mpidr);

/** Makes @intid, a PPI or SPI, pending, as if its device had raised it. */
void gic_set_pending(uint32_t intid);

/** Sends SGI @sgi to the CPU with these affinity fields. */
void gic_send_sgi(uint32_t sgi, uint64_t mpidr);

/** Takes one interrupt: acknowledge, handler, end. Called by the vectors. */
void gic_handle_interrupt(void);

/**
 * Where the registers of this CPU's SGIs and PPIs are, with the distributor's offsets: its
 * redistributor's SGI_base, or the distributor of a GICv2, whose first ones are each CPU's own.
 */
uint64_t gic_private_registers(void);

/** Base of this CPU's redistributor (its RD_base frame), 0 if it was not found, or a GICv2 has
 * none. */
uint64_t gic_redistributor(void);

/** The CPU interfaces of a GICv2 that CPU @index has, a bit each: one, once it was started; none
 * on a GICv3. */
uint8_t gic_cpu_interfaces(unsigned index);

#endif
