/* SPDX-License-Identifier: Apache-2.0 */
/* Follows phandles from a device to everything it needs. */
#include "dependencies.h"

#include <string.h>

#include "board_read.h"
#include "memory.h"
#include "tree.h"

/* Nodes whose drivers call the firmware (Linux bindings). A VM's calls are answered by the
 * hypervisor. */
static const char *const firmware_compatibles[] = {
    "arm,scmi-smc",    "arm,scmi-smc-param",    "linaro,scmi-optee",
    "linaro,optee-tz", "xlnx,zynqmp-firmware",  "xlnx,versal-firmware",
    "qcom,scm",        "intel,stratix10-svc",   "intel,agilex-svc",
    "fsl,imx-sip",     "amlogic,meson-gxbb-sm",
};

static bool calls_firmware(const struct board *board, int node)
{
    for (size_t i = 0; i < COUNT_OF(firmware_compatibles); i++) {
        if (fdt_node_check_compatible(board->dtb, node, firmware_compatibles[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether @node, or a node in it, sends interrupts to the GIC: those have one owner, and copies
 * several. */
static bool has_interrupts(const struct board *board, int node)
{
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;
    int child;

    (void)tree_interrupts(board->dtb, node, &interrupts, &count);
    for (size_t i = 0; i < count; i++) {
        if (interrupts[i].intid != PLAN_NONE) {
            return true;
        }
    }
    fdt_for_each_subnode(child, board->dtb, node)
    {
        if (board_device_of(board, child) == PLAN_NONE && has_interrupts(board, child)) {
            return true;
        }
    }
    return false;
}

/* Says what @node is to a device that refers to it. */
static struct dependency classify(const struct board *board, int node)
{
    struct dependency one = {.node = node, .device = board_device_of(board, node)};

    if (one.device != PLAN_NONE) {
        one.kind = DEPENDENCY_DEVICE;
        return one;
    }
    one.kind = DEPENDENCY_UNUSABLE;
    if (!tree_is_enabled(board->dtb, node)) {
        one.reason = "disabled";
        return one;
    }
    if (tree_is_reserved(board->dtb, node)) {
        one.reason = "reserved memory";
        return one;
    }
    for (int above; (above = tree_provider(board->dtb, one.node)) >= 0;) {
        one.node = above;
    }
    if (calls_firmware(board, one.node)) {
        one.reason = "a service of the firmware, which no VM can call in this version";
    } else if (has_interrupts(board, one.node)) {
        one.reason =
            "a node without registers but with interrupts, which this version gives to no VM";
    } else {
        one.kind = DEPENDENCY_COPY;
    }
    return one;
}

/* References of @node and of the nodes in it, without those in it that are devices of their own. */
static void collect(const struct board *board, int node, struct tree_reference **references,
                    size_t *count)
{
    int child;

    tree_references(board->dtb, node, references, count);
    fdt_for_each_subnode(child, board->dtb, node)
    {
        uint32_t device = board_device_of(board, child);

        if (tree_is_enabled(board->dtb, child) &&
            (device == PLAN_NONE || board->devices[device].node != child)) {
            collect(board, child, references, count);
        }
    }
}

static bool is_known(const struct dependency *found, size_t found_count,
                     const struct dependency *one)
{
    for (size_t i = 0; i < found_count; i++) {
        if (found[i].node == one->node ||
            (one->kind == DEPENDENCY_DEVICE && found[i].device == one->device)) {
            return true;
        }
    }
    return false;
}

void dependencies_find(const struct board *board, uint32_t device, struct dependency **dependencies,
                       size_t *count)
{
    struct tree_reference *references = NULL;
    size_t reference_count = 0;
    int above = tree_provider(board->dtb, board->devices[device].node);

    *dependencies = NULL;
    *count = 0;
    collect(board, board->devices[device].node, &references, &reference_count);
    if (above >= 0) {
        *ARRAY_ADD(references, reference_count) = (struct tree_reference){above, "parent"};
    }
    size_t direct_count = reference_count;
    for (size_t i = 0; i < reference_count; i++) {
        struct dependency one = classify(board, references[i].node);

        if (one.kind == DEPENDENCY_DEVICE && one.device == device) {
            continue;
        }
        if (is_known(*dependencies, *count, &one)) {
            continue;
        }
        one.property = references[i].property;
        one.direct = i < direct_count;
        *ARRAY_ADD(*dependencies, *count) = one;
        if (one.kind == DEPENDENCY_COPY) {
            collect(board, one.node, &references, &reference_count);
        }
    }
}
