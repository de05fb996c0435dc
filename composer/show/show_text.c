/* SPDX-License-Identifier: Apache-2.0 */
/* An image as tables for people. */
#include <inttypes.h>
#include <string.h>

#include "duration.h"
#include "plural.h"
#include "show_parts.h"
#include "show_table.h"

#define LIST_SIZE TABLE_CELL_SIZE

/* Appends "0-15" or "27" to a list of numbers. */
static void list_add(char list[LIST_SIZE], uint32_t first, uint32_t last)
{
    size_t used = strlen(list);
    const char *separator = used != 0 ? ", " : "";
    if (first == last) {
        snprintf(list + used, LIST_SIZE - used, "%s%u", separator, first);
    } else {
        snprintf(list + used, LIST_SIZE - used, "%s%u-%u", separator, first, last);
    }
}

static void list_interrupts(const struct plan_vm *vm, uint32_t from, uint32_t to,
                            char list[LIST_SIZE])
{
    list[0] = 0;
    for (uint32_t first = from; first < to; first++) {
        if (plan_vm_owns(vm, first)) {
            uint32_t last = first;
            while (last + 1 < to && plan_vm_owns(vm, last + 1)) {
                last++;
            }
            list_add(list, first, last);
            first = last;
        }
    }
    if (list[0] == 0) {
        snprintf(list, LIST_SIZE, "none");
    }
}

static void print_memory(const struct map *map, FILE *out)
{
    struct table table = {.columns = 6};
    static const char *const heads[] = {"FROM", "TO", "SIZE", "WHAT", "OWNER", "ACCESS"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (size_t i = 0; i < map->count; i++) {
        const struct map_row *row = &map->rows[i];
        size_t last = i;
        /* Devices that nobody has, and that stand together, are one line. */
        while (row->owner == NULL && strcmp(row->what, "free RAM") != 0 && last + 1 < map->count &&
               map->rows[last + 1].owner == NULL &&
               strcmp(map->rows[last + 1].what, "free RAM") != 0) {
            last++;
        }
        uint64_t end = map->rows[last].start + map->rows[last].size;
        char size[32];
        table_cell(&table, "0x%08" PRIx64, row->start);
        table_cell(&table, "0x%08" PRIx64, end - 1);
        table_cell(&table, "%s", table_size_text(end - row->start, size));
        if (last != i) {
            table_cell(&table, "%s and %zu more device%s", row->what, last - i, plural(last - i));
        } else {
            table_cell(&table, "%s", row->what);
        }
        table_cell(&table, "%s", row->owner != NULL ? row->owner : "nobody");
        table_cell(&table, "%s", row->access != NULL ? row->access : "-");
        i = last;
    }
    fputs("\nMemory\n", out);
    table_print(&table, out);
}

static uint64_t vm_ram_size(const struct image_view *view, uint32_t vm)
{
    uint64_t size = 0;
    for (size_t i = 0; i < view->vm_ram[vm].count; i++) {
        size += view->vm_ram[vm].items[i].size;
    }
    return size;
}

static void fault_cell(const struct plan_vm *vm, struct table *table)
{
    char per[DURATION_SIZE];
    if (vm->restart_limit == 0 || vm->fault_action != PLAN_FAULT_RESTART) {
        table_cell(table, "%s", show_fault_action_text(vm->fault_action));
    } else {
        table_cell(table, "restart, %u in %s", vm->restart_limit,
                   duration_text(vm->restart_period_ns, false, per));
    }
}

static void print_vms(const struct image_view *view, FILE *out)
{
    struct table table = {.columns = 8};
    static const char *const heads[] = {"NAME", "LEVEL",  "INTERRUPTS", "ON FAULT",
                                        "CPUS", "MEMORY", "ENTRY",      "DEVICE TREE"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        const struct plan_vm *plan_vm = &view->plan.vms[vm];
        char cpus[LIST_SIZE] = "";
        char size[32];
        for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
            uint32_t cpu = view->plan.vcpus[plan_vm->first_vcpu + i].cpu;
            uint32_t number = view->plan.cores[cpu].number;
            list_add(cpus, number, number);
        }
        table_cell(&table, "%s", plan_vm->name);
        table_cell(&table, "%s", show_level_text(plan_vm->level));
        table_cell(&table, "%s", show_delivery_text(plan_vm->delivery));
        fault_cell(plan_vm, &table);
        table_cell(&table, "%s", cpus);
        table_cell(&table, "%s", table_size_text(vm_ram_size(view, vm), size));
        table_cell(&table, "0x%08" PRIx64, plan_vm->entry_ipa);
        table_cell(&table, "0x%08" PRIx64, plan_vm->dtb_ipa);
    }
    fputs("\nVMs\n", out);
    table_print(&table, out);
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        if (show_tree_is_below(view, vm)) {
            fprintf(out,
                    "%s: its image lies above its device tree, and a stack may grow down over that "
                    "(dtb-at)\n",
                    view->vm_who[vm]);
        }
    }
}

