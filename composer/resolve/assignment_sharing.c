/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What devices share although they are different ones: an interrupt line, a page of registers
 * (stage 2 gives nothing smaller), and, if they can do DMA and no IOMMU confines it, all memory.
 */
#include "assignments.h"

#include "diagnostics.h"

static bool have_common_interrupt(const struct board_device *a, const struct board_device *b,
                                  uint32_t *intid)
{
    for (size_t i = 0; i < a->intid_count; i++) {
        for (size_t j = 0; j < b->intid_count; j++) {
            if (a->intids[i] == b->intids[j] && a->intids[i] >= PLAN_FIRST_SPI) {
                *intid = a->intids[i];
                return true;
            }
        }
    }
    return false;
}

static bool have_common_page(const struct board_device *a, const struct board_device *b,
                             uint64_t *page)
{
    for (size_t i = 0; i < a->reg_count; i++) {
        for (size_t j = 0; j < b->reg_count; j++) {
            uint64_t a_first = a->regs[i].start / PLAN_PAGE_SIZE;
            uint64_t a_last = (a->regs[i].start + a->regs[i].size - 1) / PLAN_PAGE_SIZE;
            uint64_t b_first = b->regs[j].start / PLAN_PAGE_SIZE;
            uint64_t b_last = (b->regs[j].start + b->regs[j].size - 1) / PLAN_PAGE_SIZE;

            if (a_first <= b_last && b_first <= a_last) {
                *page = (a_first > b_first ? a_first : b_first) * PLAN_PAGE_SIZE;
                return true;
            }
        }
    }
    return false;
}

static void check_interrupts(const struct system *system, const struct assignments *assignments,
                             const struct assignment *assignment)
{
    const struct board_device *device = &system->board.devices[assignment->device];
    const char *words = assignment_words(system, assignment);
    uint32_t intid;

    for (const struct assignment *other = assignments->list; other < assignment; other++) {
        const struct board_device *neighbour = &system->board.devices[other->device];

        /* The hypervisor polls its console and never enables its interrupt. */
        if (other->vm != assignment->vm && other->vm != ASSIGNMENT_BY_HYPERVISOR &&
            have_common_interrupt(device, neighbour, &intid)) {
            error(assignment->named.location,
                  "device %s of %s shares interrupt %u with %s of %s (line %d); give both to "
                  "one VM",
                  words, assignment_holder(system, assignment), intid,
                  assignment_words(system, other), assignment_holder(system, other),
                  other->named.location.line);
        }
    }
}

/* Reports a device with another holder in a page of the claimed one's. */
static bool check_neighbours(const struct system *system, const struct assignments *assignments,
                             const struct assignment *assignment)
{
    const struct board_device *device = &system->board.devices[assignment->device];
    bool sound = true;
    uint64_t page;

    for (uint32_t i = 0; i < system->board.device_count; i++) {
        const struct board_device *neighbour = &system->board.devices[i];
        const struct assignment *other = assignment_find(assignments, i);

        if (i == assignment->device || !have_common_page(device, neighbour, &page)) {
            continue;
        }
        if (neighbour->interrupt_controller) {
            error(assignment->named.location,
                  "device %s shares the page 0x%llx of registers with %s, a part of the interrupt "
                  "controller, which "
                  "the hypervisor keeps; remove it",
                  assignment_words(system, assignment), (unsigned long long)page, neighbour->name);
            sound = false;
        } else if (other != NULL && other->vm != assignment->vm && other < assignment) {
            error(assignment->named.location,
                  "device %s of %s shares the page 0x%llx of registers with %s of %s (line %d); "
                  "give both to one VM",
                  assignment_words(system, assignment), assignment_holder(system, assignment),
                  (unsigned long long)page, assignment_words(system, other),
                  assignment_holder(system, other), other->named.location.line);
            sound = false;
        }
    }
    return sound;
}

/* What lies in a page of the claimed device and was asked for by nobody goes along. Reports the
 * first such device that cannot. */
static void expose_neighbours(struct system *system, const struct assignments *assignments,
                              const struct assignment *assignment)
{
    const struct board_device *device = &system->board.devices[assignment->device];
    const struct vm *vm = &system->vms[assignment->vm];
    bool reported = false;
    uint64_t page;

    for (uint32_t i = 0; i < system->board.device_count && !reported; i++) {
        struct board_device *neighbour = &system->board.devices[i];

        if (assignment_find(assignments, i) != NULL ||
            !have_common_page(device, neighbour, &page)) {
            continue;
        }
        if (neighbour->owner != PLAN_NONE && neighbour->owner != assignment->vm) {
            error(assignment->named.location,
                  "device %s of vm %s shares the page 0x%llx of registers with %s, which vm %s "
                  "reaches too; give "
                  "all of them to one VM",
                  assignment_words(system, assignment), vm->name, (unsigned long long)page,
                  neighbour->name, system->vms[neighbour->owner].name);
            reported = true;
        } else if (neighbour->dma && !vm->dma_trusted && !device->dma) {
            error(assignment->named.location,
                  "device %s shares the page 0x%llx of registers with %s, which can do DMA with no "
                  "IOMMU in front of "
                  "it; remove it, or accept that vm %s could reach all memory: dma: trusted",
                  assignment_words(system, assignment), (unsigned long long)page, neighbour->name,
                  vm->name);
            reported = true;
        }
        neighbour->owner = assignment->vm;
    }
}

static void check_dma(const struct system *system, const struct assignment *assignment)
{
    const struct board_device *device = &system->board.devices[assignment->device];

    if (device->dma && !system->vms[assignment->vm].dma_trusted) {
        error(assignment->named.location,
              "device %s can do DMA, and this version sets up no IOMMU in front of it; remove "
              "it, or accept that vm %s could reach all memory: dma: trusted",
              assignment_words(system, assignment), system->vms[assignment->vm].name);
    } else if (device->dma && device->dma_problem != NULL) {
        error(assignment->named.location,
              "device %s sees memory at other addresses than the CPU does (dma-ranges of %s), "
              "which is not in this "
              "version; remove it",
              assignment_words(system, assignment), device->dma_problem);
    }
}

void assignment_check_sharing(struct system *system, const struct assignments *assignments,
                              size_t first)
{
    for (size_t i = first; i < assignments->count; i++) {
        const struct assignment *assignment = &assignments->list[i];

        bool alone = check_neighbours(system, assignments, assignment);
        if (assignment->vm == ASSIGNMENT_BY_HYPERVISOR) {
            continue;
        }
        if (alone) {
            expose_neighbours(system, assignments, assignment);
        }
        check_interrupts(system, assignments, assignment);
        check_dma(system, assignment);
    }
}
