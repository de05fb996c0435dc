/* SPDX-License-Identifier: Apache-2.0 */
/* Stage 2 of each VM: its registers and tables, and whether they map exactly what the plan says. */
#include <inttypes.h>
#include <stdlib.h>

#include "check_context.h"

#define ROOT_ENTRIES (PLAN_PAGE_SIZE / sizeof(uint64_t))

#define VTTBR_VMID_SHIFT 48

static void check_registers(struct check *check, uint32_t vm)
{
    const struct plan_stage2 *stage2 = &check->view.plan.vms[vm].stage2;
    if (!image_view_has_sound_vtcr(&check->view, vm)) {
        report_fail(check->view.report, PROPERTY_MEMORY_REGISTERS,
                    "%s: VTCR_EL2 0x%" PRIx64 " is not for 4 KB pages, a root of one page, cached "
                    "walks, addresses of %u bits and memory of 40",
                    check->view.vm_who[vm], stage2->vtcr, image_view_input_bits(&check->view, vm));
    }
    uint64_t vttbr = stage2->root_pa | (uint64_t)(vm + 1) << VTTBR_VMID_SHIFT;
    if (stage2->vttbr != vttbr) {
        report_fail(check->view.report, PROPERTY_MEMORY_REGISTERS,
                    "%s: VTTBR_EL2 0x%" PRIx64 " is not 0x%" PRIx64 " (its root, its VMID)",
                    check->view.vm_who[vm], stage2->vttbr, vttbr);
    }
}

static void check_root_copy(struct check *check, uint32_t vm)
{
    const struct plan_stage2 *stage2 = &check->view.plan.vms[vm].stage2;
    const uint64_t *copy = plan_view_root(&check->view.plan, vm);
    uint64_t root[ROOT_ENTRIES];
    image_file_copy(check->view.image, stage2->root_pa, root, sizeof(root));
    for (uint32_t i = 0; i < ROOT_ENTRIES; i++) {
        uint64_t expected = i < stage2->root.count ? copy[i] : 0;
        if (root[i] != expected) {
            report_fail(check->view.report, PROPERTY_MEMORY_ROOT,
                        "%s: entry %u of the root at 0x%" PRIx64 " is 0x%" PRIx64
                        ", the plan says 0x%" PRIx64,
                        check->view.vm_who[vm], i, stage2->root_pa, root[i], expected);
        }
    }
}

static int compare_by_ipa(const void *left, const void *right)
{
    const struct mapping *a = left;
    const struct mapping *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

/* What the plan says, in the form in which a walk gives it. */
static void planned_mappings(struct check *check, uint32_t vm, struct walk *planned)
{
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, vm);
    uint32_t count = check->view.plan.vms[vm].memory.count;
    struct mapping *sorted = memory_or_exit(NULL, count, sizeof(sorted[0]));
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = (struct mapping){.address = memory[i].ipa,
                                     .pa = memory[i].pa,
                                     .size = memory[i].size,
                                     .attributes = memory[i].flags & ~PLAN_MEMORY_ROM};
    }
    qsort(sorted, count, sizeof(sorted[0]), compare_by_ipa);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && sorted[i].address < sorted[i - 1].address + sorted[i - 1].size) {
            report_fail(check->view.report, PROPERTY_MEMORY_EXACT,
                        "%s: the plan has two ranges at ipa 0x%" PRIx64, check->view.vm_who[vm],
                        sorted[i].address);
        }
        walk_add_mapping(planned, &sorted[i]);
    }
    free(sorted);
}

static void report_mapping_difference(struct check *check, uint32_t vm,
                                      const struct mapping *mapped, const struct mapping *planned)
{
    char have[32];
    char want[32];
    const char *who = check->view.vm_who[vm];
    if (mapped != NULL && (planned == NULL || mapped->address < planned->address)) {
        report_fail(check->view.report, PROPERTY_MEMORY_EXACT,
                    "%s: stage 2 maps ipa " SPAN_FORMAT " to 0x%" PRIx64 " (%s), the plan does not",
                    who, SPAN_ARGUMENTS(mapped->address, mapped->size), mapped->pa,
                    walk_attributes_text(mapped->attributes, have));
    } else if (planned != NULL && (mapped == NULL || planned->address < mapped->address)) {
        report_fail(check->view.report, PROPERTY_MEMORY_EXACT,
                    "%s: stage 2 does not map ipa " SPAN_FORMAT ", the plan says 0x%" PRIx64
                    " (%s)",
                    who, SPAN_ARGUMENTS(planned->address, planned->size), planned->pa,
                    walk_attributes_text(planned->attributes, want));
    } else if (mapped != NULL && planned != NULL) {
        report_fail(check->view.report, PROPERTY_MEMORY_EXACT,
                    "%s: stage 2 maps ipa " SPAN_FORMAT " to 0x%" PRIx64
                    " (%s), the plan says " SPAN_FORMAT " to 0x%" PRIx64 " (%s)",
                    who, SPAN_ARGUMENTS(mapped->address, mapped->size), mapped->pa,
                    walk_attributes_text(mapped->attributes, have),
                    SPAN_ARGUMENTS(planned->address, planned->size), planned->pa,
                    walk_attributes_text(planned->attributes, want));
    }
}

/* Both lists are as short as can be, so the mappings are the same if and only if the lists are. */
static void compare_with_plan(struct check *check, uint32_t vm)
{
    struct walk planned = {0};
    planned_mappings(check, vm, &planned);
    const struct walk *mapped = &check->view.stage2[vm];
    for (size_t i = 0; i < mapped->mapping_count || i < planned.mapping_count; i++) {
        const struct mapping *have = i < mapped->mapping_count ? &mapped->mappings[i] : NULL;
        const struct mapping *want = i < planned.mapping_count ? &planned.mappings[i] : NULL;
        if (have == NULL || want == NULL || have->address != want->address ||
            have->pa != want->pa || have->size != want->size ||
            have->attributes != want->attributes) {
            report_mapping_difference(check, vm, have, want);
            break; /* what follows is shifted, and says nothing new */
        }
    }
    walk_free(&planned);
}

void check_stage2(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_registers(check, vm);
        check_root_copy(check, vm);
        compare_with_plan(check, vm);
    }
}
