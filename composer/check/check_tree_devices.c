/* SPDX-License-Identifier: Apache-2.0 */
/* That the devices in a VM's device tree have their registers where the VM reaches devices. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check_tree.h"

#define NAME_ROOM 80

static bool reaches_device(const struct check *check, uint32_t vm, uint64_t start, uint64_t size)
{
    for (size_t i = 0; i < check->view.stage2[vm].mapping_count; i++) {
        const struct mapping *mapping = &check->view.stage2[vm].mappings[i];
        if ((mapping->attributes & PLAN_MEMORY_DEVICE) != 0 &&
            range_contains(mapping->address, mapping->size, start, size)) {
            return true;
        }
    }
    return false;
}

/* The root has two cells for addresses, and two for sizes. What has no address for the CPU has
 * no registers there. */
static void check_registers(struct check *check, uint32_t vm, int node)
{
    int length;
    const char *name = fdt_get_name(check->trees[vm], node, NULL);
    const fdt32_t *cells = fdt_getprop(check->trees[vm], node, "reg", &length);
    char address[NAME_ROOM] = "";
    for (int i = 0; cells != NULL && (i + 4) * 4 <= length; i += 4) {
        uint64_t start = tree_cells(cells + i, 2);
        uint64_t size = tree_cells(cells + i + 2, 2);
        if (size != 0 && !reaches_device(check, vm, start, size)) {
            report_fail(check->view.report, PROPERTY_TREES_DEVICES,
                        "%s: %.64s has registers at 0x%" PRIx64 ", where it reaches no device",
                        check->view.vm_who[vm], name, start);
        }
        if (i == 0) {
            snprintf(address, sizeof(address), "@%" PRIx64, start);
        }
    }
    const char *said = strchr(name, '@');
    if (cells != NULL &&
        (length == 0 || length % 16 != 0 || said == NULL || strcmp(said, address) != 0)) {
        report_fail(check->view.report, PROPERTY_TREES_DEVICES,
                    "%s: %.64s does not have its registers where its name says",
                    check->view.vm_who[vm], name);
    }
}

/* What lies in a bus has the addresses of the root. Recursion ends with the tree. */
static void check_below(struct check *check, uint32_t vm, int node)
{
    int child;
    check_registers(check, vm, node);
    if (fdt_getprop(check->trees[vm], node, "ranges", NULL) == NULL) {
        return;
    }
    fdt_for_each_subnode(child, check->trees[vm], node)
    {
        check_below(check, vm, child);
    }
}

void check_tree_devices(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        int node;
        if (check->trees[vm] == NULL) {
            continue;
        }
        fdt_for_each_subnode(node, check->trees[vm], 0)
        {
            if (!check_tree_is_machine(check, vm, node)) {
                check_below(check, vm, node);
            }
        }
    }
}
