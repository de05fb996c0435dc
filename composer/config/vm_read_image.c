/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what is loaded into a VM's memory. */
#include "vm_read.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

/* A relative path is looked for beside the system's file first, then in the data folder. */
static const char *find_file(const char *system_file, const char *data, const char *name)
{
    const char *slash = strrchr(system_file, '/');
    const char *beside = name;

    if (name[0] == '/') {
        return name;
    }
    if (slash != NULL) {
        beside = text_format("%.*s/%s", (int)(slash - system_file), system_file, name);
    }
    if (access(beside, F_OK) == 0) {
        return beside;
    }
    return text_format("%s/%s", data, name);
}

const char *vm_read_file_name(struct yaml_file *file, yaml_node_t *node, const char *key,
                              const char *data)
{
    const yaml_node_t *value = yaml_find(file, node, key);
    const char *name;
    struct stat status;

    if (!yaml_read_text(file, value, key, &name)) {
        return NULL;
    }

    const char *path = find_file(file->path, data, name);
    if (stat(path, &status) != 0) {
        error(yaml_location(file, value),
              name[0] == '/'
                  ? "%s: %s does not exist; correct the path"
                  : "%s: %s is neither beside this file nor in the data folder; correct the path",
              key, name);
    } else if (!S_ISREG(status.st_mode)) {
        error(yaml_location(file, value), "%s: %s is not a file; correct the path", key, name);
    } else if (access(path, R_OK) != 0) {
        error(yaml_location(file, value), "%s: %s cannot be read (%s); change its permissions", key,
              name, strerror(errno));
    }
    return path;
}

/* A kernel is an arm64 Image. */
static void read_raw(struct yaml_file *file, yaml_node_t *node, struct vm *vm)
{
    yaml_read_boolean(file, yaml_find(file, node, "raw"), "raw", &vm->raw);
    if (vm->raw && yaml_find(file, node, "kernel") != NULL &&
        yaml_find(file, node, "image") == NULL) {
        error(yaml_key_location(file, node, "raw"),
              "raw goes with image only; remove it, or write image for kernel");
    }
}

/* @key makes sense only in a VM with a kernel. */
static void expect_kernel(struct yaml_file *file, yaml_node_t *node, const char *key)
{
    if (yaml_find(file, node, key) != NULL && yaml_find(file, node, "image") != NULL &&
        yaml_find(file, node, "kernel") == NULL) {
        error(yaml_key_location(file, node, key),
              "%s goes with kernel only; remove it, or write kernel for image", key);
    }
}

void vm_read_image(struct yaml_file *file, yaml_node_t *node, const char *data, struct vm *vm)
{
    const yaml_node_t *image = yaml_find(file, node, "image");
    const yaml_node_t *kernel = yaml_find(file, node, "kernel");

    if (image == NULL && kernel == NULL) {
        error(vm->location,
              "a VM needs the key image (a program) or kernel (an arm64 Image); add one");
    }
    if (image != NULL && kernel != NULL) {
        error(yaml_key_location(file, node, "kernel"),
              "kernel: this VM has an image already (line %d); remove one",
              yaml_key_location(file, node, "image").line);
    }
    vm->image = vm_read_file_name(file, node, "image", data);
    vm->kernel = vm_read_file_name(file, node, "kernel", data);
    vm->image_location = yaml_key_location(file, node, image != NULL ? "image" : "kernel");
    vm->initrd = vm_read_file_name(file, node, "initrd", data);
    vm->initrd_location = yaml_key_location(file, node, "initrd");
    yaml_read_text(file, yaml_find(file, node, "cmdline"), "cmdline", &vm->cmdline);
    expect_kernel(file, node, "initrd");
    read_raw(file, node, vm);
    yaml_read_address(file, yaml_find(file, node, "load-at"), "load-at", 1, &vm->load_at);
    yaml_read_address(file, yaml_find(file, node, "entry"), "entry", 4, &vm->entry);
    yaml_read_address(file, yaml_find(file, node, "dtb-at"), "dtb-at", 8, &vm->dtb_at);
}
