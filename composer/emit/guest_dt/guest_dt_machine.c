/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes that every guest's device tree has. */
#include "guest_dt.h"

#include <libfdt.h>
#include <string.h>

#include "gic_window.h"
#include "info.h"
#include "memory.h"
#include "tree.h"

#define PMU_PPI_NUMBER 7U /* PPI 23, that each VM has on its CPUs */

/* What a guest may know of a CPU. Clocks, caches by phandle and idle states are the board's
 * matter. */
static const char *const cpu_properties[] = {
    "compatible",   "capacity-dmips-mhz", "i-cache-size",      "i-cache-line-size",
    "i-cache-sets", "d-cache-size",       "d-cache-line-size", "d-cache-sets",
};

static void write_cpu(struct guest_dt *dt, const struct board_cpu *cpu, uint64_t mpidr,
                      uint32_t cells)
{
    int length;

    guest_dt_begin(dt, text_format("cpu@%llx", (unsigned long long)mpidr));
    guest_dt_text(dt, "device_type", "cpu");
    for (size_t i = 0; i < sizeof(cpu_properties) / sizeof(cpu_properties[0]); i++) {
        const void *value = fdt_getprop(dt->board, cpu->node, cpu_properties[i], &length);

        if (value != NULL) {
            guest_dt_bytes(dt, cpu_properties[i], value, (size_t)length);
        }
    }
    if (cells == 2) {
        guest_dt_number(dt, "reg", mpidr);
    } else {
        guest_dt_cell(dt, "reg", (uint32_t)mpidr);
    }
    guest_dt_text(dt, "enable-method", "psci");
    guest_dt_end(dt);
}

static void write_cpus(struct guest_dt *dt)
{
    uint32_t cells = 1;

    for (size_t i = 0; i < dt->vm->cpu_count; i++) {
        if (vm_vcpu_mpidr(dt->system, dt->vm, i) > UINT32_MAX) {
            cells = 2; /* affinity level 3 is in use */
        }
    }
    guest_dt_begin_top(dt, "cpus");
    guest_dt_cell(dt, "#address-cells", cells);
    guest_dt_cell(dt, "#size-cells", 0);
    for (size_t i = 0; i < dt->vm->cpu_count; i++) {
        write_cpu(dt, &dt->system->board.cpus[dt->vm->cpus[i]],
                  vm_vcpu_mpidr(dt->system, dt->vm, i), cells);
    }
    guest_dt_end(dt);
}

static void write_psci(struct guest_dt *dt)
{
    static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2";

    guest_dt_begin_top(dt, "psci");
    guest_dt_bytes(dt, "compatible", compatible, sizeof(compatible));
    guest_dt_text(dt, "method", "hvc");
    guest_dt_end(dt);
}

/* In the user's order: some programs look at the first node only. */
static void write_memory(struct guest_dt *dt)
{
    for (size_t i = 0; i < dt->layout->ram_count; i++) {
        const struct plan_memory *ram = &dt->layout->ram[i];

        if ((ram->flags & PLAN_MEMORY_ROM) != 0) {
            continue;
        }
        guest_dt_begin_top(dt, text_format("memory@%llx", (unsigned long long)ram->ipa));
        guest_dt_text(dt, "device_type", "memory");
        guest_dt_registers(dt, &(struct range){ram->ipa, ram->size}, 1);
        guest_dt_end(dt);
    }
}

static void write_gic(struct guest_dt *dt)
{
    const struct board *board = &dt->system->board;
    const struct range frames[] = {gic_window_distributor(board),
                                   gic_window_cpus(board, dt->vm->cpu_count)};

    guest_dt_begin_top(dt, text_format("intc@%llx", (unsigned long long)dt->layout->gicd_ipa));
    guest_dt_text(dt, "compatible", board->gic_version == 2 ? "arm,gic-400" : "arm,gic-v3");
    guest_dt_flag(dt, "interrupt-controller");
    guest_dt_cell(dt, "#address-cells", 0);
    guest_dt_cell(dt, "#interrupt-cells",
                  tree_cell(dt->board, tree_gic(dt->board), "#interrupt-cells", 3));
    guest_dt_registers(dt, frames, 2);
    guest_dt_cell(dt, "phandle", guest_dt_phandle(dt, tree_gic(dt->board)));
    guest_dt_end(dt);
}

/* Copies a node that has interrupts of the GIC and no registers. */
static void copy_private_device(struct guest_dt *dt, int node, const char *name)
{
    static const char *const left_out[] = {"phandle", "linux,phandle", "interrupt-parent",
                                           "interrupt-affinity", "status"};
    int property;

    guest_dt_begin_top(dt, name);
    fdt_for_each_property_offset(property, dt->board, node)
    {
        const char *property_name;
        bool copy = fdt_getprop_by_offset(dt->board, property, &property_name, NULL) != NULL;

        for (size_t i = 0; copy && i < sizeof(left_out) / sizeof(left_out[0]); i++) {
            copy = strcmp(property_name, left_out[i]) != 0;
        }
        if (copy) {
            guest_dt_copy_property(dt, node, property);
        }
    }
    guest_dt_end(dt);
}

/* The one whose interrupt is a PPI; with SPIs it would need those of the VM's CPUs only. */
static void write_pmu(struct guest_dt *dt)
{
    for (int node = 0; node >= 0; node = fdt_next_node(dt->board, node, NULL)) {
        const char *name = fdt_get_name(dt->board, node, NULL);
        int length;
        const fdt32_t *cells = fdt_getprop(dt->board, node, "interrupts", &length);

        if (strncmp(name, "pmu", 3) != 0 || cells == NULL || length < 12 ||
            !tree_is_enabled(dt->board, node)) {
            continue;
        }
        if (fdt32_to_cpu(cells[0]) == 1 && fdt32_to_cpu(cells[1]) == PMU_PPI_NUMBER &&
            tree_interrupt_parent(dt->board, node) == tree_gic(dt->board)) {
            copy_private_device(dt, node, "pmu");
            return;
        }
    }
}

static void write_info_page(struct guest_dt *dt)
{
    guest_dt_begin_top(dt,
                       text_format("hypervisor@%llx", (unsigned long long)dt->layout->info_ipa));
    guest_dt_text(dt, "compatible", INFO_COMPATIBLE);
    guest_dt_registers(dt, &(struct range){dt->layout->info_ipa, PLAN_PAGE_SIZE}, 1);
    guest_dt_end(dt);
}

void guest_dt_machine(struct guest_dt *dt)
{
    write_cpus(dt);
    write_psci(dt);
    write_memory(dt);
    write_gic(dt);
    copy_private_device(dt, tree_compatible(dt->board, "arm,armv8-timer"), "timer");
    /* Performance counters count what a whole core does (hypervisor: feature_registers.c). */
    if (!vm_shares_core(dt->system, dt->vm)) {
        write_pmu(dt);
    }
    write_info_page(dt);
}
