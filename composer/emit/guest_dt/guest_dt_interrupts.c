/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of nodes that are copied. Of a private one a GICv2's specifier says which CPUs have
 * it, in bits 15:8 of its third cell (Linux binding arm,gic): here those of the VM, which knows its
 * own as 0 and on.
 */
#include <string.h>

#include "guest_dt.h"
#include "memory.h"
#include "tree.h"

#define TYPE_PPI   1U
#define CPUS_SHIFT 8
#define CPUS_MASK  0xff00U

void guest_dt_fit_interrupt(const struct guest_dt *dt, int controller, fdt32_t *specifier)
{
    uint32_t cpus = (1U << dt->vm->cpu_count) - 1;

    if (controller == tree_gic(dt->board) && dt->system->board.gic_version == 2 &&
        fdt32_to_cpu(specifier[0]) == TYPE_PPI) {
        specifier[2] = cpu_to_fdt32((fdt32_to_cpu(specifier[2]) & ~CPUS_MASK) | cpus << CPUS_SHIFT);
    }
}

void guest_dt_interrupts(struct guest_dt *dt, int node, const char *name)
{
    int length;
    const void *value = fdt_getprop(dt->board, node, name, &length);
    bool extended = strcmp(name, "interrupts-extended") == 0;
    int controller = extended ? -1 : tree_interrupt_parent(dt->board, node);
    int count = length / (int)sizeof(fdt32_t);
    fdt32_t *cells = memory_new((size_t)length, 1);

    memcpy(cells, value, (size_t)length);
    for (int at = 0; at < count;) {
        if (extended) {
            controller = tree_by_phandle(dt->board, fdt32_to_cpu(cells[at++]));
        }
        int step = controller < 0
                       ? 0
                       : (int)(tree_cell(dt->board, controller, "#interrupt-cells", 0) % 16);
        if (step == 0 || at + step > count) {
            break; /* what is wrong was reported with the device */
        }
        guest_dt_fit_interrupt(dt, controller, &cells[at]);
        at += step;
    }
    guest_dt_bytes(dt, name, cells, (size_t)length);
}