static void print_firmware(const struct image_view *view, FILE *out)
{
    struct table table = {.columns = 3};
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        const struct plan_firmware *firmware = plan_view_firmware(&view->plan, vm);
        for (uint32_t i = 0; i < view->plan.vms[vm].firmware.count; i++) {
            table_cell(&table, "%s", view->plan.vms[vm].name);
            table_cell(&table, "0x%08" PRIx32, firmware[i].first);
            table_cell(&table, "to 0x%08" PRIx32, firmware[i].last);
        }
    }
    if (table.cell_count != 0) {
        fputs("\nPassed on to the firmware, which acts on the whole machine and takes time without "
              "a bound\n",
              out);
    }
    table_print(&table, out);
}

static const char *memory_name(const struct image_view *view, uint32_t vm,
                               const struct plan_memory *memory)
{
    if (memory->region != PLAN_NONE) {
        return view->plan.regions[memory->region].name;
    }
    return show_memory_name(view, vm, memory);
}

/* Only where a VM sees something at another address than the machine has it at. */
static void print_moved_memory(const struct image_view *view, FILE *out)
{
    struct table table = {.columns = 5};
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        const struct plan_vm *plan_vm = &view->plan.vms[vm];
        const struct plan_memory *memory = plan_view_memory(&view->plan, vm);
        for (uint32_t i = 0; i < plan_vm->memory.count; i++) {
            char size[32];
            if (memory[i].ipa == memory[i].pa) {
                continue;
            }
            table_cell(&table, "%s", plan_vm->name);
            table_cell(&table, "0x%08" PRIx64, memory[i].ipa);
            table_cell(&table, "is 0x%08" PRIx64, memory[i].pa);
            table_cell(&table, "%s", table_size_text(memory[i].size, size));
            table_cell(&table, "%s", memory_name(view, vm, &memory[i]));
        }
    }
    if (table.cell_count != 0) {
        fputs("\nSeen by its VM at another address\n", out);
    }
    table_print(&table, out);
}

static void print_cores(const struct image_view *view, FILE *out)
{
    struct table table = {.columns = 5};
    static const char *const heads[] = {"CPU", "MPIDR", "POLICY", "VM", "VCPU"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t cpu = 0; cpu < view->plan.plan->cpu_count; cpu++) {
        const struct plan_core *core = &view->plan.cores[cpu];
        const uint32_t *vcpus = plan_view_core_vcpus(&view->plan, cpu);
        if (core->vcpus.count == 0) {
            table_cell(&table, "%u", view->plan.cores[cpu].number);
            table_cell(&table, "0x%" PRIx64, view->plan.plan->cpus[cpu].mpidr);
            table_cell(&table, "starts the others");
            table_cell(&table, "-");
            table_cell(&table, "-");
        }
        for (uint32_t i = 0; i < core->vcpus.count; i++) {
            const struct plan_vm *vm = &view->plan.vms[view->plan.vcpus[vcpus[i]].vm];
            table_cell(&table, "%u", view->plan.cores[cpu].number);
            table_cell(&table, "0x%" PRIx64, view->plan.plan->cpus[cpu].mpidr);
            table_cell(&table, "%s", core->policy_name);
            table_cell(&table, "%s", vm->name);
            table_cell(&table, "%u", vcpus[i] - vm->first_vcpu);
        }
    }
    fputs("\nCores\n", out);
    table_print(&table, out);
    fprintf(out, "After an exception inside the hypervisor: %s\n",
            view->plan.plan->engine_fault == PLAN_ENGINE_FAULT_RESET
                ? "the machine is reset (on-engine-fault: reset)"
                : "its core stops, the VMs there are lost (on-engine-fault: stop-core)");
}

