/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM that life.c stops and restarts. Its first instruction, before those of the kit, reads the
 * clock.
 */
#include <stddef.h>

#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/sysreg.h"
#include "kit/timer.h"

#include "life.h"

#define NOWHERE   0x3f0000000 /* not this VM's */
#define MOMENT_NS 10000U

/* The entry of the program (bench/build.mk). Nothing else uses TPIDRRO_EL0. */
__asm__(".section .text.first_instruction, \"ax\"\n"
        ".global first_instruction\n"
        "first_instruction: mrs x1, cntvct_el0\n"
        "msr tpidrro_el0, x1\n"
        "b _start\n"
        ".previous");

static void crash(struct life_page *page)
{
    page->mode = MORTAL_SPINS;
    (void)mmu_map_device(NOWHERE, MMU_PAGE_SIZE);
    page->fault = timer_now();
    (void)mmio_read32(NOWHERE);
}

/** Rings, and sleeps for a moment: where CPUs take turns, it is the other one's, which would come
 * late otherwise. */
static void tell(const struct info_channel *channel)
{
    channel_ring(&channel->peers[0]);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(MOMENT_NS));
    cpu_wait_for_interrupt();
    timer_stop(TIMER_VIRTUAL);
}

int main(void)
{
    uint64_t first = SYSREG_READ(tpidrro_el0);
    const struct info_channel *channel = channel_open("life");
    struct life_page *page = (struct life_page *)channel->memory;
    uint32_t mode = page->mode;

    if (mode == MORTAL_CRASHES) {
        crash(page);
    }
    page->first = first;
    page->ready = 1;
    tell(channel);
    for (;;) {
        if (mode == MORTAL_SLEEPS) {
            cpu_wait_for_interrupt();
        }
        if (mode == MORTAL_FLOODS) {
            (void)hypercall(HC_NULL, 0, 0, 0);
            (void)channel_ring_now(&channel->peers[0]);
        }
    }
}
