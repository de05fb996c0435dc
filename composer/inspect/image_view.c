/* SPDX-License-Identifier: Apache-2.0 */
/* Opens an image and follows its tables (image_view.h). */
#include "image_view.h"

#include <inttypes.h>
#include <stdio.h>

#include "el2_map.h"
#include "zones.h"

/* VTCR_EL2 (Arm DDI 0487, D19.2.173) */
#define VTCR_T0SZ(value)  ((unsigned)((value)&63))
#define VTCR_SL0(value)   ((value) >> 6 & 3)
#define VTCR_PS(value)    ((unsigned)((value) >> 16 & 7))
#define VTCR_WALKS(value) ((value)&0x3f00)
/* IRGN0 and ORGN0 write-back, SH0 inner: EL2 changes the root through its cache */
#define VTCR_WALKS_CACHED 0x3500
#define VTCR_TG0(value)   ((value) >> 14 & 3) /* 0: 4 KB */
#define VTCR_RES1         0x80000000U
#define VTCR_OTHER(value)                                                                          \
    ((value) & ~(uint64_t)0x8007ffff) /* VS, HA, HD, HWU, NSW, NSA, DS, SL2 and what is reserved   \
                                       */

static const unsigned pa_bits[] = {32, 36, 40};
#define PA_BITS_MAX 40
#define PS_40_BITS  2

#define INPUT_BITS_LEAST 32

static void report_segment_overlap(void *context, const struct span *first,
                                   const struct span *second)
{
    report_fail(context, PROPERTY_IMAGE_OVERLAP, "segments " SPAN_FORMAT " and " SPAN_FORMAT,
                SPAN_ARGUMENTS(first->start, first->size),
                SPAN_ARGUMENTS(second->start, second->size));
}

static void report_segment_overlaps(const struct image_file *image, struct report *report)
{
    struct spans segments = {0};
    for (size_t i = 0; i < image->segment_count; i++) {
        spans_add(&segments, image->segments[i].pa, image->segments[i].size, 0, NULL);
    }
    spans_sort(&segments);
    spans_overlaps(&segments, report_segment_overlap, report);
    spans_free(&segments);
}

static void make_names(struct image_view *view)
{
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        snprintf(view->vm_who[vm], WHO_SIZE, "vm %.32s", view->plan.vms[vm].name);
    }
    for (uint32_t cpu = 0; cpu < view->plan.plan->cpu_count; cpu++) {
        snprintf(view->cpu_who[cpu], WHO_SIZE, "cpu %u", view->plan.cores[cpu].number);
    }
}

static void collect_ram(struct image_view *view)
{
    for (uint32_t i = 0; i < view->plan.region_count; i++) {
        const struct plan_region *region = &view->plan.regions[i];
        if (region->kind == PLAN_REGION_RAM) {
            spans_add(&view->ram, region->pa, region->size, 0, region->name);
        }
    }
    spans_join(&view->ram);
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        const struct plan_memory *memory = plan_view_memory(&view->plan, vm);
        for (uint32_t i = 0; i < view->plan.vms[vm].memory.count; i++) {
            if (image_view_is_ram(view, vm, &memory[i])) {
                spans_add(&view->vm_ram[vm], memory[i].pa, memory[i].size, vm, NULL);
            }
        }
        spans_join(&view->vm_ram[vm]);
    }
}

static bool vtcr_is_valid(uint64_t vtcr)
{
    unsigned bits = 64 - VTCR_T0SZ(vtcr);
    /* The root is one page (el2_map.h), so no tables are joined at the first level (D8.2.7). */
    bool start_fits = (VTCR_SL0(vtcr) == 1 && bits >= 31 && bits <= 39) ||
                      (VTCR_SL0(vtcr) == 0 && bits >= 25 && bits <= 30);
    bool size_fits =
        VTCR_PS(vtcr) < sizeof(pa_bits) / sizeof(pa_bits[0]) && bits <= pa_bits[VTCR_PS(vtcr)];
    return start_fits && size_fits && VTCR_TG0(vtcr) == 0 &&
           VTCR_WALKS(vtcr) == VTCR_WALKS_CACHED && (vtcr & VTCR_RES1) != 0 &&
           VTCR_OTHER(vtcr) == 0;
}

unsigned image_view_input_bits(const struct image_view *view, uint32_t vm)
{
    const struct plan_memory *memory = plan_view_memory(&view->plan, vm);
    unsigned bits = INPUT_BITS_LEAST;
    for (uint32_t i = 0; i < view->plan.vms[vm].memory.count; i++) {
        while ((memory[i].ipa + memory[i].size - 1) >> bits != 0) {
            bits++;
        }
    }
    return bits;
}