static void print_interrupts(const struct image_view *view, FILE *out)
{
    struct table table = {.columns = 4};
    static const char *const heads[] = {"VM", "INTERRUPT", "GOES TO", "TRIGGER"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        const struct plan_vm *plan_vm = &view->plan.vms[vm];
        char list[LIST_SIZE];
        list_interrupts(plan_vm, 0, PLAN_FIRST_SPI, list);
        table_cell(&table, "%s", plan_vm->name);
        table_cell(&table, "%s", list);
        table_cell(&table, "each of its CPUs");
        table_cell(&table, "-");
        for (uint32_t intid = PLAN_FIRST_SPI; intid < view->plan.plan->gic.intid_count; intid++) {
            if (plan_vm_owns(plan_vm, intid)) {
                table_cell(&table, "%s", plan_vm->name);
                table_cell(&table, "%u", intid);
                table_cell(&table, "%s", view->cpu_who[view->plan.plan->gic.spi_cpu[intid]]);
                table_cell(&table, "%s", show_is_edge(view, intid) ? "edge" : "level");
            }
        }
    }
    fputs("\nInterrupts\n", out);
    table_print(&table, out);
}

static void print_devices(const struct image_view *view, FILE *out)
{
    struct table table = {.columns = 5};
    static const char *const heads[] = {"VM", "DEVICE", "AT", "SIZE", "DMA"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        for (uint32_t i = 0; i < view->plan.region_count; i++) {
            const struct plan_region *region = &view->plan.regions[i];
            if (region->owner != vm || region->kind != PLAN_REGION_DEVICE) {
                continue;
            }
            char size[32];
            table_cell(&table, "%s", view->plan.vms[vm].name);
            table_cell(&table, "%s", region->name);
            table_cell(&table, "0x%08" PRIx64, region->pa);
            table_cell(&table, "%s", table_size_text(region->size, size));
            table_cell(&table, "%s", (region->flags & PLAN_REGION_DMA) != 0 ? "trusted" : "no");
        }
    }
    fputs("\nDevices\n", out);
    table_print(&table, out);
}

static void print_size(struct table *table, const char *what, uint64_t bytes)
{
    char size[32];
    table_cell(table, "%s", what);
    table_cell(table, "%s", table_size_text(bytes, size));
}

static void print_sizes(const struct image_view *view, FILE *out)
{
    const struct plan_hypervisor *hypervisor = &view->plan.plan->hypervisor;
    struct table table = {.columns = 2};
    print_size(&table, "text", hypervisor->text_size);
    print_size(&table, "read-only data", hypervisor->rodata_size);
    print_size(&table, "plan", view->plan.plan->total_size);
    print_size(&table, "shared data", hypervisor->shared_size);
    print_size(&table, "data of each CPU", hypervisor->percpu_size);
    print_size(&table, "EL2 tables", show_part_bytes(view, "EL2 table"));
    print_size(&table, "stage-2 tables", show_part_bytes(view, "stage-2 table"));
    print_size(&table, "copies of the VMs' images", show_part_bytes(view, "pristine copy"));
    print_size(&table, "image file", view->image->size);
    fputs("\nSizes\n", out);
    table_print(&table, out);
}

void show_text(const struct image_view *view, const struct map *map, const char *path, bool holds,
               FILE *out)
{
    fprintf(out, "%s: board %s, %u CPU%s, %u VM%s, starts at 0x%" PRIx64 "\n", path,
            view->plan.plan->board, view->plan.plan->cpu_count, plural(view->plan.plan->cpu_count),
            view->plan.vm_count, plural(view->plan.vm_count), view->image->entry);
    if (!holds) {
        fprintf(out, "It fails its check: see nagaya check.\n");
    }
    print_vms(view, out);
    print_moved_memory(view, out);
    print_firmware(view, out);
    show_channels(view, out);
    print_cores(view, out);
    show_shared_cores(view, out);
    print_devices(view, out);
    print_interrupts(view, out);
    print_memory(map, out);
    print_sizes(view, out);
}
