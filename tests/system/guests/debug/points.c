/* SPDX-License-Identifier: Apache-2.0 */
/* See points.h. */
#include "points.h"

#include "kit/sysreg.h"

#define POINTS 16U /* the most that there can be */
#define ALL(DO)                                                                                    \
    DO(0)                                                                                          \
    DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15)

unsigned points_count(enum point_kind kind)
{
    return (unsigned)(SYSREG_READ(id_aa64dfr0_el1) >> (kind == BREAKPOINT ? 12 : 20) & 0xf) + 1;
}

#define CASE_WRITE(kind, n)                                                                        \
    case n:                                                                                        \
        SYSREG_WRITE(dbg##kind##vr##n##_el1, value);                                               \
        SYSREG_WRITE(dbg##kind##cr##n##_el1, control);                                             \
        break;
#define BREAKPOINT_WRITE(n) CASE_WRITE(b, n)
#define WATCHPOINT_WRITE(n) CASE_WRITE(w, n)
#define CASE_READ(kind, what, n)                                                                   \
    case n:                                                                                        \
        return SYSREG_READ(dbg##kind##what##n##_el1);
#define BREAKPOINT_VALUE(n)   CASE_READ(b, vr, n)
#define BREAKPOINT_CONTROL(n) CASE_READ(b, cr, n)
#define WATCHPOINT_VALUE(n)   CASE_READ(w, vr, n)
#define WATCHPOINT_CONTROL(n) CASE_READ(w, cr, n)

void points_write(enum point_kind kind, unsigned n, uint64_t value, uint64_t control)
{
    if (kind == BREAKPOINT) {
        switch (n) {
            ALL(BREAKPOINT_WRITE)
        default:
            break;
        }
    } else {
        switch (n) {
            ALL(WATCHPOINT_WRITE)
        default:
            break;
        }
    }
    __asm__ volatile("isb" : : : "memory");
}

uint64_t points_value(enum point_kind kind, unsigned n)
{
    switch (n + (kind == BREAKPOINT ? 0 : POINTS)) {
        ALL(BREAKPOINT_VALUE)
    default:
        break;
    }
    switch (n) {
        ALL(WATCHPOINT_VALUE)
    default:
        return 0;
    }
}

uint64_t points_control(enum point_kind kind, unsigned n)
{
    switch (n + (kind == BREAKPOINT ? 0 : POINTS)) {
        ALL(BREAKPOINT_CONTROL)
    default:
        break;
    }
    switch (n) {
        ALL(WATCHPOINT_CONTROL)
    default:
        return 0;
    }
}
