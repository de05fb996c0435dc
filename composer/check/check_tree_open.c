/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the VMs' device trees and sees that they are whole and of one form (check_tree.h). */
#include "check_tree.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* the most that Linux accepts (Documentation/arch/arm64/booting.rst) */
#define TREE_SIZE_MAX 0x200000U

/* Writes what @tree says anew. Returns whether that could be done. */
static bool rewrite(const void *tree, void *copy, int room)
{
    bool good = fdt_create(copy, room) == 0 && fdt_finish_reservemap(copy) == 0;
    uint32_t tag = FDT_NOP;
    int next = 0;
    for (int at = 0; good && tag != FDT_END; at = next) {
        const char *name;
        int length;
        tag = fdt_next_tag(tree, at, &next);
        if (tag == FDT_BEGIN_NODE) {
            name = fdt_get_name(tree, at, NULL);
            good = name != NULL && fdt_begin_node(copy, name) == 0;
        } else if (tag == FDT_PROP) {
            const void *value = fdt_getprop_by_offset(tree, at, &name, &length);
            good = value != NULL && fdt_property(copy, name, value, length) == 0;
        } else if (tag == FDT_END_NODE) {
            good = fdt_end_node(copy) == 0;
        } else {
            good = tag == FDT_END;
        }
    }
    return good && fdt_finish(copy) == 0;
}

/* Reservations, gaps, padding, strings that nothing uses: whatever isn't said by a node is not
 * there. */
static void check_form(struct check *check, uint32_t vm, const void *tree, uint32_t size)
{
    uint8_t *copy = memory_or_exit(NULL, 1, 2 * (size_t)size + 4096);
    bool same = rewrite(tree, copy, (int)(2 * size + 4096)) && fdt_totalsize(copy) == size;
    uint32_t at = 0;
    while (same && at < size && copy[at] == ((const uint8_t *)tree)[at]) {
        at++;
    }
    if (!same || at < size) {
        report_fail(check->view.report, PROPERTY_TREES_FORM,
                    "%s: its device tree says something outside of its nodes, near offset 0x%x",
                    check->view.vm_who[vm], at);
    }
    free(copy);
}

/* The range of the VM's RAM that has its tree. */
static const struct plan_memory *memory_at(const struct check *check, uint32_t vm, uint64_t ipa)
{
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, vm);
    for (uint32_t i = 0; i < check->view.plan.vms[vm].memory.count; i++) {
        if (image_view_is_ram(&check->view, vm, &memory[i]) &&
            range_contains(memory[i].ipa, memory[i].size, ipa, FDT_V1_SIZE)) {
            return &memory[i];
        }
    }
    return NULL;
}

static void *open_tree(struct check *check, uint32_t vm)
{
    uint64_t ipa = check->view.plan.vms[vm].dtb_ipa;
    const char *who = check->view.vm_who[vm];
    const struct plan_memory *memory = memory_at(check, vm, ipa);
    struct fdt_header header;
    if (memory == NULL) {
        report_fail(check->view.report, PROPERTY_START_DEVICE_TREE, "%s: no RAM at ipa 0x%" PRIx64,
                    who, ipa);
        return NULL;
    }
    uint64_t pa = memory->pa + (ipa - memory->ipa);
    image_file_copy(check->view.image, pa, &header, sizeof(header));
    uint32_t size = fdt_totalsize(&header);
    if (fdt_magic(&header) != FDT_MAGIC) {
        report_fail(check->view.report, PROPERTY_START_DEVICE_TREE,
                    "%s: 0x%08x at ipa 0x%" PRIx64 " is not the magic of a device tree", who,
                    fdt_magic(&header), ipa);
        return NULL;
    }
    if (size < sizeof(header) || size > memory->ipa + memory->size - ipa) {
        report_fail(check->view.report, PROPERTY_START_DEVICE_TREE,
                    "%s: the device tree at ipa 0x%" PRIx64 " has 0x%x bytes, not all of them RAM",
                    who, ipa, size);
        return NULL;
    }
    void *tree = memory_or_exit(NULL, 1, size <= TREE_SIZE_MAX ? size : 1);
    image_file_copy(check->view.image, pa, tree, size <= TREE_SIZE_MAX ? size : 1);
    if (size > TREE_SIZE_MAX || fdt_check_full(tree, size) != 0) {
        report_fail(check->view.report, PROPERTY_START_DEVICE_TREE,
                    "%s: the device tree at 0x%" PRIx64 " is damaged", who, pa);
        free(tree);
        return NULL;
    }
    check_form(check, vm, tree, size);
    return tree;
}

void check_trees_open(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check->trees[vm] = open_tree(check, vm);
    }
}
