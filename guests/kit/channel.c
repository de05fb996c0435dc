/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels, watchdog and manager: addresses from the info page and the device tree.
 */
#include "kit/channel.h"

#include <stddef.h>
#include <string.h>

#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"

static bool map(uint64_t address, uint64_t size, unsigned flags)
{
    return mmu_map(address, address, size, flags);
}

const struct info_channel *channel_open(const char *name)
{
    const struct info_page *info = hypercall_info();

    for (uint32_t i = 0; info != NULL && i < info->channel_count; i++) {
        const struct info_channel *channel = &info->channels[i];

        if (strcmp(channel->name, name) != 0) {
            continue;
        }
        if (!map(channel->memory, channel->memory_size,
                 (channel->flags & INFO_CHANNEL_WRITE) != 0 ? MMU_WRITE : MMU_READ)) {
            return NULL;
        }
        for (uint32_t peer = 0; peer < channel->peer_count; peer++) {
            if (!mmu_map_device(channel->peers[peer].doorbell, MMU_PAGE_SIZE) ||
                !map(channel->peers[peer].status, MMU_PAGE_SIZE, MMU_READ)) {
                return NULL;
            }
        }
        return channel;
    }
    return NULL;
}

void channel_ring(const struct info_peer *peer)
{
    mmio_write32(peer->doorbell, 1);
}

int64_t channel_ring_now(const struct info_peer *peer)
{
    return hypercall(HC_RING, peer->number, 0, 0);
}

const volatile struct vm_status *channel_status(const struct info_peer *peer)
{
    return (const volatile struct vm_status *)peer->status;
}

volatile struct watchdog_page *watchdog_open(void)
{
    const struct info_page *info = hypercall_info();

    if (info == NULL || info->watchdog == 0 || !map(info->watchdog, MMU_PAGE_SIZE, MMU_WRITE)) {
        return NULL;
    }
    return (volatile struct watchdog_page *)info->watchdog;
}

/** Range @index of the manager's node. */
static bool manager_range(uint32_t index, struct fdt_range *range)
{
    int node = fdt_compatible(&machine()->fdt, FDT_NONE, "nagaya,manager");

    return node != FDT_NONE && fdt_reg(&machine()->fdt, node, index, range);
}

volatile struct manager_page *manager_open(void)
{
    struct fdt_range range;

    /* Mapped for writing: it is the hypervisor that takes the stores. */
    if (!manager_range(0, &range) || !map(range.start, range.size, MMU_WRITE)) {
        return NULL;
    }
    return (volatile struct manager_page *)range.start;
}

const volatile struct vm_status *manager_status(uint32_t vm)
{
    struct fdt_range range;

    if (!manager_range(1, &range) ||
        !map(range.start + vm * (uint64_t)MMU_PAGE_SIZE, MMU_PAGE_SIZE, MMU_READ)) {
        return NULL;
    }
    return (const volatile struct vm_status *)(range.start + vm * (uint64_t)MMU_PAGE_SIZE);
}

uint32_t manager_doorbell(void)
{
    const struct fdt *fdt = &machine()->fdt;
    int node = fdt_compatible(fdt, FDT_NONE, "nagaya,manager");
    struct fdt_interrupt interrupt;

    return node != FDT_NONE && fdt_interrupt(fdt, node, 0, &interrupt) ? interrupt.intid : 0;
}

const volatile struct engine_fault *manager_fault(uint32_t cpu)
{
    const struct fdt *fdt = &machine()->fdt;
    int node = fdt_compatible(fdt, FDT_NONE, "nagaya,manager");
    struct fdt_range range;

    if (!manager_range(1, &range) || !map(range.start, range.size, MMU_READ)) {
        return NULL;
    }
    uint64_t rings = range.start + fdt_cell(fdt_property(fdt, node, "nagaya,log-offset"), 0);
    return &((const volatile struct log_ring *)rings)[cpu].fault;
}

bool manager_store(uint32_t vm, struct fdt_range *store)
{
    const struct fdt *fdt = &machine()->fdt;
    int node = fdt_compatible(fdt, FDT_NONE, "nagaya,manager");
    struct fdt_range all;

    if (node == FDT_NONE || !fdt_reg(fdt, node, 3, &all)) {
        return false;
    }
    struct fdt_value triples = fdt_property(fdt, node, "nagaya,stores"); /* VM, offset, size */
    for (uint32_t i = 0; i < triples.size / sizeof(uint32_t); i += 3) {
        if (fdt_cell(triples, i) != vm) {
            continue;
        }
        *store = (struct fdt_range){all.start + fdt_cell(triples, i + 1), fdt_cell(triples, i + 2)};
        return map(store->start, store->size, MMU_WRITE);
    }
    return false;
}

enum manager_result manager_command(uint32_t vm, uint32_t command)
{
    volatile struct manager_page *page = manager_open();

    mmio_write32((uint64_t)&page->commands[vm], command);
    return page->results[vm];
}
