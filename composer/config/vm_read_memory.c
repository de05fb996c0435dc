/* SPDX-License-Identifier: Apache-2.0 */
/* Reads which memory a VM has. */
#include "vm_read.h"

#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

/* More memory regions than this are a slip; the guest's device tree and stage 2 would take any
 * number. */
#define MEMORY_LIMIT 16

static const struct yaml_key memory_keys[] = {
    YAML_REQUIRED("size"), YAML_OPTIONAL("at"),     YAML_OPTIONAL("rom"),
    YAML_OPTIONAL("file"), YAML_OPTIONAL("access"),
};
#define MEMORY_EXAMPLE "{size: 32M, at: 0x40000000}"
static const struct yaml_choice accesses[] = {
    {"read-write", 1, NULL},
    {"read-only", 0, NULL},
};

/* What only a region has that is not announced as RAM. */
static void read_rom(struct yaml_file *file, yaml_node_t *node, const char *data,
                     struct vm_memory *memory)
{
    static const char *const keys[] = {"file", "access"};
    int writes = 1;

    yaml_read_boolean(file, yaml_find(file, node, "rom"), "rom", &memory->rom);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (yaml_find(file, node, keys[i]) != NULL && !memory->rom) {
            error(yaml_key_location(file, node, keys[i]),
                  "%s goes with rom: true only; add it, or remove %s", keys[i], keys[i]);
        }
    }
    memory->file = vm_read_file_name(file, node, "file", data);
    memory->file_location = yaml_key_location(file, node, "file");
    yaml_read_choice(file, yaml_find(file, node, "access"), "access", accesses, COUNT_OF(accesses),
                     &writes);
    memory->read_only = writes == 0;
}

static void read_memory_list(struct yaml_file *file, yaml_node_t *list, const char *data,
                             struct vm *vm)
{
    yaml_node_t *item;
    bool ram = false;

    if (!yaml_read_list(file, list, "memory", "[" MEMORY_EXAMPLE "]", false)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        struct vm_memory memory = {.at = ADDRESS_UNSET, .location = yaml_location(file, item)};

        if (i == MEMORY_LIMIT) {
            error(memory.location, "memory: more than %d regions; join some", MEMORY_LIMIT);
            return;
        }
        if (!yaml_expect_mapping(file, item, "an entry of memory", MEMORY_EXAMPLE)) {
            ram = true; /* perhaps */
            continue;
        }
        yaml_check_keys(file, item, memory_keys, COUNT_OF(memory_keys), "an entry of memory");
        yaml_read_address(file, yaml_find(file, item, "at"), "at", PLAN_PAGE_SIZE, &memory.at);
        read_rom(file, item, data, &memory);
        ram |= !memory.rom;
        if (yaml_read_size(file, yaml_find(file, item, "size"), "size", &memory.size)) {
            *ARRAY_ADD(vm->memory, vm->memory_count) = memory;
        }
    }
    if (!ram) {
        error(yaml_location(file, list),
              "memory: each region is rom; add one that is RAM, such as {size: 32M}");
    }
}

static void check_overlap(const struct vm *vm)
{
    for (size_t i = 0; i < vm->memory_count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct vm_memory *a = &vm->memory[i];
            const struct vm_memory *b = &vm->memory[j];

            if (a->at != ADDRESS_UNSET && b->at != ADDRESS_UNSET && a->at < b->at + b->size &&
                b->at < a->at + a->size) {
                error(a->location, "memory at 0x%llx overlaps the region on line %d; move one",
                      (unsigned long long)a->at, b->location.line);
            }
        }
    }
}

void vm_read_memory(struct yaml_file *file, yaml_node_t *node, const char *data, struct vm *vm)
{
    yaml_node_t *value = yaml_find(file, node, "memory");
    yaml_node_t *at = yaml_find(file, node, "at");

    if (value != NULL && value->type != YAML_SCALAR_NODE) {
        if (at != NULL) {
            error(yaml_key_location(file, node, "at"),
                  "at: memory is a list here; write at inside its entries");
        }
        read_memory_list(file, value, data, vm);
        check_overlap(vm);
        return;
    }

    struct vm_memory memory = {.at = ADDRESS_UNSET,
                               .location = yaml_key_location(file, node, "memory")};
    yaml_read_address(file, at, "at", PLAN_PAGE_SIZE, &memory.at);
    if (yaml_read_size(file, value, "memory", &memory.size)) {
        *ARRAY_ADD(vm->memory, vm->memory_count) = memory;
    }
}
