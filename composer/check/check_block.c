/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's block of memory: what lies where in it, and that all of it is loaded. */
#include <inttypes.h>

#include "check_context.h"
#include "observe.h"

static void report_overlap(void *context, const struct span *first, const struct span *second)
{
    struct check *check = context;
    char first_name[PART_NAME_SIZE];
    char second_name[PART_NAME_SIZE];
    report_fail(check->view.report, PROPERTY_HYPERVISOR_BLOCK,
                "%s at 0x%" PRIx64 " overlaps %s at 0x%" PRIx64,
                image_view_part_name(&check->view, second, second_name), second->start,
                image_view_part_name(&check->view, first, first_name), first->start);
}

/* Arrays that observers read must lie in the shared data, or they would read something else. */
static void require_shared(struct check *check, uint64_t pa, uint64_t size, const char *what)
{
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    if (!range_contains(hypervisor->shared_pa, hypervisor->shared_size, pa, size)) {
        report_fail(check->view.report, PROPERTY_HYPERVISOR_BLOCK,
                    "%s at " SPAN_FORMAT " are not in the shared data", what,
                    SPAN_ARGUMENTS(pa, size));
    }
}

/* The pages that VMs are shown lie where the hypervisor has them, first of all its shared data
 * and in the order that plan.h gives: a plan that names others would give VMs its variables
 * instead. */
static void check_shown_pages(struct check *check)
{
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    const struct {
        const char *what;
        uint64_t pa;
        uint64_t size;
    } pages[] = {
        {"the status pages", hypervisor->status_pa, PLAN_MAX_VMS * PLAN_PAGE_SIZE},
        {"the counters", hypervisor->stats_pa, PLAN_MAX_VCPUS * sizeof(struct vcpu_stats)},
        {"the log rings", hypervisor->log_pa, PLAN_MAX_CPUS * sizeof(struct log_ring)},
        {"the watchdogs' pages", hypervisor->watchdog_pa, PLAN_MAX_VMS * PLAN_PAGE_SIZE},
        {"the manager's commands", hypervisor->manager_pa, PLAN_PAGE_SIZE},
    };
    uint64_t next = hypervisor->shared_pa;
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        require_shared(check, pages[i].pa, pages[i].size, pages[i].what);
        if (pages[i].pa != next) {
            report_fail(check->view.report, PROPERTY_HYPERVISOR_BLOCK,
                        "%s are at 0x%" PRIx64 ", the hypervisor has them at 0x%" PRIx64,
                        pages[i].what, pages[i].pa, next);
        }
        next += (pages[i].size + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
    }
}

static void require_loaded(struct check *check, uint64_t pa, uint64_t size, bool zero,
                           const char *what)
{
    uint64_t where;
    if (!image_file_loads(check->view.image, pa, size)) {
        report_fail(check->view.report, PROPERTY_HYPERVISOR_LOADED,
                    "%s at " SPAN_FORMAT " are not loaded whole", what, SPAN_ARGUMENTS(pa, size));
    } else if (zero && !image_file_is_zero(check->view.image, pa, size, &where)) {
        report_fail(check->view.report, PROPERTY_HYPERVISOR_LOADED, "%s are not zero at 0x%" PRIx64,
                    what, where);
    }
}

void check_block(struct check *check)
{
    const struct plan *plan = check->view.plan.plan;
    const struct plan_hypervisor *hypervisor = &plan->hypervisor;
    uint64_t where;
    spans_overlaps(&check->view.parts, report_overlap, check);
    for (size_t i = 0; i < check->view.parts.count; i++) {
        const struct span *part = &check->view.parts.items[i];
        if (!range_contains(hypervisor->pa, hypervisor->end_pa - hypervisor->pa, part->start,
                            part->size)) {
            char name[PART_NAME_SIZE];
            report_fail(check->view.report, PROPERTY_HYPERVISOR_BLOCK,
                        "%s at 0x%" PRIx64 " lies outside the block",
                        image_view_part_name(&check->view, part, name), part->start);
        }
    }
    if (!spans_cover(&check->view.ram, hypervisor->pa, hypervisor->end_pa - hypervisor->pa,
                     &where)) {
        report_fail(check->view.report, PROPERTY_HYPERVISOR_BLOCK,
                    "the block has no RAM at 0x%" PRIx64, where);
    }
    /* Text, read-only data and the plan are mapped as one block (el2_map.h). */
    uint64_t plan_pa = hypervisor->pa + hypervisor->text_size + hypervisor->rodata_size;
    if (check->view.plan.pa != plan_pa) {
        report_fail(check->view.report, PROPERTY_HYPERVISOR_BLOCK,
                    "the plan at 0x%" PRIx64
                    " does not follow the read-only data, which ends at 0x%" PRIx64,
                    check->view.plan.pa, plan_pa);
    }
    check_shown_pages(check);
    require_loaded(check, hypervisor->pa, hypervisor->text_size, false, "text");
    require_loaded(check, hypervisor->pa + hypervisor->text_size, hypervisor->rodata_size, false,
                   "read-only data");
    require_loaded(check, hypervisor->shared_pa, hypervisor->shared_size, true, "the shared data");
    for (uint32_t cpu = 0; cpu < plan->cpu_count; cpu++) {
        char what[WHO_SIZE + 16];
        snprintf(what, sizeof(what), "the data of %s", check->view.cpu_who[cpu]);
        require_loaded(check, plan->cpus[cpu].percpu_pa, hypervisor->percpu_size, true, what);
    }
}
