/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image as JSON. Addresses and sizes are numbers: they stay below 2^48, which every reader holds
 * exactly.
 */
#include "show_json.h"

static void print_hypervisor(struct json *json, const struct image_view *view)
{
    const struct plan_hypervisor *hypervisor = &view->plan.plan->hypervisor;
    json_open(json, "hypervisor", '{');
    json_number(json, "start", hypervisor->pa);
    json_number(json, "size", hypervisor->end_pa - hypervisor->pa);
    json_number(json, "text_bytes", hypervisor->text_size);
    json_number(json, "rodata_bytes", hypervisor->rodata_size);
    json_number(json, "plan_bytes", view->plan.plan->total_size);
    json_number(json, "shared_bytes", hypervisor->shared_size);
    json_number(json, "percpu_bytes", hypervisor->percpu_size);
    json_number(json, "el2_table_bytes", show_part_bytes(view, "EL2 table"));
    json_number(json, "stage2_table_bytes", show_part_bytes(view, "stage-2 table"));
    json_number(json, "copy_bytes", show_part_bytes(view, "pristine copy"));
    json_close(json, '}');
}

static void print_vm_memory(struct json *json, const struct image_view *view, uint32_t vm)
{
    const struct plan_vm *plan_vm = &view->plan.vms[vm];
    const struct plan_memory *memory = plan_view_memory(&view->plan, vm);
    json_open(json, "memory", '[');
    for (uint32_t i = 0; i < plan_vm->memory.count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "kind", show_memory_kind(view, vm, &memory[i]));
        json_number(json, "ipa", memory[i].ipa);
        json_number(json, "pa", memory[i].pa);
        json_number(json, "size", memory[i].size);
        json_boolean(json, "write", (memory[i].flags & PLAN_MEMORY_WRITE) != 0);
        json_boolean(json, "execute", (memory[i].flags & PLAN_MEMORY_EXEC) != 0);
        json_text(json, "device",
                  memory[i].region != PLAN_NONE ? view->plan.regions[memory[i].region].name : NULL);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_vm_devices(struct json *json, const struct image_view *view, uint32_t vm)
{
    json_open(json, "devices", '[');
    for (uint32_t i = 0; i < view->plan.region_count; i++) {
        const struct plan_region *region = &view->plan.regions[i];
        if (region->owner == vm && region->kind == PLAN_REGION_DEVICE) {
            json_open(json, NULL, '{');
            json_text(json, "name", region->name);
            json_number(json, "pa", region->pa);
            json_number(json, "size", region->size);
            json_boolean(json, "dma", (region->flags & PLAN_REGION_DMA) != 0);
            json_close(json, '}');
        }
    }
    json_close(json, ']');
}

static void print_vm_interrupts(struct json *json, const struct image_view *view,
                                const struct plan_vm *vm)
{
    json_open(json, "interrupts", '[');
    for (uint32_t intid = 0; intid < PLAN_MAX_INTIDS; intid++) {
        if (!plan_vm_owns(vm, intid)) {
            continue;
        }
        json_open(json, NULL, '{');
        json_number(json, "intid", intid);
        if (intid >= PLAN_FIRST_SPI) {
            uint32_t cpu = view->plan.plan->gic.spi_cpu[intid];
            json_text(json, "kind", "spi");
            json_number(json, "cpu", view->plan.cores[cpu].number);
            json_text(json, "trigger", show_is_edge(view, intid) ? "edge" : "level");
        } else {
            json_text(json, "kind", intid < 16 ? "sgi" : "ppi");
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_vm_firmware(struct json *json, const struct image_view *view, uint32_t vm)
{
    const struct plan_firmware *firmware = plan_view_firmware(&view->plan, vm);
    json_open(json, "firmware", '[');
    for (uint32_t i = 0; i < view->plan.vms[vm].firmware.count; i++) {
        json_open(json, NULL, '{');
        json_number(json, "first", firmware[i].first);
        json_number(json, "last", firmware[i].last);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_vm(struct json *json, const struct image_view *view, uint32_t vm)
{
    const struct plan_vm *plan_vm = &view->plan.vms[vm];
    json_open(json, NULL, '{');
    json_text(json, "name", plan_vm->name);
    json_text(json, "level", show_level_text(plan_vm->level));
    json_text(json, "delivery", show_delivery_text(plan_vm->delivery));
    json_text(json, "on_fault", show_fault_action_text(plan_vm->fault_action));
    json_open(json, "cpus", '[');
    for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
        uint32_t cpu = view->plan.vcpus[plan_vm->first_vcpu + i].cpu;
        json_number(json, NULL, view->plan.cores[cpu].number);
    }
    json_close(json, ']');
    json_number(json, "entry", plan_vm->entry_ipa);
    json_number(json, "device_tree", plan_vm->dtb_ipa);
    json_number(json, "info_page", plan_vm->info_ipa);
    show_json_life(json, view, vm);
    print_vm_memory(json, view, vm);
    print_vm_devices(json, view, vm);
    print_vm_interrupts(json, view, plan_vm);
    print_vm_firmware(json, view, vm);
    json_close(json, '}');
}

static void print_map(struct json *json, const struct map *map)
{
    json_open(json, "memory_map", '[');
    for (size_t i = 0; i < map->count; i++) {
        json_open(json, NULL, '{');
        json_number(json, "start", map->rows[i].start);
        json_number(json, "size", map->rows[i].size);
        json_text(json, "what", map->rows[i].what);
        json_text(json, "owner", map->rows[i].owner);
        json_text(json, "access", map->rows[i].access);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void show_json(const struct image_view *view, const struct map *map, bool holds, FILE *out)
{
    struct json json = {.out = out, .indented = true};
    json_open(&json, NULL, '{');
    json_text(&json, "board", view->plan.plan->board);
    json_text(&json, "on_engine_fault", show_engine_fault_text(view->plan.plan->engine_fault));
    json_boolean(&json, "check", holds);
    json_number(&json, "file_bytes", view->image->size);
    json_number(&json, "entry", view->image->entry);
    json_number(&json, "plan", view->plan.pa);
    print_hypervisor(&json, view);
    show_json_cpus(&json, view);
    json_open(&json, "vms", '[');
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        print_vm(&json, view, vm);
    }
    json_close(&json, ']');
    show_json_channels(&json, view);
    print_map(&json, map);
    json_close(&json, '}');
}
