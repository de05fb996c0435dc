/* SPDX-License-Identifier: Apache-2.0 */
/* Lists the board's devices: every enabled node whose registers the CPU can address. */
#include "board_read.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "tree.h"

/* Generic names (Devicetree Specification, 2.2.2) of devices that as a rule read and write
 * memory by themselves. */
static const char *const dma_names[] = {
    "can",
    "crypto",
    "display",
    "dma",
    "dma-controller",
    "ethernet",
    "ethernet-switch",
    "fw-cfg",
    "gpu",
    "hdmi",
    "iommu",
    "isp",
    "mmc",
    "npu",
    "pci",
    "pcie",
    "sata",
    "scsi",
    "sdhci",
    "ufs",
    "usb",
    "video-codec",
    "virtio",
    "virtio_mmio",
    "vpu",
};

/* Properties that only such devices have. */
static const char *const dma_properties[] = {
    "dma-coherent", "dma-noncoherent", "dma-ranges", "dmas", "iommus", "#dma-cells", "#iommu-cells",
};

/* Compatibles of such devices, on every board. */
static const char *const dma_compatibles[] = {
    "virtio,mmio", "pci-host-ecam-generic", "pci-host-cam-generic", "qemu,fw-cfg-mmio", "arm,pl330",
    "arm,pl080",   "arm,smmu-v3",           "arm,mmu-500",
};

static bool name_is(const char *node_name, const char *generic)
{
    size_t length = strlen(generic);

    return strncmp(node_name, generic, length) == 0 &&
           (node_name[length] == '@' || node_name[length] == '\0');
}

