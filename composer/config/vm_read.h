/* SPDX-License-Identifier: Apache-2.0 */
/* What system.yaml says of one VM, before it is compared with the board and the other VMs. */
#ifndef COMPOSER_VM_READ_H
#define COMPOSER_VM_READ_H

#include "names.h"

/** What one looks like, for messages. */
#define VM_EXAMPLE "{name: ..., cpus: [0], memory: 32M, image: ...}"

/** What struct vm does not keep: places for messages, and devices as the user named them. */
struct vm_source {
    struct source_location name;
    struct source_location manager;
    struct source_location delivery; /* line 0: the key is not there; so with those below */
    struct source_location affinity;
    struct source_location period;
    struct source_location budget;
    struct source_location priority;
    struct source_location interrupt_rate;
    struct source_location watchdog;
    struct source_location restart_limit;
    struct source_location firmware;
    struct source_location *cpus; /* of vm.cpus, one each */
    size_t cpu_count;
    struct named *devices;
    size_t device_count;
    struct source_location rest; /* devices: rest; line 0: not so */
    /* What has been reported, so that nothing is that merely follows from it: */
    bool cpus_wrong;
    bool manager_wrong;
    bool life_wrong;   /* on-fault or watchdog */
    bool timing_wrong; /* of what the analysis looks at, with cpus_wrong and life_wrong */
};

/** Reads one element of the list vms. What is wrong has been reported; then @vm has defaults
 * there. */
void vm_read(struct yaml_file *file, yaml_node_t *node, const char *data, struct vm *vm,
             struct vm_source *source);

/** Reads what becomes of a VM that fails, and whether it can be given another image
 * (vm_read_life.c). */
void vm_read_life(struct yaml_file *file, yaml_node_t *node, struct vm *vm,
                  struct vm_source *source);

/** Reads which calls of the firmware a VM may make (vm_read_firmware.c). */
void vm_read_firmware(struct yaml_file *file, yaml_node_t *node, struct vm *vm,
                      struct vm_source *source);

/** Reads what a VM is to have on a shared core (vm_read_share.c). */
void vm_read_share(struct yaml_file *file, yaml_node_t *node, struct vm *vm,
                   struct vm_source *source);

/** Reads memory and at (vm_read_memory.c). */
void vm_read_memory(struct yaml_file *file, yaml_node_t *node, const char *data, struct vm *vm);

/** Reads image, kernel and what goes with them (vm_read_image.c). */
void vm_read_image(struct yaml_file *file, yaml_node_t *node, const char *data, struct vm *vm);

/** The path of the file that @key of @node names, or NULL where there is none. What is wrong with
 * it has been reported.
 */
const char *vm_read_file_name(struct yaml_file *file, yaml_node_t *node, const char *key,
                              const char *data);

#endif
