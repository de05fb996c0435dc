/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One interrupt at a time, register by register: what the kit's driver does in one go, in the steps
 * that promises are made about. "Here" is this CPU. INTIDs below 32 are this CPU's own.
 */
#ifndef VGIC_INTERRUPT_H
#define VGIC_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

#define INTERRUPT_NONE     1023U /* nothing to take */
#define INTERRUPT_SGIS     16U
#define INTERRUPT_SPI      32U
#define PRIORITY_LOWEST    0xf0U
#define PRIORITY_MIDDLE    0x80U
#define PRIORITY_IDLE      0xffU /* nothing active */
#define PRIORITY_MASK_OPEN 0xffU

/* In the distributor, or where this CPU's own are. */
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

/* The SGI whose priority the guest doesn't choose, since the hypervisor wakes this core by it
 * (direct interrupts of a GICv2); INTERRUPT_SGIS: all are the guest's. And the others, in order
 * from the first, which has number 0. */
uint32_t interrupt_kick(void);
uint32_t interrupt_sgi(unsigned number);
bool interrupt_is_routed(uint32_t intid, unsigned cpu);

/** Whether @intid, which was disabled, is so: the SGIs of a GICv2 may be always enabled (IHI
 * 0048B, 4.3.5). */
bool interrupt_is_switchable(uint32_t intid);

/* Of a GICv2: an SGI is pending for each of its senders, CPU interfaces with a bit each. */
void interrupt_pend_from(uint32_t sgi, uint8_t senders);
void interrupt_unpend_from(uint32_t sgi, uint8_t senders);
uint8_t interrupt_senders(uint32_t sgi);

/* The CPU interface. */
void interface_mask(uint8_t priority);    /* what is more urgent comes through */
void interface_open(bool open);           /* or nothing does */
void interface_split(bool split);         /* a deactivation of its own for each interrupt */
void interface_send_others(uint32_t sgi); /* to all CPUs but this one */
uint32_t interface_next(void);            /* what would be taken */
/* the next one, waits for it a while; INTERRUPT_NONE if nothing comes */
uint32_t interface_take(void);
bool interface_quiet(void);         /* nothing comes, for a while */
void interface_end(uint32_t intid); /* an SGI: of the sender that was taken last */
void interface_deactivate(uint32_t intid);
uint8_t interface_running(void); /* the priority of what is active */
/* the CPU interface that sent it when it was taken last, on a GICv2 */
unsigned interface_sender(uint32_t sgi);

/** Sends @sgi to this CPU. */
void interface_send_here(uint32_t sgi);

/** Nothing enabled, pending or active here, everything open. */
void interrupt_clean(void);

/** Lets time pass in which what was caused arrives. */
void interrupt_settle(void);

#endif
