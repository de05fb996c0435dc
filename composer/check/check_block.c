/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's block of memory: what lies where in it, and that all of it is loaded. */
#include <inttypes.h>

#include "check_context.h"
#include "observe.h"

static void collect_parts(struct check *check)
{
    const struct plan_view *plan = &check->plan;
    const struct plan_hypervisor *hypervisor = &plan->plan->hypervisor;
    struct spans *parts = &check->parts;
    spans_add(parts, hypervisor->pa, hypervisor->text_size, PART_OF_ALL, "text");
    spans_add(parts, hypervisor->pa + hypervisor->text_size, hypervisor->rodata_size, PART_OF_ALL, "read-only data");
    spans_add(parts, plan->pa, plan->plan->total_size, PART_OF_ALL, "plan");
    spans_add(parts, hypervisor->shared_pa, hypervisor->shared_size, PART_OF_ALL, "shared data");
    for (uint32_t cpu = 0; cpu < plan->plan->cpu_count; cpu++) {
        spans_add(parts, plan->plan->cpus[cpu].percpu_pa, hypervisor->percpu_size, PART_OF_CPU + cpu, "data");
        for (size_t i = 0; i < check->stage1[cpu].table_count; i++) {
            spans_add(parts, check->stage1[cpu].tables[i], PLAN_PAGE_SIZE, PART_OF_CPU + cpu, "EL2 table");
        }
    }
    for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
        spans_add(parts, plan->vms[vm].info_pa, PLAN_PAGE_SIZE, PART_OF_VM + vm, "info page");
        for (size_t i = 0; i < check->stage2[vm].table_count; i++) {
            spans_add(parts, check->stage2[vm].tables[i], PLAN_PAGE_SIZE, PART_OF_VM + vm, "stage-2 table");
        }
        const struct plan_restore *restore = plan_view_restore(plan, vm);
        for (uint32_t i = 0; i < plan->vms[vm].restore.count; i++) {
            if (restore[i].source_pa != 0) {
                spans_add(parts, restore[i].source_pa, restore[i].size, PART_OF_VM + vm, "pristine copy");
            }
        }
    }
    spans_sort(parts);
}

const char *check_part_name(const struct check *check, const struct span *part, char name[CHECK_NAME_SIZE])
{
    if (part->owner >= PART_OF_CPU) {
        snprintf(name, CHECK_NAME_SIZE, "%s of %s", part->what, check->cpu_who[part->owner - PART_OF_CPU]);
    } else if (part->owner >= PART_OF_VM) {
        snprintf(name, CHECK_NAME_SIZE, "%s of %s", part->what, check->vm_who[part->owner - PART_OF_VM]);
    } else {
        snprintf(name, CHECK_NAME_SIZE, "%s", part->what);
    }
    return name;
}

const char *check_name_at(const struct check *check, uint64_t pa, char name[CHECK_NAME_SIZE])
{
    const struct plan_view *plan = &check->plan;
    for (size_t i = 0; i < check->parts.count; i++) {
        const struct span *part = &check->parts.items[i];
        if (range_contains(part->start, part->size, pa, 1)) {
            return check_part_name(check, part, name);
        }
    }
    if (range_contains(plan->plan->hypervisor.pa, plan->plan->hypervisor.end_pa - plan->plan->hypervisor.pa, pa, 1)) {
        snprintf(name, CHECK_NAME_SIZE, "the hypervisor's block");
        return name;
    }
    for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
        if (spans_overlapping(&check->vm_ram[vm], pa, 1) != NULL) {
            snprintf(name, CHECK_NAME_SIZE, "RAM of %s", check->vm_who[vm]);
            return name;
        }
    }
    for (uint32_t i = 0; i < plan->channel_count; i++) {
        if (range_contains(plan->channels[i].pa, plan->channels[i].size, pa, 1)) {
            snprintf(name, CHECK_NAME_SIZE, "channel %s", plan->channels[i].name);
            return name;
        }
    }
    for (uint32_t i = 0; i < plan->region_count; i++) {
        if (plan->regions[i].kind != PLAN_REGION_RAM &&
            range_contains(plan->regions[i].pa, plan->regions[i].size, pa, 1)) {
            snprintf(name, CHECK_NAME_SIZE, "%s", plan->regions[i].name);
            return name;
        }
    }
    snprintf(name, CHECK_NAME_SIZE, spans_overlapping(&check->ram, pa, 1) != NULL ? "free RAM" : "nothing known");
    return name;
}

static void report_overlap(void *context, const struct span *first, const struct span *second)
{
    struct check *check = context;
    char first_name[CHECK_NAME_SIZE];
    char second_name[CHECK_NAME_SIZE];
    report_fail(check->report, PROPERTY_HYPERVISOR_BLOCK, "%s at 0x%" PRIx64 " overlaps %s at 0x%" PRIx64,
                check_part_name(check, second, second_name), second->start, check_part_name(check, first, first_name),
                first->start);
}

