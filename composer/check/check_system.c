/* SPDX-License-Identifier: Apache-2.0 */
/* Opens system.yaml and finds things in it (check_system.h). */
#include "check_system.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 4096

bool system_source_open(const char *path, const char *data, struct system_source *system,
                        char why[IMAGE_FILE_WHY_SIZE])
{
    *system = (struct system_source){.path = path, .data = data};
    return config_open(path, &system->config, why);
}

void system_source_close(struct system_source *system)
{
    config_close(&system->config);
}

const yaml_node_t *system_get(struct system_source *system, const char *key)
{
    return config_get(&system->config, config_root(&system->config), key);
}

const yaml_node_t *system_vm(struct system_source *system, uint32_t index)
{
    return config_item(&system->config, system_get(system, "vms"), index);
}

const char *system_vm_word(struct system_source *system, uint32_t index, const char *key,
                           const char *otherwise)
{
    return config_word(&system->config, system_vm(system, index), key, otherwise);
}

const yaml_node_t *system_core(struct system_source *system, uint32_t number)
{
    const yaml_node_t *core;
    const yaml_node_t *cpu;
    for (size_t i = 0;
         (core = config_item(&system->config, system_get(system, "cores"), i)) != NULL; i++) {
        const yaml_node_t *cpus = config_get(&system->config, core, "cpus");
        for (size_t k = 0; (cpu = config_item(&system->config, cpus, k)) != NULL; k++) {
            uint64_t value;
            if (config_value(cpu, &value) && value == number) {
                return core;
            }
        }
    }
    return NULL;
}

int system_choice(const char *text, const char *const *words, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            return i;
        }
    }
    return -1;
}

/* Beside the system's file first, then in the data folder. */
bool system_file_open(const struct system_source *system, const char *name, struct image_file *file,
                      char why[IMAGE_FILE_WHY_SIZE])
{
    char path[PATH_SIZE];
    const char *slash = strrchr(system->path, '/');
    int folder = slash != NULL && name[0] != '/' ? (int)(slash - system->path) + 1 : 0;
    snprintf(path, sizeof(path), "%.*s%s", folder, system->path, name);
    if (access(path, R_OK) != 0 && name[0] != '/' && system->data != NULL) {
        snprintf(path, sizeof(path), "%s/%s", system->data, name);
    }
    return image_file_read(path, file, why);
}
