/* SPDX-License-Identifier: Apache-2.0 */
/* RAM, devices and room for other images against the system's file. */
#include <inttypes.h>
#include <string.h>

#include "check_tree.h"

/* A range of RAM, against the values of its keys. */
static void check_range(struct check *check, uint32_t vm, const struct plan_memory *memory,
                        const yaml_node_t *size, const yaml_node_t *at)
{
    uint64_t wanted = 0;
    uint64_t address = memory->pa;
    if (!config_value(size, &wanted) || wanted != memory->size) {
        report_fail(check->view.report, PROPERTY_SYSTEM_MEMORY,
                    "%s: RAM at ipa 0x%" PRIx64 " has 0x%" PRIx64 " bytes, %s says 0x%" PRIx64,
                    check->view.vm_who[vm], memory->ipa, memory->size, check->sources->system->path,
                    wanted);
    }
    config_value(at, &address);
    if (memory->ipa != address) {
        report_fail(check->view.report, PROPERTY_SYSTEM_MEMORY,
                    "%s: RAM at 0x%" PRIx64 " is seen at ipa 0x%" PRIx64 ", not at 0x%" PRIx64,
                    check->view.vm_who[vm], memory->pa, memory->ipa, address);
    }
}

/* Whether the VM is told of it as RAM, and may write it. @item: its entry in a list, or NULL. */
static void check_rights(struct check *check, uint32_t vm, const struct plan_memory *memory,
                         const yaml_node_t *item)
{
    struct system_source *system = check->sources->system;
    bool rom = strcmp(config_word(&system->config, item, "rom", "false"), "true") == 0;
    bool read_only =
        strcmp(config_word(&system->config, item, "access", "read-write"), "read-only") == 0;
    if (((memory->flags & PLAN_MEMORY_ROM) != 0) != rom ||
        ((memory->flags & PLAN_MEMORY_WRITE) == 0) != read_only) {
        report_fail(check->view.report, PROPERTY_SYSTEM_MEMORY,
                    "%s: RAM at ipa 0x%" PRIx64 " does not have the rom and access of %s",
                    check->view.vm_who[vm], memory->ipa, system->path);
    }
}

static void check_ram(struct check *check, uint32_t vm)
{
    struct system_source *system = check->sources->system;
    const yaml_node_t *asked = system_vm(system, vm);
    const yaml_node_t *sizes = config_get(&system->config, asked, "memory");
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, vm);
    bool one = config_text(sizes) != NULL;
    size_t met = 0;
    for (uint32_t i = 0; i < check->view.plan.vms[vm].memory.count; i++) {
        if (!image_view_is_ram(&check->view, vm, &memory[i])) {
            continue;
        }
        const yaml_node_t *item = one ? NULL : config_item(&system->config, sizes, met);
        check_range(check, vm, &memory[i],
                    one && met == 0 ? sizes : config_get(&system->config, item, "size"),
                    config_get(&system->config, one && met == 0 ? asked : item, "at"));
        check_rights(check, vm, &memory[i], item);
        met++;
    }
    if ((one && met == 0) || config_item(&system->config, sizes, met) != NULL) {
        report_fail(check->view.report, PROPERTY_SYSTEM_MEMORY,
                    "%s has %zu ranges of RAM, %s has more", check->view.vm_who[vm], met,
                    system->path);
    }
}

static bool owns_region(const struct check *check, uint32_t vm, uint64_t pa)
{
    for (uint32_t i = 0; i < check->view.plan.region_count; i++) {
        const struct plan_region *region = &check->view.plan.regions[i];
        if (region->kind == PLAN_REGION_DEVICE && region->owner == vm &&
            range_contains(region->pa, region->size, pa, 1)) {
            return true;
        }
    }
    return false;
}

/* The board's node that a user calls @name, if it is an alias of the tree or board.yaml, a label
 * or a path. */
static int find_device(struct board_source *board, const char *name)
{
    const yaml_node_t *aliases = config_get(&board->facts, config_root(&board->facts), "aliases");
    const char *path = fdt_get_alias(board->tree, name);
    int symbols = fdt_path_offset(board->tree, "/__symbols__");
    path = path != NULL ? path : config_word(&board->facts, aliases, name, NULL);
    path = path == NULL && symbols >= 0 ? tree_text(board->tree, symbols, name) : path;
    path = path == NULL && name[0] == '/' ? name : path;
    return path != NULL ? fdt_path_offset(board->tree, path) : -FDT_ERR_NOTFOUND;
}

/* Whoever asks for a device has it. What came along with it the file does not say. */
static void check_devices(struct check *check, uint32_t vm)
{
    struct system_source *system = check->sources->system;
    const yaml_node_t *list = config_get(&system->config, system_vm(system, vm), "devices");
    const char *name;
    for (size_t i = 0; (name = config_text(config_item(&system->config, list, i))) != NULL; i++) {
        struct spans registers = {0};
        int node = find_device(check->sources->board, name);
        if (node >= 0) {
            board_registers(check->sources->board->tree, node, &registers);
        }
        for (size_t k = 0; k < registers.count; k++) {
            if (!owns_region(check, vm, registers.items[k].start)) {
                report_fail(check->view.report, PROPERTY_SYSTEM_MEMORY,
                            "%s does not have %s at 0x%" PRIx64 ", %s gives it",
                            check->view.vm_who[vm], name, registers.items[k].start, system->path);
            }
        }
        spans_free(&registers);
    }
}

/* A device that does DMA only where the file trusts it. */
static void check_trust(struct check *check)
{
    struct system_source *system = check->sources->system;
    for (uint32_t i = 0; i < check->view.plan.region_count; i++) {
        const struct plan_region *region = &check->view.plan.regions[i];
        if ((region->flags & PLAN_REGION_DMA) != 0 && region->owner != PLAN_NONE &&
            strcmp(system_vm_word(system, region->owner, "dma", ""), "trusted") != 0) {
            report_fail(check->view.report, PROPERTY_SYSTEM_MEMORY,
                        "%s has %s, which does DMA, but %s does not trust it (dma: trusted)",
                        check->view.vm_who[region->owner], region->name, system->path);
        }
    }
}

/* The room for another image that the manager may load. */
static void check_reload(struct check *check)
{
    struct system_source *system = check->sources->system;
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        uint64_t wanted = config_number(&system->config, system_vm(system, vm), "reload", 0);
        uint64_t size = 0;
        for (uint32_t manager = 0; manager < check->view.plan.vm_count; manager++) {
            size += check->view.plan.vms[manager].command_ipa != 0
                        ? image_view_store_size(&check->view, manager, vm)
                        : 0;
        }
        if (size != wanted) {
            report_fail(check->view.report, PROPERTY_SYSTEM_MEMORY,
                        "a manager can load 0x%" PRIx64 " bytes into %s, %s says 0x%" PRIx64
                        " (reload)",
                        size, check->view.vm_who[vm], system->path, wanted);
        }
    }
}

void check_system_memory(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_ram(check, vm);
        if (check->sources->board != NULL) {
            check_devices(check, vm);
        }
    }
    check_trust(check);
    check_reload(check);
}
