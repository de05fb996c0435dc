/* SPDX-License-Identifier: Apache-2.0 */
/* The VM's devices in its device tree, what they depend on, their aliases, and chosen. */
#include "guest_dt.h"

#include <libfdt.h>
#include <string.h>

#include "board.h"
#include "dependencies.h"
#include "memory.h"
#include "tree.h"

/* Properties that are written anew, or that speak of what the guest does not have. */
static const char *const left_out[] = {
    "reg", "status", "interrupt-parent", "dma-coherent", "iommus", "msi-parent", "msi-map", "linux,phandle",
};

static bool is_left_out(const char *name)
{
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(name, left_out[i]) == 0)
            return true;
    return false;
}

/* @everything: the node stands where it stood, below one that is copied. */
static void copy_properties(struct guest_dt *dt, int node, bool everything)
{
    int property;

    fdt_for_each_property_offset(property, dt->board, node)
    {
        const char *name;

        if (fdt_getprop_by_offset(dt->board, property, &name, NULL) != NULL && (everything || !is_left_out(name)))
            guest_dt_copy_property(dt, property);
    }
}

static void copy_children(struct guest_dt *dt, int node)
{
    int child;

    fdt_for_each_subnode(child, dt->board, node)
    {
        uint32_t device = board_device_of(&dt->system->board, child);

        if (device != PLAN_NONE && dt->system->board.devices[device].node == child)
            continue; /* a device of its own, given or not */
        guest_dt_begin(dt, fdt_get_name(dt->board, child, NULL));
        copy_properties(dt, child, true);
        copy_children(dt, child);
        guest_dt_end(dt);
    }
}

/* On the board, interrupt-parent and dma-coherent may stand on a bus that the guest does not have. */
static void write_inherited(struct guest_dt *dt, int node)
{
    int parent = tree_interrupt_parent(dt->board, node);

    if (fdt_getprop(dt->board, node, "interrupts", NULL) != NULL && parent >= 0 && parent != tree_gic(dt->board))
        guest_dt_cell(dt, "interrupt-parent", fdt_get_phandle(dt->board, parent));
    if (tree_inherits(dt->board, node, "dma-coherent"))
        guest_dt_flag(dt, "dma-coherent");
}

static const char *write_device(struct guest_dt *dt, const struct board_device *device)
{
    const char *name = fdt_get_name(dt->board, device->node, NULL);
    const char *path = guest_dt_begin_top(
        dt, text_format("%.*s@%llx", (int)strcspn(name, "@"), name, (unsigned long long)device->regs[0].start));

    copy_properties(dt, device->node, false);
    guest_dt_registers(dt, device->regs, device->reg_count);
    write_inherited(dt, device->node);
    copy_children(dt, device->node);
    guest_dt_end(dt);
    return path;
}

static bool is_in(const int *nodes, size_t count, int node)
{
    for (size_t i = 0; i < count; i++)
        if (nodes[i] == node)
            return true;
    return false;
}

/* Fixed clocks and the like, once each. */
static void write_dependencies(struct guest_dt *dt)
{
    int *written = NULL;
    size_t written_count = 0;

    for (size_t i = 0; i < dt->vm->device_count; i++) {
        struct dependency *needs;
        size_t need_count;

        dependencies_find(&dt->system->board, dt->vm->devices[i], &needs, &need_count);
        for (size_t k = 0; k < need_count; k++) {
            if (needs[k].kind != DEPENDENCY_COPY || is_in(written, written_count, needs[k].node))
                continue;
            *ARRAY_ADD(written, written_count) = needs[k].node;
            guest_dt_begin_top(dt, fdt_get_name(dt->board, needs[k].node, NULL));
            copy_properties(dt, needs[k].node, false);
            copy_children(dt, needs[k].node);
            guest_dt_end(dt);
        }
    }
}

static bool is_uart(const struct guest_dt *dt, const struct board_device *device)
{
    const struct board_facts *facts = dt->system->board.facts;
    const char *name = fdt_get_name(dt->board, device->node, NULL);

    for (size_t i = 0; i < facts->console_count; i++)
        if (fdt_node_check_compatible(dt->board, device->node, facts->consoles[i].compatible) == 0)
            return true;
    return strncmp(name, "serial@", 7) == 0 || strncmp(name, "uart@", 5) == 0;
}

/* Each VM counts its UARTs from serial0, in the order of its list, so that console=ttyAMA0 means the first one
 * in every VM. Other aliases stay as they are. */
static void write_aliases(struct guest_dt *dt, const char *const *paths)
{
    int aliases = fdt_path_offset(dt->board, "/aliases");
    unsigned uart_count = 0;
    int property;

    guest_dt_begin_top(dt, "aliases");
    for (size_t i = 0; i < dt->vm->device_count; i++)
        if (is_uart(dt, &dt->system->board.devices[dt->vm->devices[i]]))
            guest_dt_text(dt, text_format("serial%u", uart_count++), paths[i]);
    if (aliases >= 0)
        fdt_for_each_property_offset(property, dt->board, aliases)
        {
            const char *name;
            const char *path = fdt_getprop_by_offset(dt->board, property, &name, NULL);
            int node = path == NULL ? -1 : fdt_path_offset(dt->board, path);

            for (size_t i = 0; node >= 0 && i < dt->vm->device_count; i++)
                if (dt->system->board.devices[dt->vm->devices[i]].node == node && strncmp(name, "serial", 6) != 0)
                    guest_dt_text(dt, name, paths[i]);
        }
    guest_dt_end(dt);
}

static void write_chosen(struct guest_dt *dt, const char *const *paths)
{
    guest_dt_begin_top(dt, "chosen");
    if (dt->vm->cmdline != NULL)
        guest_dt_text(dt, "bootargs", dt->vm->cmdline);
    if (dt->layout->initrd_end > dt->layout->initrd_start) {
        guest_dt_number(dt, "linux,initrd-start", dt->layout->initrd_start);
        guest_dt_number(dt, "linux,initrd-end", dt->layout->initrd_end);
    }
    for (size_t i = 0; i < dt->vm->device_count; i++)
        if (is_uart(dt, &dt->system->board.devices[dt->vm->devices[i]])) {
            guest_dt_text(dt, "stdout-path", paths[i]);
            break;
        }
    guest_dt_end(dt);
}

void guest_dt_devices(struct guest_dt *dt)
{
    const char **paths = memory_new(dt->vm->device_count, sizeof *paths);

    for (size_t i = 0; i < dt->vm->device_count; i++)
        paths[i] = write_device(dt, &dt->system->board.devices[dt->vm->devices[i]]);
    write_dependencies(dt);
    write_aliases(dt, paths);
    write_chosen(dt, paths);
}
