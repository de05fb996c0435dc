/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that the user has placed, of VMs whose devices do DMA: a device takes the addresses
 * that its driver gives it for physical ones, and may not reach all of them. */
#include "arithmetic.h"
#include "assignments.h"
#include "diagnostics.h"

static bool is_in(const struct range *ranges, size_t count, struct range range)
{
    for (size_t i = 0; i < count; i++) {
        if (range_contains(ranges[i], range)) {
            return true;
        }
    }
    return false;
}

static void check_range(const struct system *system, const struct vm *vm,
                        const struct vm_memory *memory)
{
    struct range range = range_of(memory->at, memory->size);
    unsigned long long last = memory->at + memory->size - 1;

    if (!is_in(system->board.ram, system->board.ram_count, range)) {
        error(memory->location,
              "at: 0x%llx to 0x%llx is not all RAM of the board, and dma: trusted needs memory "
              "that lies where "
              "the VM sees it; remove at",
              (unsigned long long)memory->at, last);
        return;
    }
    for (size_t i = 0; i < vm->device_count; i++) {
        const struct board_device *device = &system->board.devices[vm->devices[i]];

        if (device->dma && device->window_count > 0 &&
            !is_in(device->windows, device->window_count, range)) {
            error(memory->location,
                  "at: device %s reaches not all of 0x%llx to 0x%llx, by the dma-ranges above it; "
                  "remove at, or the "
                  "device",
                  device->name, (unsigned long long)memory->at, last);
            return;
        }
    }
}

void assignment_check_memory(const struct system *system)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];

        for (size_t j = 0; vm->dma_trusted && j < vm->memory_count; j++) {
            if (vm->memory[j].at != ADDRESS_UNSET) {
                check_range(system, vm, &vm->memory[j]);
            }
        }
    }
}
