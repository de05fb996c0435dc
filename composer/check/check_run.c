/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which an image is looked at, and what the groups of properties have in common. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_tree.h"
#include "el2_map.h"

static void report_segment_overlap(void *context, const struct span *first, const struct span *second)
{
    report_fail(context, PROPERTY_IMAGE_OVERLAP, "segments " SPAN_FORMAT " and " SPAN_FORMAT,
                SPAN_ARGUMENTS(first->start, first->size), SPAN_ARGUMENTS(second->start, second->size));
}

static void check_segment_overlaps(const struct image_file *image, struct report *report)
{
    struct spans segments = {0};
    for (size_t i = 0; i < image->segment_count; i++) {
        spans_add(&segments, image->segments[i].pa, image->segments[i].size, 0, NULL);
    }
    spans_sort(&segments);
    spans_overlaps(&segments, report_segment_overlap, report);
    spans_free(&segments);
}

static void make_names(struct check *check)
{
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        snprintf(check->vm_who[vm], WHO_SIZE, "vm %.32s", check->plan.vms[vm].name);
    }
    for (uint32_t cpu = 0; cpu < check->plan.plan->cpu_count; cpu++) {
        snprintf(check->cpu_who[cpu], WHO_SIZE, "cpu %u", check->plan.cores[cpu].number);
    }
}

static void collect_ram(struct check *check)
{
    for (uint32_t i = 0; i < check->plan.region_count; i++) {
        const struct plan_region *region = &check->plan.regions[i];
        if (region->kind == PLAN_REGION_RAM) {
            spans_add(&check->ram, region->pa, region->size, 0, region->name);
        }
    }
    spans_join(&check->ram);
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        const struct plan_memory *memory = plan_view_memory(&check->plan, vm);
        for (uint32_t i = 0; i < check->plan.vms[vm].memory.count; i++) {
            if (check_is_ram(check, vm, &memory[i])) {
                spans_add(&check->vm_ram[vm], memory[i].pa, memory[i].size, vm, NULL);
            }
        }
        spans_join(&check->vm_ram[vm]);
    }
}

static void walk_el2(struct check *check)
{
    for (uint32_t cpu = 0; cpu < check->plan.plan->cpu_count; cpu++) {
        struct walk_root root = {.stage = WALK_STAGE1_EL2,
                                 .pa = check->plan.plan->cpus[cpu].stage1_root,
                                 .address_bits = EL2_VA_BITS,
                                 .output_bits = 40};
        check->stage1[cpu].who = check->cpu_who[cpu];
        walk_run(check->image, &check->plan, &check->tables, &root, &check->stage1[cpu], check->report);
    }
}

bool check_vm_runs_on(const struct check *check, uint32_t vm, uint32_t cpu)
{
    const struct plan_vm *plan_vm = &check->plan.vms[vm];
    for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
        if (check->plan.vcpus[plan_vm->first_vcpu + i].cpu == cpu) {
            return true;
        }
    }
    return false;
}

bool check_run(struct check *check, const struct image_file *image, const struct check_sources *sources,
               struct report *report)
{
    *check = (struct check){.image = image, .sources = sources, .report = report};
    check_segment_overlaps(image, report);
    if (!plan_view_open(image, &check->plan, report)) {
        return false;
    }
    report->checked = PROPERTY_COUNT;
    make_names(check);
    check_zones(check);
    collect_ram(check);
    check_segments(check);
    check_stage2(check);
    walk_el2(check);
    check_against_engine(check);
    check_block(check);
    check_memory(check);
    check_el2_map(check);
    check_el2_access(check);
    check_channels(check);
    check_trees_open(check);
    check_trees(check);
    check_tree_machine(check);
    check_tree_devices(check);
    check_manager(check);
    check_interrupts(check);
    check_private(check);
    check_triggers(check);
    check_cpus(check);
    check_firmware(check);
    check_restore(check);
    check_start(check);
    check_against_board(check);
    check_against_system(check);
    return true;
}

void check_free(struct check *check)
{
    for (uint32_t i = 0; i < PLAN_MAX_VMS; i++) {
        walk_free(&check->stage2[i]);
        spans_free(&check->vm_ram[i]);
        free(check->trees[i]);
        free(check->expected[i]);
    }
    for (uint32_t i = 0; i < PLAN_MAX_CPUS; i++) {
        walk_free(&check->stage1[i]);
    }
    walk_tables_free(&check->tables);
    spans_free(&check->ram);
    spans_free(&check->parts);
    spans_free(&check->zones);
    plan_view_close(&check->plan);
}
