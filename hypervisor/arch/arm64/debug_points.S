/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breakpoints and watchpoints by number: each has instructions of its own, so their count selects where to jump.
 */
    .text

    /* Three instructions for each, from the last one that the architecture has to the first. */
#define LOAD(kind, n, offset) \
    ldp     x4, x5, [x0, #(offset + 16 * n)]; msr     dbg##kind##vr##n##_el1, x4; msr     dbg##kind##cr##n##_el1, x5;
#define LOAD_ALL(kind, offset) \
    LOAD(kind, 15, offset) LOAD(kind, 14, offset) LOAD(kind, 13, offset) LOAD(kind, 12, offset) \
    LOAD(kind, 11, offset) LOAD(kind, 10, offset) LOAD(kind, 9, offset) LOAD(kind, 8, offset) \
    LOAD(kind, 7, offset) LOAD(kind, 6, offset) LOAD(kind, 5, offset) LOAD(kind, 4, offset) \
    LOAD(kind, 3, offset) LOAD(kind, 2, offset) LOAD(kind, 1, offset) LOAD(kind, 0, offset)

    /* void debug_points_load(const uint64_t points[2][DEBUG_POINTS][2]) */
    .global debug_points_load
debug_points_load:
    mrs     x2, id_aa64dfr0_el1
    mvn     x2, x2                          /* how many are missing of 16, in the fields BRPs and WRPs */
    ubfx    x1, x2, #12, #4
    ubfx    x2, x2, #20, #4
    add     x1, x1, x1, lsl #1
    add     x2, x2, x2, lsl #1
    adr     x3, 1f
    add     x3, x3, x1, lsl #2
    br      x3
1:  LOAD_ALL(b, 0)
    adr     x3, 2f
    add     x3, x3, x2, lsl #2
    br      x3
2:  LOAD_ALL(w, 256)
    ret
