/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing a VM's memory back: from where, to where, and that the result is what the VM first
 * started from. */
#include <inttypes.h>

#include "check_context.h"

struct cover_check {
    struct check *check;
    uint32_t vm;
};

static void report_target_overlap(void *context, const struct span *first,
                                  const struct span *second)
{
    struct cover_check *cover = context;
    (void)first;
    report_fail(cover->check->view.report, PROPERTY_RESTORE_COVER,
                "%s: 0x%" PRIx64 " is written twice", cover->check->view.vm_who[cover->vm],
                second->start);
}

static void check_cover(struct check *check, uint32_t vm, struct spans *targets)
{
    struct cover_check cover = {.check = check, .vm = vm};
    spans_sort(targets);
    spans_overlaps(targets, report_target_overlap, &cover);
    spans_join(targets);
    for (size_t i = 0; i < check->view.vm_ram[vm].count; i++) {
        const struct span *ram = &check->view.vm_ram[vm].items[i];
        uint64_t where;
        if (!spans_cover(targets, ram->start, ram->size, &where)) {
            report_fail(check->view.report, PROPERTY_RESTORE_COVER,
                        "%s: RAM at 0x%" PRIx64 " is not restored", check->view.vm_who[vm], where);
        }
    }
}

static void check_source(struct check *check, uint32_t vm, const struct plan_restore *restore)
{
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    if (!range_contains(hypervisor->pa, hypervisor->end_pa - hypervisor->pa, restore->source_pa,
                        restore->size)) {
        report_fail(check->view.report, PROPERTY_RESTORE_SOURCE,
                    "%s: the copy at " SPAN_FORMAT " is not in the hypervisor",
                    check->view.vm_who[vm], SPAN_ARGUMENTS(restore->source_pa, restore->size));
    } else if (!image_file_loads(check->view.image, restore->source_pa, restore->size)) {
        report_fail(check->view.report, PROPERTY_RESTORE_SOURCE,
                    "%s: the copy at " SPAN_FORMAT " is not loaded whole", check->view.vm_who[vm],
                    SPAN_ARGUMENTS(restore->source_pa, restore->size));
    }
    for (uint32_t other = 0; other < check->view.plan.vm_count; other++) {
        if (spans_overlapping(&check->view.vm_ram[other], restore->source_pa, restore->size) !=
            NULL) {
            report_fail(check->view.report, PROPERTY_RESTORE_SOURCE,
                        "%s: the copy at " SPAN_FORMAT " lies in RAM of %s", check->view.vm_who[vm],
                        SPAN_ARGUMENTS(restore->source_pa, restore->size),
                        check->view.vm_who[other]);
        }
    }
}

static void check_content(struct check *check, uint32_t vm, const struct plan_restore *restore)
{
    uint64_t where;
    if (restore->source_pa == 0) {
        if (!image_file_is_zero(check->view.image, restore->target_pa, restore->size, &where)) {
            report_fail(check->view.report, PROPERTY_RESTORE_CONTENT,
                        "%s: 0x%" PRIx64 " is filled with zeros, but is loaded with something else",
                        check->view.vm_who[vm], where);
        }
    } else if (!image_file_is_equal(check->view.image, restore->target_pa, restore->source_pa,
                                    restore->size, &where)) {
        report_fail(check->view.report, PROPERTY_RESTORE_CONTENT,
                    "%s: 0x%" PRIx64 " and its copy at 0x%" PRIx64 " differ",
                    check->view.vm_who[vm], restore->target_pa + where, restore->source_pa + where);
    }
}

static void report_shared_copy(void *context, const struct span *first, const struct span *second)
{
    struct check *check = context;
    if (first->owner != second->owner) {
        report_fail(check->view.report, PROPERTY_RESTORE_SOURCE,
                    "copies of %s and %s share the page at 0x%" PRIx64,
                    check->view.vm_who[first->owner], check->view.vm_who[second->owner],
                    second->start);
    }
}

/* A CPU maps whole pages of copies, so no page may hold copies of two VMs. */
static void check_copies_apart(struct check *check)
{
    struct spans copies = {0};
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        const struct plan_restore *restore = plan_view_restore(&check->view.plan, vm);
        for (uint32_t i = 0; i < check->view.plan.vms[vm].restore.count; i++) {
            uint64_t start = restore[i].source_pa / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
            uint64_t end = (restore[i].source_pa + restore[i].size + PLAN_PAGE_SIZE - 1) /
                           PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
            spans_add(&copies, start, restore[i].source_pa != 0 ? end - start : 0, vm, NULL);
        }
    }
    spans_sort(&copies);
    spans_overlaps(&copies, report_shared_copy, check);
    spans_free(&copies);
}

/* Only for targets that do not overlap, so that the work is bounded by the memory's size. */
static void check_contents(struct check *check, uint32_t vm)
{
    const struct plan_restore *restore = plan_view_restore(&check->view.plan, vm);
    for (uint32_t i = 0; i < check->view.plan.vms[vm].restore.count; i++) {
        check_content(check, vm, &restore[i]);
    }
}

static void check_steps(struct check *check, uint32_t vm)
{
    const struct plan_restore *restore = plan_view_restore(&check->view.plan, vm);
    struct spans targets = {0};
    unsigned failures = check->view.report->failures[PROPERTY_RESTORE_COVER];
    for (uint32_t i = 0; i < check->view.plan.vms[vm].restore.count; i++) {
        uint64_t where;
        spans_add(&targets, restore[i].target_pa, restore[i].size, vm, NULL);
        if (!spans_cover(&check->view.vm_ram[vm], restore[i].target_pa, restore[i].size, &where)) {
            report_fail(check->view.report, PROPERTY_RESTORE_TARGET,
                        "%s: 0x%" PRIx64 " is written, but is not its RAM", check->view.vm_who[vm],
                        where);
        }
        if (restore[i].source_pa != 0) {
            check_source(check, vm, &restore[i]);
        }
    }
    check_cover(check, vm, &targets);
    spans_free(&targets);
    if (check->view.report->failures[PROPERTY_RESTORE_COVER] == failures) {
        check_contents(check, vm);
    }
}

void check_restore(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_steps(check, vm);
    }
    check_copies_apart(check);
}
