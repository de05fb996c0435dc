/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rights that must not meet, looked at by physical address over all CPUs: what any of them can
 * write, none may execute; and text, read-only data, plan and translation tables are written by
 * nobody.
 */
#include <inttypes.h>

#include "check_context.h"
#include "el2_map.h"

/* Physical memory that some CPU has a right to; @right is PLAN_MEMORY_WRITE or PLAN_MEMORY_EXEC. */
static void collect_pages(const struct check *check, uint32_t right, struct spans *pages)
{
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        for (size_t i = 0; i < check->view.stage1[cpu].mapping_count; i++) {
            const struct mapping *mapping = &check->view.stage1[cpu].mappings[i];
            if ((mapping->attributes & right) != 0) {
                spans_add(pages, mapping->pa, mapping->size, cpu, NULL);
            }
        }
    }
    spans_join(pages);
}

static void check_write_or_execute(struct check *check, const struct spans *writable)
{
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        for (size_t i = 0; i < check->view.stage1[cpu].mapping_count; i++) {
            const struct mapping *mapping = &check->view.stage1[cpu].mappings[i];
            const struct span *span = spans_overlapping(writable, mapping->pa, mapping->size);
            if ((mapping->attributes & PLAN_MEMORY_EXEC) != 0 && span != NULL) {
                report_fail(
                    check->view.report, PROPERTY_HYPERVISOR_WX,
                    "%s can execute 0x%" PRIx64 " (va 0x%" PRIx64 "), which a CPU can write",
                    check->view.cpu_who[cpu], span->start > mapping->pa ? span->start : mapping->pa,
                    mapping->address);
            }
        }
    }
}

static void check_constant(struct check *check, const struct spans *writable)
{
    const struct plan *plan = check->view.plan.plan;
    const struct plan_hypervisor *hypervisor = &plan->hypervisor;
    uint64_t size = hypervisor->text_size + hypervisor->rodata_size + plan->total_size;
    const struct span *span = spans_overlapping(writable, hypervisor->pa, size);
    if (span != NULL) {
        char name[PART_NAME_SIZE];
        uint64_t at = span->start > hypervisor->pa ? span->start : hypervisor->pa;
        report_fail(check->view.report, PROPERTY_HYPERVISOR_READONLY,
                    "0x%" PRIx64 " (%s) can be written by a CPU", at,
                    image_view_name_at(&check->view, at, name));
    }
}

/* Whether it is a table that a CPU may write: a root of a VM that it runs or may stop, at the
 * root's own address. */
static bool is_own_root(const struct check *check, uint32_t cpu, const struct mapping *mapping,
                        uint64_t table)
{
    uint64_t va = mapping->address + (table - mapping->pa);
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        if (va == EL2_STAGE2_ROOT((uint64_t)vm) &&
            check->view.plan.vms[vm].stage2.root_pa == table) {
            return image_view_runs_on(&check->view, vm, cpu) ||
                   check_vm_is_controllable_from(check, vm, cpu);
        }
    }
    return false;
}

static void check_mapping_against_tables(struct check *check, uint32_t cpu,
                                         const struct mapping *mapping, const struct spans *tables)
{
    const struct span *first = spans_overlapping(tables, mapping->pa, mapping->size);
    for (const struct span *table = first; table != NULL && table < tables->items + tables->count &&
                                           table->start < mapping->pa + mapping->size;
         table++) {
        if (!is_own_root(check, cpu, mapping, table->start)) {
            report_fail(check->view.report, PROPERTY_HYPERVISOR_TABLES,
                        "%s can write the table at 0x%" PRIx64 " of %s (va 0x%" PRIx64 ")",
                        check->view.cpu_who[cpu], table->start, table->what,
                        mapping->address + (table->start - mapping->pa));
        }
    }
}

static void check_tables(struct check *check)
{
    struct spans tables = {0};
    for (size_t i = 0; i < check->view.tables.room; i++) {
        const struct walk_table *slot = &check->view.tables.slots[i];
        if (slot->key != 0) {
            spans_add(&tables, slot->key - 1, PLAN_PAGE_SIZE, 0, slot->who);
        }
    }
    spans_sort(&tables);
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        for (size_t i = 0; i < check->view.stage1[cpu].mapping_count; i++) {
            if ((check->view.stage1[cpu].mappings[i].attributes & PLAN_MEMORY_WRITE) != 0) {
                check_mapping_against_tables(check, cpu, &check->view.stage1[cpu].mappings[i],
                                             &tables);
            }
        }
    }
    spans_free(&tables);
}

void check_el2_access(struct check *check)
{
    struct spans writable = {0};
    collect_pages(check, PLAN_MEMORY_WRITE, &writable);
    check_write_or_execute(check, &writable);
    check_constant(check, &writable);
    spans_free(&writable);
    check_tables(check);
}
