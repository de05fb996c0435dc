/* SPDX-License-Identifier: Apache-2.0 */
/* An image as tables for people. */
#include <inttypes.h>
#include <string.h>

#include "duration.h"
#include "plural.h"
#include "show_context.h"
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

static void list_interrupts(const struct plan_vm *vm, uint32_t from, uint32_t to, char list[LIST_SIZE])
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
               map->rows[last + 1].owner == NULL && strcmp(map->rows[last + 1].what, "free RAM") != 0) {
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

static uint64_t vm_ram_size(const struct check *check, uint32_t vm)
{
    uint64_t size = 0;
    for (size_t i = 0; i < check->vm_ram[vm].count; i++) {
        size += check->vm_ram[vm].items[i].size;
    }
    return size;
}

static void fault_cell(const struct plan_vm *vm, struct table *table)
{
    char per[DURATION_SIZE];
    if (vm->restart_limit == 0 || vm->fault_action != PLAN_FAULT_RESTART) {
        table_cell(table, "%s", show_fault_action_text(vm->fault_action));
    } else {
        table_cell(table, "restart, %u in %s", vm->restart_limit, duration_text(vm->restart_period_ns, false, per));
    }
}

static void print_vms(const struct check *check, FILE *out)
{
    struct table table = {.columns = 8};
    static const char *const heads[] = {"NAME", "LEVEL",  "INTERRUPTS", "ON FAULT",
                                        "CPUS", "MEMORY", "ENTRY",      "DEVICE TREE"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        const struct plan_vm *plan_vm = &check->plan.vms[vm];
        char cpus[LIST_SIZE] = "";
        char size[32];
        for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
            uint32_t cpu = check->plan.vcpus[plan_vm->first_vcpu + i].cpu;
            uint32_t number = check->plan.cores[cpu].number;
            list_add(cpus, number, number);
        }
        table_cell(&table, "%s", plan_vm->name);
        table_cell(&table, "%s", show_level_text(plan_vm->level));
        table_cell(&table, "%s", show_delivery_text(plan_vm->delivery));
        fault_cell(plan_vm, &table);
        table_cell(&table, "%s", cpus);
        table_cell(&table, "%s", table_size_text(vm_ram_size(check, vm), size));
        table_cell(&table, "0x%08" PRIx64, plan_vm->entry_ipa);
        table_cell(&table, "0x%08" PRIx64, plan_vm->dtb_ipa);
    }
    fputs("\nVMs\n", out);
    table_print(&table, out);
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        if (show_tree_is_below(check, vm)) {
            fprintf(out, "%s: its image lies above its device tree, and a stack may grow down over that (dtb-at)\n",
                    check->vm_who[vm]);
        }
    }
}

static void print_firmware(const struct check *check, FILE *out)
{
    struct table table = {.columns = 3};
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        const struct plan_firmware *firmware = plan_view_firmware(&check->plan, vm);
        for (uint32_t i = 0; i < check->plan.vms[vm].firmware.count; i++) {
            table_cell(&table, "%s", check->plan.vms[vm].name);
            table_cell(&table, "0x%08" PRIx32, firmware[i].first);
            table_cell(&table, "to 0x%08" PRIx32, firmware[i].last);
        }
    }
    if (table.cell_count != 0) {
        fputs("\nPassed on to the firmware, which acts on the whole machine and takes time without a bound\n", out);
    }
    table_print(&table, out);
}

static const char *memory_name(const struct check *check, uint32_t vm, const struct plan_memory *memory)
{
    if (memory->region != PLAN_NONE) {
        return check->plan.regions[memory->region].name;
    }
    return show_memory_name(check, vm, memory);
}

/* Only where a VM sees something at another address than the machine has it at. */
static void print_moved_memory(const struct check *check, FILE *out)
{
    struct table table = {.columns = 5};
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        const struct plan_vm *plan_vm = &check->plan.vms[vm];
        const struct plan_memory *memory = plan_view_memory(&check->plan, vm);
        for (uint32_t i = 0; i < plan_vm->memory.count; i++) {
            char size[32];
            if (memory[i].ipa == memory[i].pa) {
                continue;
            }
            table_cell(&table, "%s", plan_vm->name);
            table_cell(&table, "0x%08" PRIx64, memory[i].ipa);
            table_cell(&table, "is 0x%08" PRIx64, memory[i].pa);
            table_cell(&table, "%s", table_size_text(memory[i].size, size));
            table_cell(&table, "%s", memory_name(check, vm, &memory[i]));
        }
    }
    if (table.cell_count != 0) {
        fputs("\nSeen by its VM at another address\n", out);
    }
    table_print(&table, out);
}