bool image_view_has_sound_vtcr(const struct image_view *view, uint32_t vm)
{
    uint64_t vtcr = view->plan.vms[vm].stage2.vtcr;
    return vtcr_is_valid(vtcr) && VTCR_PS(vtcr) == PS_40_BITS &&
           64 - VTCR_T0SZ(vtcr) == image_view_input_bits(view, vm);
}

static void walk_stage2(struct image_view *view)
{
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        const struct plan_stage2 *stage2 = &view->plan.vms[vm].stage2;
        struct walk_root root = {.stage = WALK_STAGE2,
                                 .pa = stage2->root_pa,
                                 .address_bits = 39,
                                 .output_bits = PA_BITS_MAX};
        if (image_view_has_sound_vtcr(view, vm)) {
            root.address_bits = 64 - VTCR_T0SZ(stage2->vtcr);
        }
        view->stage2[vm].who = view->vm_who[vm];
        walk_run(view->image, &view->plan, &view->tables, &root, &view->stage2[vm], view->report);
    }
}

static void walk_el2(struct image_view *view)
{
    for (uint32_t cpu = 0; cpu < view->plan.plan->cpu_count; cpu++) {
        struct walk_root root = {.stage = WALK_STAGE1_EL2,
                                 .pa = view->plan.plan->cpus[cpu].stage1_root,
                                 .address_bits = EL2_VA_BITS,
                                 .output_bits = 40};
        view->stage1[cpu].who = view->cpu_who[cpu];
        walk_run(view->image, &view->plan, &view->tables, &root, &view->stage1[cpu], view->report);
    }
}

static void collect_parts(struct image_view *view)
{
    const struct plan_view *plan = &view->plan;
    const struct plan_hypervisor *hypervisor = &plan->plan->hypervisor;
    struct spans *parts = &view->parts;
    spans_add(parts, hypervisor->pa, hypervisor->text_size, PART_OF_ALL, "text");
    spans_add(parts, hypervisor->pa + hypervisor->text_size, hypervisor->rodata_size, PART_OF_ALL,
              "read-only data");
    spans_add(parts, plan->pa, plan->plan->total_size, PART_OF_ALL, "plan");
    spans_add(parts, hypervisor->shared_pa, hypervisor->shared_size, PART_OF_ALL, "shared data");
    for (uint32_t cpu = 0; cpu < plan->plan->cpu_count; cpu++) {
        spans_add(parts, plan->plan->cpus[cpu].percpu_pa, hypervisor->percpu_size,
                  PART_OF_CPU + cpu, "data");
        for (size_t i = 0; i < view->stage1[cpu].table_count; i++) {
            spans_add(parts, view->stage1[cpu].tables[i], PLAN_PAGE_SIZE, PART_OF_CPU + cpu,
                      "EL2 table");
        }
    }
    for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
        spans_add(parts, plan->vms[vm].info_pa, PLAN_PAGE_SIZE, PART_OF_VM + vm, "info page");
        for (size_t i = 0; i < view->stage2[vm].table_count; i++) {
            spans_add(parts, view->stage2[vm].tables[i], PLAN_PAGE_SIZE, PART_OF_VM + vm,
                      "stage-2 table");
        }
        const struct plan_restore *restore = plan_view_restore(plan, vm);
        for (uint32_t i = 0; i < plan->vms[vm].restore.count; i++) {
            if (restore[i].source_pa != 0) {
                spans_add(parts, restore[i].source_pa, restore[i].size, PART_OF_VM + vm,
                          "pristine copy");
            }
        }
    }
    spans_sort(parts);
}

bool image_view_open(struct image_view *view, const struct image_file *image, struct report *report)
{
    *view = (struct image_view){.image = image, .report = report};
    report_segment_overlaps(image, report);
    if (!plan_view_open(image, &view->plan, report)) {
        return false;
    }
    make_names(view);
    zones_list(view);
    collect_ram(view);
    walk_stage2(view);
    walk_el2(view);
    collect_parts(view);
    return true;
}

void image_view_free(struct image_view *view)
{
    for (uint32_t i = 0; i < PLAN_MAX_VMS; i++) {
        walk_free(&view->stage2[i]);
        spans_free(&view->vm_ram[i]);
    }
    for (uint32_t i = 0; i < PLAN_MAX_CPUS; i++) {
        walk_free(&view->stage1[i]);
    }
    walk_tables_free(&view->tables);
    spans_free(&view->ram);
    spans_free(&view->parts);
    spans_free(&view->zones);
    plan_view_close(&view->plan);
}
