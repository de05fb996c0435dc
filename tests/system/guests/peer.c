/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of manager.c: does what the channel's memory says (peer.h). The channel has the
 * VM's own name.
 */
#include "peer.h"

#include "../../../guests/kit/gic_registers.h"
#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/psci.h"

static const struct info_channel *channel;
static struct peer_page *page;
static uint32_t token;
static volatile uint32_t used = 0x600d;
static const volatile struct peer_mark mark = {PEER_MARK_FIRST, PEER_MARK_SECOND, 0};

static void on_doorbell(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    page->seen = page->data;
    page->rings++;
    while (page->mode == PEER_STAYS_ACTIVE)
        ;
}

static bool on_exception(struct exception_frame *frame)
{
    page->faults++;
    frame->pc += 4;
    return true;
}

static void mask(void)
{
    __asm__ volatile("msr daifset, #0xf" : : : "memory");
}

/** Whether anything is left of what this VM did before it was restarted. */
static bool is_dirty(void)
{
    uint32_t word = channel->interrupt / 32;
    uint32_t bit = UINT32_C(1) << channel->interrupt % 32;
    uint64_t gicd = machine()->gicd.start;
    bool enabled = (mmio_read32(gicd + 0x100 + 4 * word) & bit) != 0;
    bool active = (mmio_read32(gicd + 0x300 + 4 * word) & bit) != 0;
    bool dirty = used != 0x600d || enabled || active;

    used = 0xbad;
    return dirty;
}

static void count(void)
{
    uint32_t before = (uint32_t)hypercall_exit_count();

    gic_set_handler(channel->interrupt, on_doorbell, NULL);
    gic_enable(channel->interrupt);
    cpu_interrupts_enable();
    before = (uint32_t)hypercall_exit_count();
    page->ready = token;
    while (page->hold == 0) {
        page->round++;
    }
    page->exits = (uint32_t)hypercall_exit_count() - before - 1;
    page->ready = 0;
}

static void pet(bool by_call)
{
    volatile struct watchdog_page *dog = watchdog_open();

    while (page->hold == 0) {
        if (by_call) {
            (void)hypercall(HC_PET, 0, 0, 0);
        } else {
            dog->count++;
        }
        page->round++;
    }
}

static void other_core(void *context)
{
    (void)context;
    mask();
    page->ready = token;
    for (;;) {
        page->round++;
    }
}

static void take_sgis_away(void)
{
    uint64_t private = gic_private_registers();

    mmio_write32(private + GICD_ICENABLER, UINT32_MAX);
    for (uint32_t sgi = 0; sgi < GIC_FIRST_PPI; sgi++) {
        mmio_write8(private + GICD_IPRIORITYR + sgi, UINT8_MAX);
    }
    mmio_write32(private + GICD_IGROUPR, machine()->gic_version == 2 ? UINT32_MAX : 0);
}

static void trespass(void)
{
    uint64_t beyond = channel->peers[0].doorbell + MMU_PAGE_SIZE; /* it has but one */

    exception_set_handler(on_exception);
    (void)mmu_map_device(beyond, MMU_PAGE_SIZE);
    mmio_write32(beyond, 1);
    mmio_write8(channel->peers[0].doorbell, 1);
    mmio_write64(channel->peers[0].doorbell, 1);
    (void)mmio_read32(channel->peers[0].doorbell);
    mmio_write32(channel->peers[0].status, 1); /* mapped for reading: a fault of its own */
    if (page->command != 0) {
        (void)mmu_map(page->command, page->command, MMU_PAGE_SIZE, MMU_WRITE);
        mmio_write32(page->command, MANAGER_STOP);
        (void)mmio_read32(page->command);
    }
    page->seen = (uint32_t)hypercall(HC_RING, channel->peers[0].number + 1, 0, 0);
}

int main(void)
{
    uint32_t mode;

    channel = channel_open(hypercall_info()->name);
    page = (struct peer_page *)channel->memory;
    page->dirty += is_dirty() ? 1 : 0;
    page->rings = 0;
    page->faults = 0;
    page->version = (uint32_t)mark.version;
    token = page->token;
    mode = page->mode;

    if (mode == PEER_COUNTS || mode == PEER_STAYS_ACTIVE) {
        count();
    }
    if (mode == PEER_TRESPASSES) {
        trespass();
    }
    if (mode == PEER_NO_SGIS) {
        take_sgis_away();
    }
    if (mode != PEER_COUNTS && mode != PEER_STAYS_ACTIVE &&
        (mode != PEER_CORES || cpu_start(1, other_core, NULL) != 0)) {
        page->ready = token;
    }
    mask();
    if (mode == PEER_PETS || mode == PEER_PETS_BY_CALL) {
        pet(mode == PEER_PETS_BY_CALL);
    }
    if (mode == PEER_GOES_OFF) {
        psci_system_off();
    }
    if (mode == PEER_FIRST_NOT_PET) {
        watchdog_open()->count++;
    }
    while (mode == PEER_SLEEPS) {
        cpu_wait_for_interrupt();
    }
    while (mode == PEER_FLOODS) {
        channel_ring(&channel->peers[0]);
        (void)channel_ring_now(&channel->peers[0]);
        (void)hypercall(HC_NULL, 0, 0, 0);
        page->round++;
    }
    while (mode == PEER_CALLS) {
        (void)hypercall(HC_NULL, 0, 0, 0);
        (void)psci_call(PSCI_VERSION, 0, 0, 0);
        page->round++;
    }
    if (mode == PEER_CLOSES) {
        gic_interface_write(GIC_PMR, 0);
    }
    while (mode == PEER_CLOSES) {
        cpu_wait_for_interrupt();
    }
    if (mode == PEER_CRASHES) {
        while (page->hold != 0)
            ;
        (void)mmu_map_device(0x3f0000000, MMU_PAGE_SIZE);
        (void)mmio_read32(0x3f0000000);
    }
    for (;;) {
        page->round++;
    }
}