static void print_cores(const struct check *check, FILE *out)
{
    struct table table = {.columns = 5};
    static const char *const heads[] = {"CPU", "MPIDR", "POLICY", "VM", "VCPU"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t cpu = 0; cpu < check->plan.plan->cpu_count; cpu++) {
        const struct plan_core *core = &check->plan.cores[cpu];
        const uint32_t *vcpus = plan_view_core_vcpus(&check->plan, cpu);
        if (core->vcpus.count == 0) {
            table_cell(&table, "%u", check->plan.cores[cpu].number);
            table_cell(&table, "0x%" PRIx64, check->plan.plan->cpus[cpu].mpidr);
            table_cell(&table, "starts the others");
            table_cell(&table, "-");
            table_cell(&table, "-");
        }
        for (uint32_t i = 0; i < core->vcpus.count; i++) {
            const struct plan_vm *vm = &check->plan.vms[check->plan.vcpus[vcpus[i]].vm];
            table_cell(&table, "%u", check->plan.cores[cpu].number);
            table_cell(&table, "0x%" PRIx64, check->plan.plan->cpus[cpu].mpidr);
            table_cell(&table, "%s", core->policy_name);
            table_cell(&table, "%s", vm->name);
            table_cell(&table, "%u", vcpus[i] - vm->first_vcpu);
        }
    }
    fputs("\nCores\n", out);
    table_print(&table, out);
    fprintf(out, "After an exception inside the hypervisor: %s\n",
            check->plan.plan->engine_fault == PLAN_ENGINE_FAULT_RESET
                ? "the machine is reset (on-engine-fault: reset)"
                : "its core stops, the VMs there are lost (on-engine-fault: stop-core)");
}

static void print_interrupts(const struct check *check, FILE *out)
{
    struct table table = {.columns = 4};
    static const char *const heads[] = {"VM", "INTERRUPT", "GOES TO", "TRIGGER"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        const struct plan_vm *plan_vm = &check->plan.vms[vm];
        char list[LIST_SIZE];
        list_interrupts(plan_vm, 0, PLAN_FIRST_SPI, list);
        table_cell(&table, "%s", plan_vm->name);
        table_cell(&table, "%s", list);
        table_cell(&table, "each of its CPUs");
        table_cell(&table, "-");
        for (uint32_t intid = PLAN_FIRST_SPI; intid < check->plan.plan->gic.intid_count; intid++) {
            if (plan_vm_owns(plan_vm, intid)) {
                table_cell(&table, "%s", plan_vm->name);
                table_cell(&table, "%u", intid);
                table_cell(&table, "%s", check->cpu_who[check->plan.plan->gic.spi_cpu[intid]]);
                table_cell(&table, "%s", show_is_edge(check, intid) ? "edge" : "level");
            }
        }
    }
    fputs("\nInterrupts\n", out);
    table_print(&table, out);
}

static void print_devices(const struct check *check, FILE *out)
{
    struct table table = {.columns = 5};
    static const char *const heads[] = {"VM", "DEVICE", "AT", "SIZE", "DMA"};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        for (uint32_t i = 0; i < check->plan.region_count; i++) {
            const struct plan_region *region = &check->plan.regions[i];
            if (region->owner != vm || region->kind != PLAN_REGION_DEVICE) {
                continue;
            }
            char size[32];
            table_cell(&table, "%s", check->plan.vms[vm].name);
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

static void print_sizes(const struct check *check, FILE *out)
{
    const struct plan_hypervisor *hypervisor = &check->plan.plan->hypervisor;
    struct table table = {.columns = 2};
    print_size(&table, "text", hypervisor->text_size);
    print_size(&table, "read-only data", hypervisor->rodata_size);
    print_size(&table, "plan", check->plan.plan->total_size);
    print_size(&table, "shared data", hypervisor->shared_size);
    print_size(&table, "data of each CPU", hypervisor->percpu_size);
    print_size(&table, "EL2 tables", show_part_bytes(check, "EL2 table"));
    print_size(&table, "stage-2 tables", show_part_bytes(check, "stage-2 table"));
    print_size(&table, "copies of the VMs' images", show_part_bytes(check, "pristine copy"));
    print_size(&table, "image file", check->image->size);
    fputs("\nSizes\n", out);
    table_print(&table, out);
}

void show_text(const struct check *check, const struct map *map, const char *path, FILE *out)
{
    unsigned open = report_open_count(check->report);
    fprintf(out, "%s: board %s, %u CPU%s, %u VM%s, starts at 0x%" PRIx64 "\n", path, check->plan.plan->board,
            check->plan.plan->cpu_count, plural(check->plan.plan->cpu_count), check->plan.vm_count,
            plural(check->plan.vm_count), check->image->entry);
    if (open != 0) {
        fprintf(out, "It fails its check (%u propert%s): see nagaya check.\n", open, plural_word(open, "y", "ies"));
    }
    print_vms(check, out);
    print_moved_memory(check, out);
    print_firmware(check, out);
    show_channels(check, out);
    print_cores(check, out);
    show_shared_cores(check, out);
    print_devices(check, out);
    print_interrupts(check, out);
    print_memory(map, out);
    print_sizes(check, out);
}
