/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GICv2 has no system registers: none of those that are trapped are its.
 */
#include "gic_local.h"

void gic_traps_init(void)
{
}

bool gic_register_read(uint64_t code, uint64_t *value)
{
    (void)code;
    (void)value;
    return false;
}

bool gic_register_write(uint64_t code, uint64_t value)
{
    (void)code;
    (void)value;
    return false;
}