/* Arrays that observers read must lie in the shared data, or they would read something else. */
static void require_shared(struct check *check, uint64_t pa, uint64_t size, const char *what)
{
    const struct plan_hypervisor *hypervisor = &check->plan.plan->hypervisor;
    if (!range_contains(hypervisor->shared_pa, hypervisor->shared_size, pa, size)) {
        report_fail(check->report, PROPERTY_HYPERVISOR_BLOCK, "%s at " SPAN_FORMAT " are not in the shared data", what,
                    SPAN_ARGUMENTS(pa, size));
    }
}

/* The pages that VMs are shown lie where the hypervisor has them, first of all its shared data and in the order that
 * plan.h gives: a plan that names others would give VMs its variables instead. */
static void check_shown_pages(struct check *check)
{
    const struct plan_hypervisor *hypervisor = &check->plan.plan->hypervisor;
    const struct {
        const char *what;
        uint64_t pa;
        uint64_t size;
    } pages[] = {
        {"the status pages",       hypervisor->status_pa,   PLAN_MAX_VMS * PLAN_PAGE_SIZE             },
        {"the counters",           hypervisor->stats_pa,    PLAN_MAX_VCPUS * sizeof(struct vcpu_stats)},
        {"the log rings",          hypervisor->log_pa,      PLAN_MAX_CPUS * sizeof(struct log_ring)   },
        {"the watchdogs' pages",   hypervisor->watchdog_pa, PLAN_MAX_VMS * PLAN_PAGE_SIZE             },
        {"the manager's commands", hypervisor->manager_pa,  PLAN_PAGE_SIZE                            },
    };
    uint64_t next = hypervisor->shared_pa;
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        require_shared(check, pages[i].pa, pages[i].size, pages[i].what);
        if (pages[i].pa != next) {
            report_fail(check->report, PROPERTY_HYPERVISOR_BLOCK,
                        "%s are at 0x%" PRIx64 ", the hypervisor has them at 0x%" PRIx64, pages[i].what, pages[i].pa,
                        next);
        }
        next += (pages[i].size + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
    }
}

static void require_loaded(struct check *check, uint64_t pa, uint64_t size, bool zero, const char *what)
{
    uint64_t where;
    if (!image_file_loads(check->image, pa, size)) {
        report_fail(check->report, PROPERTY_HYPERVISOR_LOADED, "%s at " SPAN_FORMAT " are not loaded whole", what,
                    SPAN_ARGUMENTS(pa, size));
    } else if (zero && !image_file_is_zero(check->image, pa, size, &where)) {
        report_fail(check->report, PROPERTY_HYPERVISOR_LOADED, "%s are not zero at 0x%" PRIx64, what, where);
    }
}

void check_block(struct check *check)
{
    const struct plan *plan = check->plan.plan;
    const struct plan_hypervisor *hypervisor = &plan->hypervisor;
    uint64_t where;
    collect_parts(check);
    spans_overlaps(&check->parts, report_overlap, check);
    for (size_t i = 0; i < check->parts.count; i++) {
        const struct span *part = &check->parts.items[i];
        if (!range_contains(hypervisor->pa, hypervisor->end_pa - hypervisor->pa, part->start, part->size)) {
            char name[CHECK_NAME_SIZE];
            report_fail(check->report, PROPERTY_HYPERVISOR_BLOCK, "%s at 0x%" PRIx64 " lies outside the block",
                        check_part_name(check, part, name), part->start);
        }
    }
    if (!spans_cover(&check->ram, hypervisor->pa, hypervisor->end_pa - hypervisor->pa, &where)) {
        report_fail(check->report, PROPERTY_HYPERVISOR_BLOCK, "the block has no RAM at 0x%" PRIx64, where);
    }
    /* Text, read-only data and the plan are mapped as one block (el2_map.h). */
    uint64_t plan_pa = hypervisor->pa + hypervisor->text_size + hypervisor->rodata_size;
    if (check->plan.pa != plan_pa) {
        report_fail(check->report, PROPERTY_HYPERVISOR_BLOCK,
                    "the plan at 0x%" PRIx64 " does not follow the read-only data, which ends at 0x%" PRIx64,
                    check->plan.pa, plan_pa);
    }
    check_shown_pages(check);
    require_loaded(check, hypervisor->pa, hypervisor->text_size, false, "text");
    require_loaded(check, hypervisor->pa + hypervisor->text_size, hypervisor->rodata_size, false, "read-only data");
    require_loaded(check, hypervisor->shared_pa, hypervisor->shared_size, true, "the shared data");
    for (uint32_t cpu = 0; cpu < plan->cpu_count; cpu++) {
        char what[WHO_SIZE + 16];
        snprintf(what, sizeof(what), "the data of %s", check->cpu_who[cpu]);
        require_loaded(check, plan->cpus[cpu].percpu_pa, hypervisor->percpu_size, true, what);
    }
}
