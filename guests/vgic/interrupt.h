/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One interrupt at a time, register by register: what the kit's driver does in one go, in the steps that promises are
 * made about. "Here" is this CPU. INTIDs below 32 are this CPU's own.
 */
#ifndef VGIC_INTERRUPT_H
#define VGIC_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

#define INTERRUPT_NONE     1023U /* ICC_IAR1_EL1: nothing to take */
#define INTERRUPT_SGIS     16U
#define INTERRUPT_SPI      32U
#define PRIORITY_LOWEST    0xf0U
#define PRIORITY_MIDDLE    0x80U
#define PRIORITY_IDLE      0xffU /* ICC_RPR_EL1: nothing active */
#define PRIORITY_MASK_OPEN 0xffU

/* In the distributor, or in this CPU's redistributor. */
void interrupt_enable(uint32_t intid, uint8_t priority); /* an SPI: routed here */
void interrupt_allow(uint32_t intid);                    /* enables, and nothing else */
void interrupt_disable(uint32_t intid);
void interrupt_pend(uint32_t intid);
void interrupt_unpend(uint32_t intid);
void interrupt_activate(uint32_t intid);
void interrupt_inactivate(uint32_t intid);
bool interrupt_is_enabled(uint32_t intid);
bool interrupt_is_pending(uint32_t intid);
bool interrupt_is_active(uint32_t intid);
uint8_t interrupt_priority(uint32_t intid);
uint64_t interrupt_route(uint32_t intid);

/* The CPU interface. */
void interface_mask(uint8_t priority);             /* ICC_PMR_EL1 */
void interface_open(bool open);                    /* ICC_IGRPEN1_EL1 */
void interface_split(bool split);                  /* EOImode: a deactivation of its own for each interrupt */
void interface_send(uint32_t sgi, uint64_t value); /* the rest of ICC_SGI1R_EL1 in @value */
uint32_t interface_next(void);                     /* what would be taken: ICC_HPPIR1_EL1 */
uint32_t interface_take(void);             /* the next one, waits for it a while; INTERRUPT_NONE if nothing comes */
bool interface_quiet(void);                /* nothing comes, for a while */
void interface_end(uint32_t intid);        /* ICC_EOIR1_EL1 */
void interface_deactivate(uint32_t intid); /* ICC_DIR_EL1 */
uint8_t interface_running(void);           /* ICC_RPR_EL1 */

/** Sends @sgi to this CPU. */
void interface_send_here(uint32_t sgi);

/** Nothing enabled, pending or active here, everything open. */
void interrupt_clean(void);

/** Lets time pass in which what was caused arrives. */
void interrupt_settle(void);

#endif
