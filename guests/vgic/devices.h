/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources of interrupts: devices with a level that software can raise and lower (the RTC, PL031),
 * others of which only the interrupt is used, by setting it pending. What a system doesn't grant is
 * not there.
 */
#ifndef VGIC_DEVICES_H
#define VGIC_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

/** Finds and maps what there is. */
void devices_start(void);

/** The interrupts with a level. The first one is the RTC's, if there is one. */
unsigned devices_level_count(void);
uint32_t devices_level(unsigned index);

/** Those with an edge. */
unsigned devices_edge_count(void);
uint32_t devices_edge(unsigned index);

/** Whether there is a device whose level can be raised: that of devices_level(0). */
bool devices_can_raise(void);
void devices_raise(void);
void devices_lower(void);

/** Lowers all levels and stops the timers. */
void devices_quiet(void);

#endif
