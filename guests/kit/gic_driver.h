/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the versions of the GIC do differently, and how an interrupt gets to its handler in both.
 */
#ifndef KIT_GIC_DRIVER_H
#define KIT_GIC_DRIVER_H

#include <stddef.h>

#include "kit/gic.h"
#include "kit/gic_interface.h"

struct gic_driver {
    /* Distributor. */
    void (*start)(void);
    void (*settle)(void); /* waits until what was written has had its effect */
    uint64_t (*private_registers)(void);
    void (*claim)(uint32_t intid); /* puts it in the group that is used; an SPI is sent here */
    void (*route)(uint32_t intid, uint64_t mpidr);
    void (*send_sgi)(uint32_t sgi, uint64_t mpidr);
    /* This CPU's interface. */
    void (*cpu_start)(void);
    void (*handle_interrupt)(void);
    uint32_t (*read)(enum gic_register name);
    void (*write)(enum gic_register name, uint32_t value);
    void (*control)(bool open, bool split);
    void (*forget)(void);
};

extern const struct gic_driver gic_v2;
extern const struct gic_driver gic_v3;

/** Who handles an interrupt. */
struct gic_handling {
    gic_handler *handle;
    void *context;
};

/** By all INTIDs that an acknowledgement has, the special ones too. */
extern struct gic_handling gic_handlings[GIC_INTID_MASK + 1];

/** What becomes of @intid that nobody handles; false if there is nothing to end. */
bool gic_unhandled(uint32_t intid);

/** Calls who handles @acknowledged; false if there is nothing to end. */
static inline bool gic_call_handler(uint32_t acknowledged)
{
    uint32_t intid = acknowledged & GIC_INTID_MASK;
    const struct gic_handling *place = &gic_handlings[intid];

    /* Each interrupt passes here: gcc would not load both fields at once otherwise. */
    __asm__("" : "+r"(place));
    struct gic_handling handling = *place;

    if (handling.handle == NULL) {
        return gic_unhandled(intid);
    }
    handling.handle(intid, handling.context);
    return true;
}

#endif
