/* SPDX-License-Identifier: Apache-2.0 */
/* The VM's devices in its device tree, what they depend on, their aliases, and chosen. */
#include "guest_dt.h"

#include <libfdt.h>
#include <string.h>

#include "board_read.h"
#include "dependencies.h"
#include "memory.h"
#include "tree.h"

/* With all that it is a part of. */
static void write_whole(struct guest_dt *dt, int node)
{
    for (int above; (above = tree_provider(dt->board, node)) >= 0;) {
        node = above;
    }
    guest_dt_node(dt, node);
}

/* Fixed clocks and the like, once each. */
static void write_dependencies(struct guest_dt *dt)
{
    for (size_t i = 0; i < dt->vm->device_count; i++) {
        struct dependency *needs;
        size_t need_count;

        dependencies_find(&dt->system->board, dt->vm->devices[i], &needs, &need_count);
        for (size_t k = 0; k < need_count; k++) {
            if (needs[k].kind == DEPENDENCY_COPY) {
                write_whole(dt, needs[k].node);
            }
        }
    }
}

/* Each VM counts its UARTs from serial0, in the order of its list, so that console=ttyAMA0 means
 * the first one in every VM. Other aliases stay as they are. */
static void write_aliases(struct guest_dt *dt)
{
    int aliases = fdt_path_offset(dt->board, "/aliases");
    unsigned uart_count = 0;
    int property;

    guest_dt_begin_top(dt, "aliases");
    for (size_t i = 0; i < dt->vm->device_count; i++) {
        if (board_is_uart(&dt->system->board, &dt->system->board.devices[dt->vm->devices[i]])) {
            guest_dt_text(dt, text_format("serial%u", uart_count++), dt->paths[i]);
        }
    }
    if (aliases >= 0) {
        fdt_for_each_property_offset(property, dt->board, aliases)
        {
            const char *name;
            const char *path = fdt_getprop_by_offset(dt->board, property, &name, NULL);
            int node = path == NULL ? -1 : fdt_path_offset(dt->board, path);

            for (size_t i = 0; node >= 0 && i < dt->vm->device_count; i++) {
                if (dt->system->board.devices[dt->vm->devices[i]].node == node &&
                    strncmp(name, "serial", 6) != 0) {
                    guest_dt_text(dt, name, dt->paths[i]);
                }
            }
        }
    }
    guest_dt_end(dt);
}

static void write_chosen(struct guest_dt *dt)
{
    guest_dt_begin_top(dt, "chosen");
    if (dt->vm->cmdline != NULL) {
        guest_dt_text(dt, "bootargs", dt->vm->cmdline);
    }
    if (dt->layout->initrd_end > dt->layout->initrd_start) {
        guest_dt_number(dt, "linux,initrd-start", dt->layout->initrd_start);
        guest_dt_number(dt, "linux,initrd-end", dt->layout->initrd_end);
    }
    for (size_t i = 0; i < dt->vm->device_count; i++) {
        if (board_is_uart(&dt->system->board, &dt->system->board.devices[dt->vm->devices[i]])) {
            guest_dt_text(dt, "stdout-path", dt->paths[i]);
            break;
        }
    }
    guest_dt_end(dt);
}

void guest_dt_devices(struct guest_dt *dt)
{
    dt->paths = memory_new(dt->vm->device_count, sizeof(*dt->paths));
    dt->written = NULL;
    dt->written_count = 0;
    for (size_t i = 0; i < dt->vm->device_count; i++) {
        write_whole(dt, dt->system->board.devices[dt->vm->devices[i]].node);
    }
    write_dependencies(dt);
    write_aliases(dt);
    write_chosen(dt);
}
