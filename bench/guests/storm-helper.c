/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM with direct interrupts that deactivates an interrupt of another VM, as the hardware lets it
 * (ICC_DIR_EL1).
 */
#include <stdio.h>

#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/sysreg.h"

#include "storm.h"

#define EOIMODE (1U << 1) /* of ICC_CTLR_EL1: DIR deactivates */

static void on_doorbell(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
}

int main(void)
{
    const struct info_channel *channel = channel_open("help");

    if (machine()->gic_version != 3) {
        puts("storm-helper: not on this controller"); /* which deactivates nothing of others */
    }
    if (channel == NULL || machine()->gic_version != 3) {
        return 1;
    }
    struct storm_help_page *page = (struct storm_help_page *)channel->memory;
    gic_set_handler(channel->interrupt, on_doorbell, NULL);
    gic_enable(channel->interrupt);
    cpu_interrupts_disable();
    for (;;) {
        while (page->end == 0) { /* the watcher rings when that changes */
            cpu_wait_for_interrupt();
            gic_handle_interrupt();
        }
        SYSREG_WRITE(icc_ctlr_el1, EOIMODE);
        while (page->end != 0) {
            SYSREG_WRITE(icc_dir_el1, page->end);
            storm_pass();
        }
        SYSREG_WRITE(icc_ctlr_el1, 0);
    }
}
