/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices are UARTs, and a word to those whose kernel has none. */
#include <libfdt.h>
#include <string.h>

#include "board_read.h"
#include "diagnostics.h"
#include "memory.h"

bool board_is_uart(const struct board *board, const struct board_device *device)
{
    const char *name = fdt_get_name(board->dtb, device->node, NULL);

    for (size_t i = 0; i < board->facts->console_count; i++) {
        if (fdt_node_check_compatible(board->dtb, device->node,
                                      board->facts->consoles[i].compatible) == 0) {
            return true;
        }
    }
    return strncmp(name, "serial@", 7) == 0 || strncmp(name, "uart@", 5) == 0;
}

static bool has_uart(const struct system *system, const struct vm *vm)
{
    for (size_t i = 0; i < vm->device_count; i++) {
        if (board_is_uart(&system->board, &system->board.devices[vm->devices[i]])) {
            return true;
        }
    }
    return false;
}

/* One that nobody has, by its name; or NULL. */
static const char *free_uart(const struct system *system)
{
    for (size_t i = 0; i < system->board.device_count; i++) {
        const struct board_device *device = &system->board.devices[i];
        bool is_console = system->has_console && device->regs[0].start / PLAN_PAGE_SIZE ==
                                                     system->console.pa / PLAN_PAGE_SIZE;

        if (device->owner == PLAN_NONE && device->problem == NULL && !is_console &&
            board_is_uart(&system->board, device)) {
            return device->name;
        }
    }
    return NULL;
}

void uart_notes(const struct system *system)
{
    const char *name = free_uart(system);

    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];

        if (vm->kernel == NULL || has_uart(system, vm)) {
            continue;
        }
        remark(vm->image_location, "vm %s has no UART, so nobody sees what its kernel prints; %s",
               vm->name,
               name != NULL ? text_format("write devices: [%s] if you want to", name)
                            : "each of the board's is another VM's");
    }
}
