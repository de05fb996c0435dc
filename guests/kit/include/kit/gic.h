/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts by a GICv3 (Arm IHI 0069H): distributor, this CPU's redistributor, its CPU interface. INTIDs: SGI 0-15,
 * PPI 16-31, SPI from 32. All interrupts used are in Group 1.
 */
#ifndef KIT_GIC_H
#define KIT_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_MAX_INTIDS       1020U
#define GIC_PRIORITY_DEFAULT 0xa0U

/** Runs in interrupt context on the CPU that took the interrupt. */
typedef void gic_handler(uint32_t intid, void *context);

/** Switches the distributor on. Called once by the start-up code. */
void gic_start(void);

/** Makes this CPU's redistributor and CPU interface ready. Called on each CPU by the start-up code. */
void gic_cpu_start(void);

/** Sets who handles @intid; shared by all CPUs for SGIs and PPIs. */
void gic_set_handler(uint32_t intid, gic_handler *handler, void *context);

/** Puts @intid in Group 1 at the default priority and lets it through; an SPI goes to the CPU that calls this. */
void gic_enable(uint32_t intid);

void gic_disable(uint32_t intid);

/** Lower number, higher priority. */
void gic_set_priority(uint32_t intid, uint8_t priority);

/** Edge triggered or level sensitive; for SPIs. */
void gic_set_edge(uint32_t intid, bool edge);

/** Sends SPI @intid to the CPU with these affinity fields. */
void gic_route(uint32_t intid, uint64_t mpidr);

/** Makes @intid pending, as if its device had raised it. */
void gic_set_pending(uint32_t intid);

/** Sends SGI @sgi to the CPU with these affinity fields. */
void gic_send_sgi(uint32_t sgi, uint64_t mpidr);

/** Takes one interrupt: acknowledge, handler, end. Called by the vectors. */
void gic_handle_interrupt(void);

/** Base of this CPU's redistributor (its RD_base frame), 0 if it was not found. */
uint64_t gic_redistributor(void);

#endif
