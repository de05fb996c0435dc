/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one VM of system.yaml: name, level, CPUs, devices and how it is treated. */
#include "vm_read.h"

#include <string.h>

#include "diagnostics.h"
#include "info.h"
#include "memory.h"
#include "yaml_value.h"

static const struct yaml_key vm_keys[] = {
    YAML_REQUIRED("name"),     YAML_OPTIONAL("realtime"), YAML_REQUIRED("cpus"),
    YAML_REQUIRED("memory"),   YAML_OPTIONAL("at"),       YAML_OPTIONAL("image"),
    YAML_OPTIONAL("kernel"),   YAML_OPTIONAL("initrd"),   YAML_OPTIONAL("cmdline"),
    YAML_OPTIONAL("load-at"),  YAML_OPTIONAL("entry"),    YAML_OPTIONAL("dtb-at"),
    YAML_OPTIONAL("devices"),  YAML_OPTIONAL("dma"),      YAML_OPTIONAL("interrupts"),
    YAML_OPTIONAL("on-fault"), YAML_OPTIONAL("manager"),  YAML_OPTIONAL("period"),
    YAML_OPTIONAL("budget"),   YAML_OPTIONAL("priority"), YAML_OPTIONAL("interrupt-rate"),
    YAML_OPTIONAL("watchdog"), YAML_OPTIONAL("reload"),   YAML_OPTIONAL("restart-limit"),
    YAML_OPTIONAL("affinity"), YAML_OPTIONAL("firmware"), YAML_OPTIONAL("raw"),
};
static const struct yaml_choice levels[] = {
    {"best-effort", PLAN_LEVEL_BEST_EFFORT, NULL},
    {"soft", PLAN_LEVEL_SOFT, NULL},
    {"hard", PLAN_LEVEL_HARD, NULL},
};
static const struct yaml_choice deliveries[] = {
    {"direct", PLAN_DELIVERY_DIRECT, NULL},
    {"direct-checked", PLAN_DELIVERY_CHECKED, NULL},
    {"virtual", PLAN_DELIVERY_VIRTUAL, NULL},
};
static const struct yaml_choice affinities[] = {
    {"physical", PLAN_AFFINITY_PHYSICAL, NULL},
    {"virtual", PLAN_AFFINITY_VIRTUAL, NULL},
};
static const struct yaml_choice dma_choices[] = {
    {"trusted", 1, NULL},
};

static void read_cpus(struct yaml_file *file, yaml_node_t *node, struct vm *vm,
                      struct vm_source *source)
{
    const yaml_node_t *list = yaml_find(file, node, "cpus");
    yaml_node_t *item;
    uint64_t cpu;

    if (!yaml_read_list(file, list, "cpus", "[0, 1]", false)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        if (!yaml_read_number(file, item, "cpus", UINT32_MAX, &cpu)) {
            continue;
        }
        if (vm->cpu_count == INFO_MAX_VCPUS) {
            error(yaml_location(file, item),
                  "cpus: more than the %u that one VM can have; shorten the list", INFO_MAX_VCPUS);
            return;
        }
        *ARRAY_ADD(vm->cpus, vm->cpu_count) = (uint32_t)cpu;
        *ARRAY_ADD(source->cpus, source->cpu_count) = yaml_location(file, item);
    }
}

static void read_devices(struct yaml_file *file, yaml_node_t *node, struct vm_source *source)
{
    const yaml_node_t *list = yaml_find(file, node, "devices");
    yaml_node_t *item;
    const char *text;

    if (list != NULL && list->type == YAML_SCALAR_NODE &&
        strcmp((const char *)list->data.scalar.value, "rest") == 0) {
        source->rest = yaml_location(file, list);
        return;
    }
    if (!yaml_read_list(file, list, "devices", "[serial0]", true)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        if (yaml_read_text(file, item, "devices", &text)) {
            *ARRAY_ADD(source->devices, source->device_count) =
                (struct named){yaml_location(file, item), text};
        }
    }
}

/* How @vm, whose level is known, gets its interrupts, and by which affinities it knows its
 * vCPUs. */
