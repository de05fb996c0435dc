/* SPDX-License-Identifier: Apache-2.0 */
/*
 * That no device raises an interrupt that is a doorbell, by the VMs' device trees: what a VM's tree says of a device is
 * what the VM takes for its interrupt. The tree is as hostile as all of the image; libfdt checks it whole first.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "check_context.h"

#define FDT_MAX_SIZE  0x200000U /* the most that Linux accepts (Documentation/arch/arm64/booting.rst) */
#define DEPTH_MAX     64
#define SPI_SPECIFIER 3 /* type, number, flags; type 0 is an SPI (Linux binding arm,gic-v3) */

/* The channel whose doorbell the interrupt is, or PLAN_NONE. */
static uint32_t channel_of(const struct plan_view *plan, uint32_t intid)
{
    for (uint32_t channel = 0; channel < plan->channel_count; channel++) {
        for (uint32_t i = 0; i < plan->channels[channel].members.count; i++) {
            if (plan_view_members(plan, channel)[i].intid == intid) {
                return channel;
            }
        }
    }
    return PLAN_NONE;
}

static uint32_t cell(const void *tree, int node, const char *name)
{
    int length;
    const fdt32_t *cells = fdt_getprop(tree, node, name, &length);
    return cells != NULL && length >= 4 ? fdt32_to_cpu(cells[0]) : 0;
}

static void check_node(struct check *check, uint32_t vm, const void *tree, int node, uint32_t step)
{
    int length = 0;
    const fdt32_t *cells = fdt_getprop(tree, node, "interrupts", &length);
    const char *label = fdt_getprop(tree, node, "label", NULL);
    bool is_channel = fdt_node_check_compatible(tree, node, "nagaya,channel") == 0;
    for (uint32_t i = 0; cells != NULL && (i + step) * 4 <= (uint32_t)length; i += step) {
        if (fdt32_to_cpu(cells[i]) != 0 || fdt32_to_cpu(cells[i + 1]) >= PLAN_MAX_INTIDS - PLAN_FIRST_SPI) {
            continue;
        }
        uint32_t intid = fdt32_to_cpu(cells[i + 1]) + PLAN_FIRST_SPI;
        uint32_t channel = channel_of(&check->plan, intid);
        if (channel == PLAN_NONE ||
            (is_channel && label != NULL && strcmp(label, check->plan.channels[channel].name) == 0)) {
            continue;
        }
        report_fail(check->report, PROPERTY_DOORBELLS_INTERRUPTS, "interrupt %u rings in %s, but %.64s of %s has it",
                    intid, check->plan.channels[channel].name, fdt_get_name(tree, node, NULL), check->vm_who[vm]);
    }
}

static void check_tree(struct check *check, uint32_t vm, const void *tree)
{
    int gic = fdt_node_offset_by_compatible(tree, -1, "arm,gic-v3");
    uint32_t phandle = gic >= 0 ? fdt_get_phandle(tree, gic) : 0;
    uint32_t step = gic >= 0 ? cell(tree, gic, "#interrupt-cells") : 0;
    if (step < SPI_SPECIFIER || step > 16) {
        return; /* then nothing can be an SPI's */
    }
    /* A node's interrupts go where it, or the nearest node above it, says. */
    uint32_t parents[DEPTH_MAX] = {0};
    int depth = -1;
    for (int node = fdt_next_node(tree, -1, &depth); node >= 0; node = fdt_next_node(tree, node, &depth)) {
        if (depth < 0 || depth >= DEPTH_MAX) {
            return;
        }
        uint32_t own = cell(tree, node, "interrupt-parent");
        parents[depth] = own == 0 && depth > 0 ? parents[depth - 1] : own;
        if (parents[depth] == phandle) {
            check_node(check, vm, tree, node, step);
        }
    }
}

/* Where the VM's own memory has it; a VM whose tree is elsewhere is refused for that (check_start.c). */
static const struct plan_memory *memory_at(const struct check *check, uint32_t vm, uint64_t ipa)
{
    const struct plan_memory *memory = plan_view_memory(&check->plan, vm);
    for (uint32_t i = 0; i < check->plan.vms[vm].memory.count; i++) {
        if (range_contains(memory[i].ipa, memory[i].size, ipa, FDT_V1_SIZE)) {
            return &memory[i];
        }
    }
    return NULL;
}

void check_trees(struct check *check)
{
    for (uint32_t vm = 0; check->plan.channel_count != 0 && vm < check->plan.vm_count; vm++) {
        uint64_t ipa = check->plan.vms[vm].dtb_ipa;
        const struct plan_memory *memory = memory_at(check, vm, ipa);
        struct fdt_header header;
        if (memory == NULL) {
            continue;
        }
        uint64_t pa = memory->pa + (ipa - memory->ipa);
        image_file_copy(check->image, pa, &header, sizeof(header));
        uint32_t size = fdt_totalsize(&header);
        if (fdt_magic(&header) != FDT_MAGIC || size < sizeof(header) || size > FDT_MAX_SIZE) {
            continue;
        }
        void *tree = memory_or_exit(NULL, 1, size);
        image_file_copy(check->image, pa, tree, size);
        if (fdt_check_full(tree, size) == 0) {
            check_tree(check, vm, tree);
        }
        free(tree);
    }
}
