/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breakpoints and watchpoints by number (Arm DDI 0487, D23.3), and the bits of the debug registers
 * that tests use.
 */
#ifndef DEBUG_POINTS_H
#define DEBUG_POINTS_H

#include <stdint.h>

#define MDSCR_SS  (UINT64_C(1) << 0)
#define MDSCR_KDE (UINT64_C(1) << 13)
#define MDSCR_MDE (UINT64_C(1) << 15)

/* Of a control register: on, at EL1 and EL0, the four bytes of an instruction or the eight of a
 * word that is written.
 */
#define BREAKPOINT_ON UINT64_C(0x1e7)
#define WATCHPOINT_ON UINT64_C(0x1ff7)
/* In addition: at EL2 and EL3, too; and 2 GB from where it is. */
#define POINT_HIGHER   (UINT64_C(1) << 13)
#define WATCHPOINT_2GB (UINT64_C(31) << 24)

enum point_kind { BREAKPOINT, WATCHPOINT };

/** How many this CPU has. */
unsigned points_count(enum point_kind kind);

void points_write(enum point_kind kind, unsigned n, uint64_t value, uint64_t control);
uint64_t points_value(enum point_kind kind, unsigned n);
uint64_t points_control(enum point_kind kind, unsigned n);

#endif
