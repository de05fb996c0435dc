/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a VM's memory is and what is loaded into it. */
#include "vm_read.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

/* More memory regions than this are a slip; the guest's device tree and stage 2 would take any number. */
#define MEMORY_LIMIT 16

static const struct yaml_key memory_keys[] = {
    YAML_REQUIRED("size"),
    YAML_OPTIONAL("at"),
};

static void read_memory_list(struct yaml_file *file, yaml_node_t *list, struct vm *vm)
{
    yaml_node_t *item;

    if (!yaml_read_list(file, list, "memory", "[{size: 32M, at: 0x40000000}]", false))
        return;
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        struct vm_memory memory = {.at = ADDRESS_UNSET, .place = yaml_place(file, item)};

        if (i == MEMORY_LIMIT) {
            mistake(memory.place, "memory: more than %d regions; join some", MEMORY_LIMIT);
            return;
        }
        if (!yaml_expect_mapping(file, item, "an entry of memory"))
            continue;
        yaml_check_keys(file, item, memory_keys, COUNT_OF(memory_keys), "an entry of memory");
        yaml_read_address(file, yaml_find(file, item, "at"), "at", PLAN_PAGE_SIZE, &memory.at);
        if (yaml_read_size(file, yaml_find(file, item, "size"), "size", &memory.size))
            *ARRAY_ADD(vm->memory, vm->memory_count) = memory;
    }
}

static void check_overlap(const struct vm *vm)
{
    for (size_t i = 0; i < vm->memory_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct vm_memory *a = &vm->memory[i];
            const struct vm_memory *b = &vm->memory[j];

            if (a->at != ADDRESS_UNSET && b->at != ADDRESS_UNSET && a->at < b->at + b->size && b->at < a->at + a->size)
                mistake(a->place, "memory at 0x%llx overlaps the region on line %d; move one",
                        (unsigned long long)a->at, b->place.line);
        }
}

void vm_read_memory(struct yaml_file *file, yaml_node_t *node, struct vm *vm)
{
    yaml_node_t *value = yaml_find(file, node, "memory");
    yaml_node_t *at = yaml_find(file, node, "at");

    if (value != NULL && value->type != YAML_SCALAR_NODE) {
        if (at != NULL)
            mistake(yaml_key_place(file, node, "at"), "at: memory is a list here; write at inside its entries");
        read_memory_list(file, value, vm);
        check_overlap(vm);
        return;
    }

    struct vm_memory memory = {.at = ADDRESS_UNSET, .place = yaml_key_place(file, node, "memory")};
    yaml_read_address(file, at, "at", PLAN_PAGE_SIZE, &memory.at);
    if (yaml_read_size(file, value, "memory", &memory.size))
        *ARRAY_ADD(vm->memory, vm->memory_count) = memory;
}

/* A relative path is looked for beside the system's file first, then in the data folder. */
static const char *find_file(const char *system_file, const char *data, const char *name)
{
    const char *slash = strrchr(system_file, '/');
    const char *beside = name;

    if (name[0] == '/')
        return name;
    if (slash != NULL)
        beside = text_format("%.*s/%s", (int)(slash - system_file), system_file, name);
    if (access(beside, F_OK) == 0)
        return beside;
    return text_format("%s/%s", data, name);
}

static const char *read_file_name(struct yaml_file *file, yaml_node_t *node, const char *key, const char *data)
{
    const yaml_node_t *value = yaml_find(file, node, key);
    const char *name;
    struct stat status;

    if (!yaml_read_text(file, value, key, &name))
        return NULL;

    const char *path = find_file(file->path, data, name);
    if (stat(path, &status) != 0)
        mistake(yaml_place(file, value),
                name[0] == '/' ? "%s: %s does not exist; correct the path"
                               : "%s: %s is neither beside this file nor in the data folder; correct the path",
                key, name);
    else if (!S_ISREG(status.st_mode))
        mistake(yaml_place(file, value), "%s: %s is not a file; correct the path", key, name);
    else if (access(path, R_OK) != 0)
        mistake(yaml_place(file, value), "%s: %s cannot be read (%s); change its permissions", key, name,
                strerror(errno));
    return path;
}

/* @key makes sense only in a VM with a kernel. */
static void expect_kernel(struct yaml_file *file, yaml_node_t *node, const char *key)
{
    if (yaml_find(file, node, key) != NULL && yaml_find(file, node, "kernel") == NULL)
        mistake(yaml_key_place(file, node, key), "%s goes with kernel only; remove it, or write kernel for image", key);
}

void vm_read_image(struct yaml_file *file, yaml_node_t *node, const char *data, struct vm *vm)
{
    const yaml_node_t *image = yaml_find(file, node, "image");
    const yaml_node_t *kernel = yaml_find(file, node, "kernel");

    if (image == NULL && kernel == NULL)
        mistake(vm->place, "a VM needs the key image (a program) or kernel (an arm64 Image); add one");
    if (image != NULL && kernel != NULL)
        mistake(yaml_key_place(file, node, "kernel"), "kernel: this VM has an image already (line %d); remove one",
                yaml_key_place(file, node, "image").line);
    vm->image = read_file_name(file, node, "image", data);
    vm->kernel = read_file_name(file, node, "kernel", data);
    vm->image_place = yaml_key_place(file, node, image != NULL ? "image" : "kernel");
    vm->initrd = read_file_name(file, node, "initrd", data);
    vm->initrd_place = yaml_key_place(file, node, "initrd");
    yaml_read_text(file, yaml_find(file, node, "cmdline"), "cmdline", &vm->cmdline);
    expect_kernel(file, node, "initrd");
    yaml_read_address(file, yaml_find(file, node, "load-at"), "load-at", 1, &vm->load_at);
    yaml_read_address(file, yaml_find(file, node, "entry"), "entry", 4, &vm->entry);
    yaml_read_address(file, yaml_find(file, node, "dtb-at"), "dtb-at", 8, &vm->dtb_at);
}
