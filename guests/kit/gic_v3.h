/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPU interface of a GICv3, which is system registers: what kit/gic_v3.c has of the
 * architecture.
 */
#ifndef KIT_GIC_V3_H
#define KIT_GIC_V3_H

#include <stdbool.h>
#include <stdint.h>

#include "kit/gic_interface.h"

/** Makes this CPU's interface ready: all priorities pass, Group 1 on. */
void gic_v3_interface_start(void);

/* As in struct gic_driver. */
void gic_v3_send_sgi(uint32_t sgi, uint64_t mpidr);
void gic_v3_handle_interrupt(void);
uint32_t gic_v3_interface_read(enum gic_register name);
void gic_v3_interface_write(enum gic_register name, uint32_t value);
void gic_v3_interface_control(bool open, bool split);
void gic_v3_interface_forget(void);

#endif