/* A device tree does not say which devices are bus masters, so whatever hints at it counts. */
static bool can_do_dma(const struct board *board, int node)
{
    const char *type = fdt_getprop(board->dtb, node, "device_type", NULL);
    const char *name = fdt_get_name(board->dtb, node, NULL);

    if (type != NULL && (strcmp(type, "pci") == 0 || strcmp(type, "network") == 0)) {
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(dma_properties); i++) {
        if (fdt_getprop(board->dtb, node, dma_properties[i], NULL) != NULL) {
            return true;
        }
    }
    for (size_t i = 0; i < COUNT_OF(dma_names); i++) {
        if (name_is(name, dma_names[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < COUNT_OF(dma_compatibles); i++) {
        if (fdt_node_check_compatible(board->dtb, node, dma_compatibles[i]) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < board->facts->dma_count; i++) {
        if (fdt_node_check_compatible(board->dtb, node, board->facts->dma[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_gic_part(const struct board *board, int node)
{
    int gic = tree_gic(board->dtb);

    if (board_is_message_frame(board, node)) {
        return false; /* it only makes SPIs pending, and those have an owner */
    }
    for (; node >= 0; node = tree_parent(board->dtb, node)) {
        if (node == gic) {
            return true;
        }
    }
    return false;
}

/* The first name in alphabetical order that a property of @folder ("aliases", "__symbols__")
 * gives to @path. */
static const char *name_in(const void *dtb, const char *folder, const char *path)
{
    int node = tree_top(dtb, folder);
    const char *best = NULL;
    int property;

    if (node < 0) {
        return NULL;
    }
    fdt_for_each_property_offset(property, dtb, node)
    {
        const char *name;
        const char *value = fdt_getprop_by_offset(dtb, property, &name, NULL);

        if (value != NULL && strcmp(value, path) == 0 && (best == NULL || strcmp(name, best) < 0)) {
            best = name;
        }
    }
    return best;
}

static const char *device_name(const struct board *board, int node, const char *path)
{
    const char *name = name_in(board->dtb, "aliases", path);

    for (size_t i = 0; name == NULL && i < board->facts->alias_count; i++) {
        if (strcmp(board->facts->aliases[i].path, path) == 0) {
            name = board->facts->aliases[i].name;
        }
    }
    if (name == NULL) {
        name = name_in(board->dtb, "__symbols__", path);
    }
    return name != NULL ? name : fdt_get_name(board->dtb, node, NULL);
}

static bool is_memory(const void *dtb, int node)
{
    const char *type = fdt_getprop(dtb, node, "device_type", NULL);

    return (type != NULL && strcmp(type, "memory") == 0) || tree_is_reserved(dtb, node);
}

/* The interrupts of @node and of what is in it, as far as that is enabled and no device of its
 * own: what a guest's tree does not show, its VM does not get. Returns what is wrong with the
 * first that is wrong, or NULL. */
static const char *collect_interrupts(const void *dtb, int node, struct tree_interrupt **interrupts,
                                      size_t *count)
{
    const char *problem = tree_interrupts(dtb, node, interrupts, count);
    int child;

    if (problem != NULL) {
        problem = text_format("%s %s", tree_path(dtb, node), problem);
    }
    fdt_for_each_subnode(child, dtb, node)
    {
        struct range *registers;
        size_t register_count;

        if (!tree_is_enabled(dtb, child)) {
            continue;
        }
        tree_registers(dtb, child, &registers, &register_count);
        const char *childs =
            register_count == 0 ? collect_interrupts(dtb, child, interrupts, count) : NULL;
        if (problem == NULL) {
            problem = childs;
        }
    }
    return problem;
}

/* What a frame for messages raises is its device's: edges (Linux: gicv2m_irq_gic_domain_alloc). */
static void add_messages(const struct board *board, struct board_device *device,
                         struct tree_interrupt **interrupts, size_t *count)
{
    struct board_messages messages;

    if (!board_messages_of(board, device->node, &messages)) {
        device->problem =
            text_format("neither the device tree (arm,msi-base-spi, arm,msi-num-spis) nor %s (gic: "
                        "messages) says which SPIs it raises",
                        board->facts->file);
        return;
    }
    for (uint32_t i = 0; i < messages.count; i++) {
        *ARRAY_ADD(*interrupts, *count) =
            (struct tree_interrupt){.intid = messages.first + i, .edge = true};
    }
}

static void set_interrupts(const struct board *board, struct board_device *device)
{
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;

    device->problem = collect_interrupts(board->dtb, device->node, &interrupts, &count);
    if (board_is_message_frame(board, device->node)) {
        add_messages(board, device, &interrupts, &count);
    }
    device->intids = memory_new(count, sizeof(*device->intids));
    device->edge = memory_new(count, sizeof(*device->edge));
    for (size_t i = 0; i < count; i++) {
        if (interrupts[i].intid == PLAN_NONE) {
            continue; /* of another controller: that one is needed, tree_references names it */
        }
        device->intids[device->intid_count] = interrupts[i].intid;
        device->edge[device->intid_count++] = interrupts[i].edge;
    }
}

static int device_compare(const void *left, const void *right)
{
    const struct board_device *a = left;
    const struct board_device *b = right;

    if (a->regs[0].start != b->regs[0].start) {
        return a->regs[0].start < b->regs[0].start ? -1 : 1;
    }
    return strcmp(a->path, b->path);
}

void board_devices_read(struct board *board)
{
    for (int node = 0; node >= 0; node = fdt_next_node(board->dtb, node, NULL)) {
        struct board_device device = {.node = node, .owner = PLAN_NONE};

        if (is_memory(board->dtb, node) || tree_is_bus(board->dtb, node) ||
            !tree_is_enabled(board->dtb, node)) {
            continue;
        }
        tree_registers(board->dtb, node, &device.regs, &device.reg_count);
        if (device.reg_count == 0) {
            continue;
        }
        device.path = tree_path(board->dtb, node);
        device.name = device_name(board, node, device.path);
        device.dma = can_do_dma(board, node);
        device.dma_problem =
            tree_dma_windows(board->dtb, node, &device.windows, &device.window_count);
        device.interrupt_controller = is_gic_part(board, node);
        set_interrupts(board, &device);
        *ARRAY_ADD(board->devices, board->device_count) = device;
    }
    if (board->device_count > 0) {
        qsort(board->devices, board->device_count, sizeof(*board->devices), device_compare);
    }
}

uint32_t board_device_of(const struct board *board, int node)
{
    for (; node >= 0; node = tree_parent(board->dtb, node)) {
        for (uint32_t i = 0; i < board->device_count; i++) {
            if (board->devices[i].node == node) {
                return i;
            }
        }
    }
    return PLAN_NONE;
}
