/* SPDX-License-Identifier: Apache-2.0 */
/* See pages.h. */
#include "pages.h"

#include <stddef.h>

#include "../kit/gic_registers.h"
#include "kit/channel.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "page.h"

#define OTHER_BASE (UINT64_C(1) << 45) /* above all memory, below the windows of kit/probe.h */
#define GICR_FRAME UINT64_C(0x10000)
#define GICD_DENSE                                                                                 \
    UINT64_C(                                                                                      \
        0x1000) /* one bit, byte or two bits for each interrupt; then identification and IROUTER   \
                 */
#define GICD_ROUTE UINT64_C(0x6000)
#define GICD_IDS   UINT64_C(0xff00)
#define GICC_DENSE UINT64_C(0x100)
#define PAGE_DENSE UINT64_C(0x200)
/* All stores there are the same, and wait for each other. */
#define DOORBELL_DENSE UINT64_C(0x10)

static struct pages list[PAGES_MAX];
static uint32_t count;

static void add(uint64_t start, uint64_t size, uint64_t dense)
{
    if (start == 0 || count == PAGES_MAX) {
        return;
    }
    list[count++] = (struct pages){start, OTHER_BASE + start, size, dense, false};
    (void)mmu_map_device(start, size);
    (void)mmu_map(OTHER_BASE + start, start, size, MMU_WRITE);
}

static void add_channel(const struct info_channel *channel)
{
    (void)channel_open(channel->name); /* its memory stays what it is */
    for (uint32_t i = 0; i < channel->peer_count; i++) {
        add(channel->peers[i].doorbell, MMU_PAGE_SIZE, DOORBELL_DENSE);
        list[count - 1].doorbell = true;
        add(channel->peers[i].status, MMU_PAGE_SIZE, PAGE_DENSE);
    }
}

void pages_start(void)
{
    const struct info_page *info = hypercall_info();
    const struct fdt_range *gicd = &machine()->gicd;
    const struct fdt_range *gicc = &machine()->gicc;

    add(gicd->start, gicd->size, GICD_DENSE);
    if (gicc->size != 0) {
        add(gicc->start, MMU_PAGE_SIZE, GICC_DENSE);
        add(gicc->start + GICC_DIR, MMU_PAGE_SIZE, GICC_DENSE);
    }
    for (size_t i = 0; i < machine()->gicr_count; i++) {
        for (uint64_t at = 0; at < machine()->gicr[i].size; at += 2 * GICR_FRAME) {
            add(machine()->gicr[i].start + at, GICR_FRAME, PAGE_DENSE);
            add(machine()->gicr[i].start + at + GICR_FRAME, GICR_FRAME, GICD_DENSE);
        }
    }
    for (uint32_t i = 0; info != NULL && i < info->channel_count; i++) {
        add_channel(&info->channels[i]);
    }
    if (info != NULL) {
        add((uint64_t)watchdog_open(), MMU_PAGE_SIZE, PAGE_DENSE);
        add((uint64_t)manager_open(), MMU_PAGE_SIZE, PAGE_DENSE);
        add(machine()->info, MMU_PAGE_SIZE, PAGE_DENSE);
    }
}

uint32_t pages_count(void)
{
    return count;
}

const struct pages *pages_get(uint32_t index)
{
    return &list[index];
}

/** Where in @pages: mostly where registers are. */
static uint64_t random_offset(struct random *random, const struct pages *pages)
{
    uint64_t any = random_next(random);

    switch (random_below(random, 8)) {
    case 0:
        return any % pages->size;
    case 1:
        return pages->size > GICD_IDS ? GICD_ROUTE + any % 0x2000 : any % pages->dense;
    case 2:
        return pages->size - 1 - any % 0x100;
    default:
        return any % pages->dense;
    }
}

struct access pages_random(struct random *random)
{
    /* The controller's own pages come first in the list, and most often. */
    uint64_t group = random_once(random, 4) ? count : 1 + random_below(random, count);
    const struct pages *pages = &list[random_below(random, group)];
    uint64_t offset = random_offset(random, pages);
    struct access access = {
        .value = random_value(random),
        .size = 1U << random_below(random, 4),
        .kind = (enum access_kind)random_below(random, ACCESS_KINDS),
    };
    bool aligned = !random_once(random, 4);

    if (aligned) {
        offset &= ~(uint64_t)(access.size - 1);
    } else if (random_once(random, 2)) {
        access.size = 4;
    }
    access.address = (random_once(random, 2) ? pages->other : pages->start) + offset;
    return access;
}

/** Its own address, whichever way it is mapped. */
static uint64_t plain_address(const struct access *access)
{
    return access->address >= OTHER_BASE ? access->address - OTHER_BASE : access->address;
}

bool pages_is_slow(const struct access *access)
{
    uint64_t address = plain_address(access);

    for (uint32_t i = 0; i < count; i++) {
        if (list[i].doorbell && address - list[i].start < list[i].size) {
            return access->size == 4 && access->kind != ACCESS_READ;
        }
    }
    return false;
}

bool pages_ends_run(const struct access *access)
{
    const volatile struct manager_page *commands = manager_open();
    const struct info_page *info = hypercall_info();
    uint64_t start = (uint64_t)commands;
    uint64_t address = plain_address(access);
    uint32_t value = (uint32_t)access->value;

    if (commands == NULL || info == NULL || access->kind == ACCESS_READ || access->size != 4 ||
        address < start || address >= start + MMU_PAGE_SIZE) {
        return false;
    }
    if (address - start == 4U * info->vm) {
        return value == MANAGER_STOP;
    }
    return value == MANAGER_STOP || value == MANAGER_RESTART;
}
