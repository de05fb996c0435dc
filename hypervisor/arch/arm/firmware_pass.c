/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests' calls of the machine's firmware.
 */
#include "firmware_pass.h"

#include "conduit.h"
#include "cpu.h"
#include "plan_access.h"

SLOW bool firmware_pass(uint64_t *x)
{
    const struct plan_firmware *ranges = plan_array(this_cpu.vm->firmware);
    uint32_t id = (uint32_t)x[0]; /* the upper half doesn't count (DEN 0028E, 3.1) */

    for (uint32_t i = 0; i < this_cpu.vm->firmware.count; i++) { /* bound: PLAN_MAX_FIRMWARE */
        if (id >= ranges[i].first && id <= ranges[i].last) {
            x[0] = id;
            conduit_pass(x);
            return true;
        }
    }
    return false;
}