static void read_interrupts(struct yaml_file *file, yaml_node_t *node, struct vm *vm)
{
    yaml_node_t *affinity_node = yaml_find(file, node, "affinity");
    int delivery = -1;
    int affinity = -1;

    yaml_read_choice(file, affinity_node, "affinity", affinities, COUNT_OF(affinities), &affinity);
    yaml_read_choice(file, yaml_find(file, node, "interrupts"), "interrupts", deliveries,
                     COUNT_OF(deliveries), &delivery);
    /* A VM with direct interrupts can disturb the others' (docs/configuration.md), so only those
     * that need it have it without asking. */
    if (delivery < 0) {
        delivery = vm->level != PLAN_LEVEL_HARD        ? PLAN_DELIVERY_VIRTUAL
                   : affinity == PLAN_AFFINITY_VIRTUAL ? PLAN_DELIVERY_CHECKED
                                                       : PLAN_DELIVERY_DIRECT;
    }
    if (affinity == PLAN_AFFINITY_VIRTUAL && delivery == PLAN_DELIVERY_DIRECT) {
        error(yaml_location(file, affinity_node),
              "affinity: virtual needs SGIs that are translated, or they would go to the wrong "
              "CPU; write interrupts: "
              "direct-checked");
    }
    if (affinity == PLAN_AFFINITY_PHYSICAL && delivery == PLAN_DELIVERY_VIRTUAL) {
        error(yaml_location(file, affinity_node),
              "affinity: physical is for direct interrupts; VMs with virtual ones number their "
              "vCPUs from 0: remove "
              "the key, or write interrupts: direct-checked");
    }
    if (affinity < 0) {
        affinity =
            delivery == PLAN_DELIVERY_VIRTUAL ? PLAN_AFFINITY_VIRTUAL : PLAN_AFFINITY_PHYSICAL;
    }
    vm->delivery = (enum plan_delivery)delivery;
    vm->affinity = (enum plan_affinity)affinity;
}

static void read_treatment(struct yaml_file *file, yaml_node_t *node, struct vm *vm)
{
    int level = PLAN_LEVEL_BEST_EFFORT;
    int dma = 0;

    yaml_read_choice(file, yaml_find(file, node, "realtime"), "realtime", levels, COUNT_OF(levels),
                     &level);
    vm->level = (enum plan_level)level;
    read_interrupts(file, node, vm);
    yaml_read_choice(file, yaml_find(file, node, "dma"), "dma", dma_choices, COUNT_OF(dma_choices),
                     &dma);
    vm->dma_trusted = dma != 0;
}

/* What the analysis of shared CPUs looks at. */
static void read_timing(struct yaml_file *file, yaml_node_t *node, struct vm *vm,
                        struct vm_source *source)
{
    unsigned before = error_count();

    read_cpus(file, node, vm, source);
    source->cpus_wrong = error_count() != before || vm->cpu_count == 0;
    read_treatment(file, node, vm);
    vm_read_share(file, node, vm, source);
    source->timing_wrong = source->cpus_wrong || error_count() != before;
    vm_read_life(file, node, vm, source);
    source->timing_wrong |= source->life_wrong;
}

void vm_read(struct yaml_file *file, yaml_node_t *node, const char *data, struct vm *vm,
             struct vm_source *source)
{
    vm->location = yaml_location(file, node);
    vm->name = NAME_UNKNOWN;
    vm->load_at = vm->entry = vm->dtb_at = ADDRESS_UNSET;
    source->cpus_wrong = source->manager_wrong = source->life_wrong = source->timing_wrong = true;
    if (!yaml_expect_mapping(file, node, "a VM", VM_EXAMPLE)) {
        return;
    }
    yaml_check_keys(file, node, vm_keys, COUNT_OF(vm_keys), "a VM");
    source->name = yaml_key_location(file, node, "name");
    vm->name = name_read(file, node, "the VM");
    read_timing(file, node, vm, source);
    read_devices(file, node, source);
    vm_read_firmware(file, node, vm, source);

    unsigned before = error_count();
    vm_read_memory(file, node, data, vm);
    vm_read_image(file, node, data, vm);
    vm->loadable = error_count() == before && vm->memory_count != 0 &&
                   (vm->image != NULL || vm->kernel != NULL);
}
