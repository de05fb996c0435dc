/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies nodes of the board's device tree into a guest's. What the VM has stands at the root or in
 * the node that it is a part of: the guest needs no buses. All registers have the addresses that
 * the CPU uses.
 */
#include "guest_dt.h"

#include <libfdt.h>
#include <string.h>

#include "board_read.h"
#include "memory.h"
#include "tree.h"

/* Where a node is to stand. */
struct location_in_tree {
    const char *path;             /* of the node above; NULL: the root */
    struct guest_dt_names *names; /* of those beside it, if not at the root */
    /* registers below it have the CPU's addresses, of two cells each; so it is at the root */
    bool translated;
};

static uint32_t number_in_vm(const struct guest_dt *dt, int node)
{
    for (uint32_t i = 0; i < dt->vm->device_count; i++) {
        if (dt->system->board.devices[dt->vm->devices[i]].node == node) {
            return i;
        }
    }
    return PLAN_NONE;
}

static bool is_in(const char *const *list, const char *name)
{
    for (; *list != NULL; list++) {
        if (strcmp(*list, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Properties that are written anew, or that speak of what the guest does not have. */
static bool is_left_out(const char *name, bool translated, bool is_bus, bool mapped)
{
    static const char *const always[] = {
        "interrupt-parent", "iommus",           "msi-parent",       "msi-map",
        "linux,phandle",    "arm,msi-base-spi", "arm,msi-num-spis", NULL,
    };
    static const char *const at_root[] = {"reg", "status", "dma-coherent", NULL};
    static const char *const of_bus[] = {"#address-cells", "#size-cells", "ranges", NULL};
    static const char *const of_mapped[] = {"interrupts", "interrupts-extended", NULL};

    return is_in(always, name) || (translated && is_in(at_root, name)) ||
           (is_bus && is_in(of_bus, name)) || (mapped && is_in(of_mapped, name));
}

static bool any_mapped(const struct tree_interrupt *interrupts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (interrupts[i].mapped) {
            return true;
        }
    }
    return false;
}

/* Interrupts that an interrupt-map leads on in the board's tree go straight to their controllers
 * here. */
static void write_mapped(struct guest_dt *dt, const struct tree_interrupt *interrupts, size_t count)
{
    fdt32_t *cells = NULL;
    size_t cell_count = 0;

    for (size_t i = 0; i < count; i++) {
        int controller = interrupts[i].controller;

        *ARRAY_ADD(cells, cell_count) = cpu_to_fdt32(guest_dt_phandle(dt, controller));
        size_t first = cell_count;
        for (uint32_t k = 0; k < tree_cell(dt->board, controller, "#interrupt-cells", 0); k++) {
            *ARRAY_ADD(cells, cell_count) = cpu_to_fdt32(interrupts[i].cells[k]);
        }
        guest_dt_fit_interrupt(dt, controller, &cells[first]);
    }
    guest_dt_bytes(dt, "interrupts-extended", cells, cell_count * sizeof(*cells));
}

/* On the board, interrupt-parent may stand on a bus that the guest does not have. */
static void write_interrupt_parent(struct guest_dt *dt, int node, bool at_root)
{
    int parent = tree_interrupt_parent(dt->board, node);

    if (fdt_getprop(dt->board, node, "interrupts", NULL) == NULL &&
        fdt_getprop(dt->board, node, "interrupt-parent", NULL) == NULL) {
        return;
    }
    if (parent < 0 || (at_root && parent == tree_gic(dt->board)) ||
        guest_dt_phandle(dt, parent) == 0) {
        return;
    }
    guest_dt_cell(dt, "interrupt-parent", guest_dt_phandle(dt, parent));
}

/* A frame for messages says which SPIs are its own, as far as the board's tree or board.yaml do;
 * who sends there, to which frame, if the VM has that. */
static void write_messages(struct guest_dt *dt, int node)
{
    struct board_messages messages;
    int frame = tree_by_phandle(dt->board, tree_cell(dt->board, node, "msi-parent", 0));

    if (board_is_message_frame(&dt->system->board, node) &&
        board_messages_of(&dt->system->board, node, &messages)) {
        guest_dt_cell(dt, "arm,msi-base-spi", messages.first);
        guest_dt_cell(dt, "arm,msi-num-spis", messages.count);
    }
    if (frame >= 0 && board_is_message_frame(&dt->system->board, frame) &&
        number_in_vm(dt, frame) != PLAN_NONE) {
        guest_dt_cell(dt, "msi-parent", fdt_get_phandle(dt->board, frame));
    }
}

static void write_properties(struct guest_dt *dt, int node, const struct location_in_tree *location,
                             bool is_bus)
{
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;
    int property;

    /* of a device that the VM has, nothing is wrong */
    (void)tree_interrupts(dt->board, node, &interrupts, &count);
    bool mapped = any_mapped(interrupts, count);
    fdt_for_each_property_offset(property, dt->board, node)
    {
        const char *name;

        if (fdt_getprop_by_offset(dt->board, property, &name, NULL) != NULL &&
            !is_left_out(name, location->translated, is_bus, mapped)) {
            guest_dt_copy_property(dt, node, property);
        }
    }
    write_messages(dt, node);
    if (mapped) {
        write_mapped(dt, interrupts, count);
    } else {
        write_interrupt_parent(dt, node, location->path == NULL);
    }
    if (location->translated && tree_inherits(dt->board, node, "dma-coherent")) {
        guest_dt_flag(dt, "dma-coherent");
    }
    if (fdt_get_phandle(dt->board, node) == 0 && guest_dt_phandle(dt, node) != 0) {
        guest_dt_cell(dt, "phandle", guest_dt_phandle(dt, node));
    }
    if (is_bus) {
        guest_dt_cell(dt, "#address-cells", 2);
        guest_dt_cell(dt, "#size-cells", 2);
        guest_dt_flag(dt, "ranges");
    }
}

static void write_node(struct guest_dt *dt, int node, struct location_in_tree location);

/* Devices of their own are there if the VM has them. */
static void write_children(struct guest_dt *dt, int node, struct location_in_tree location)
{
    int child;

    fdt_for_each_subnode(child, dt->board, node)
    {
        uint32_t device = board_device_of(&dt->system->board, child);
        bool is_device = device != PLAN_NONE && dt->system->board.devices[device].node == child;

        if (!tree_is_enabled(dt->board, child) ||
            (is_device && number_in_vm(dt, child) == PLAN_NONE)) {
            continue;
        }
        if (!is_device && location.translated &&
            fdt_getprop(dt->board, child, "reg", NULL) != NULL) {
            continue; /* it has no address for the CPU */
        }
        write_node(dt, child, location);
    }
}

static void write_node(struct guest_dt *dt, int node, struct location_in_tree location)
{
    const char *name = fdt_get_name(dt->board, node, NULL);
    uint32_t number = number_in_vm(dt, node);
    const struct board_device *device =
        number == PLAN_NONE ? NULL : &dt->system->board.devices[dt->vm->devices[number]];
    bool is_bus = fdt_getprop(dt->board, node, "ranges", NULL) != NULL;
    const char *path;

    if (device != NULL && location.translated) {
        name = text_format("%.*s@%llx", (int)strcspn(name, "@"), name,
                           (unsigned long long)device->regs[0].start);
    }
    if (location.path == NULL) {
        path = guest_dt_begin_top(dt, name);
    } else {
        name = guest_dt_name(location.names, name);
        guest_dt_begin(dt, name);
        path = text_format("%s/%s", location.path, name);
    }
    if (number != PLAN_NONE) {
        dt->paths[number] = path;
    }
    write_properties(dt, node, &location, is_bus);
    if (device != NULL && location.translated) {
        guest_dt_registers(dt, device->regs, device->reg_count);
    }
    struct guest_dt_names names = {0};
    write_children(dt, node, (struct location_in_tree){path, &names, is_bus});
    guest_dt_end(dt);
}

void guest_dt_node(struct guest_dt *dt, int node)
{
    for (size_t i = 0; i < dt->written_count; i++) {
        if (dt->written[i] == node) {
            return;
        }
    }
    *ARRAY_ADD(dt->written, dt->written_count) = node;
    write_node(dt, node, (struct location_in_tree){NULL, NULL, true});
}
