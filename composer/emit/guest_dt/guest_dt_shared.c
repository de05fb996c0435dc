/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of what a VM shares: its channels, its watchdog, and what a manager has. */
#include <libfdt.h>
#include <stdio.h>

#include "arithmetic.h"
#include "channel_doorbells.h"
#include "guest_dt.h"
#include "memory.h"
#include "shared_pages.h"
#include "tree.h"

#define SPI_EDGE_RISING 1U /* third cell of the GICv3's specifiers (Linux binding arm,gic-v3) */

static const char *node_name(const char *what, uint64_t address)
{
    return text_format("%s@%llx", what, (unsigned long long)address);
}

static void write_spi(struct guest_dt *dt, uint32_t intid)
{
    /* As many cells as the board's GIC has; what the others say is about PPIs. */
    size_t count = tree_cell(dt->board, tree_gic(dt->board), "#interrupt-cells", 3);
    fdt32_t *cells = memory_new(count > 3 ? count : 3, sizeof(*cells));

    cells[1] = cpu_to_fdt32(intid - PLAN_FIRST_SPI);
    cells[2] = cpu_to_fdt32(SPI_EDGE_RISING);
    guest_dt_bytes(dt, "interrupts", cells, count * sizeof(*cells));
}

static void write_peers(struct guest_dt *dt, const struct channel *channel, uint32_t member)
{
    fdt32_t numbers[CHANNEL_MAX_MEMBERS];
    char names[CHANNEL_MAX_MEMBERS * PLAN_NAME_SIZE];
    size_t size = 0;

    for (uint32_t i = 0; i < channel_peer_count(channel); i++) {
        uint32_t peer = channel_peer(member, i);
        const char *name = dt->system->vms[channel->members[peer].vm].name;

        numbers[i] = cpu_to_fdt32(peer);
        size += (size_t)snprintf(names + size, sizeof(names) - size, "%s", name) + 1;
    }
    guest_dt_bytes(dt, "nagaya,peers", numbers, channel_peer_count(channel) * sizeof(numbers[0]));
    guest_dt_bytes(dt, "nagaya,peer-names", names, size);
}

/* @doorbell: the first one of the VM's for this channel. */
static void write_channel(struct guest_dt *dt, size_t index, uint32_t member, uint32_t doorbell)
{
    const struct channel *channel = &dt->system->channels[index];
    const struct channel_layout *layout = &dt->whole->channels[index];
    uint64_t peers_size = channel_peer_count(channel) * PAGE_SIZE;
    const struct range ranges[] = {
        {layout->ipa[member], channel->size},
        {dt->layout->doorbell_ipa + doorbell * PAGE_SIZE, peers_size},
        {layout->status_ipa[member], peers_size},
    };

    guest_dt_begin_top(dt, node_name("channel", layout->ipa[member]));
    guest_dt_text(dt, "compatible", "nagaya,channel");
    guest_dt_text(dt, "label", channel->name);
    guest_dt_registers(dt, ranges, COUNT_OF(ranges));
    write_spi(dt, channel->members[member].intid);
    guest_dt_cell(dt, "nagaya,member", member);
    write_peers(dt, channel, member);
    if (!channel->members[member].write) {
        guest_dt_flag(dt, "nagaya,read-only");
    }
    guest_dt_end(dt);
}

/* Triples: VM, offset in the range of all stores, size. */
static void write_stores(struct guest_dt *dt)
{
    fdt32_t cells[3 * PLAN_MAX_VMS];
    size_t count = 0;

    for (uint32_t i = 0; i < dt->system->vm_count; i++) {
        const struct range *store = &dt->whole->vms[i].store;

        if (store->size == 0) {
            continue;
        }
        cells[count++] = cpu_to_fdt32(i);
        cells[count++] = cpu_to_fdt32((uint32_t)(store->start - dt->whole->stores.start));
        cells[count++] = cpu_to_fdt32((uint32_t)store->size);
    }
    if (count != 0) {
        guest_dt_bytes(dt, "nagaya,stores", cells, count * sizeof(cells[0]));
    }
}

static void write_manager(struct guest_dt *dt)
{
    const struct manager_layout *manager = &dt->whole->manager;
    const struct range ranges[] = {
        {manager->command_ipa, PAGE_SIZE},
        {manager->observe_ipa, OBSERVE_SIZE},
        {manager->plan_ipa, manager->plan_size},
        {manager->stores_ipa, dt->whole->stores.size},
    };

    guest_dt_begin_top(dt, node_name("manager", manager->command_ipa));
    guest_dt_text(dt, "compatible", "nagaya,manager");
    guest_dt_registers(dt, ranges, COUNT_OF(ranges) - (dt->whole->stores.size == 0));
    write_spi(dt, dt->system->manager_intid);
    guest_dt_cell(dt, "nagaya,stats-offset", OBSERVE_STATS_OFFSET);
    guest_dt_cell(dt, "nagaya,log-offset", OBSERVE_LOG_OFFSET);
    write_stores(dt);
    guest_dt_end(dt);
}

static void write_watchdog(struct guest_dt *dt)
{
    guest_dt_begin_top(dt, node_name("watchdog", dt->layout->watchdog_ipa));
    guest_dt_text(dt, "compatible", "nagaya,watchdog");
    guest_dt_registers(dt, &(struct range){dt->layout->watchdog_ipa, PAGE_SIZE}, 1);
    guest_dt_number(dt, "nagaya,period-ns", dt->vm->watchdog_period_ns);
    guest_dt_end(dt);
}

void guest_dt_shared(struct guest_dt *dt)
{
    uint32_t doorbell = 0;

    for (size_t i = 0; i < dt->system->channel_count; i++) {
        const struct channel *channel = &dt->system->channels[i];
        uint32_t member = channel_member_number(channel, (uint32_t)(dt->vm - dt->system->vms));

        if (member == CHANNEL_NOBODY) {
            continue;
        }
        write_channel(dt, i, member, doorbell);
        doorbell += channel_peer_count(channel);
    }
    if (dt->vm->manager) {
        write_manager(dt);
    }
    if (dt->vm->watchdog_action != PLAN_WATCHDOG_NONE) {
        write_watchdog(dt);
    }
}
