/* SPDX-License-Identifier: Apache-2.0 */
/* What an image can't tell, and so check can't know: whoever relies on its result has to see to
 * it otherwise. */
#include <string.h>

#include "check_context.h"

/* Keys of a VM that nothing here compares. */
static void print_unread_keys(struct system_source *system, FILE *out)
{
    static const char *const read[] = {
        "affinity",      "name",     "realtime", "cpus",           "memory",   "at",
        "image",         "kernel",   "initrd",   "cmdline",        "load-at",  "entry",
        "dtb-at",        "devices",  "dma",      "interrupts",     "on-fault", "manager",
        "period",        "budget",   "priority", "interrupt-rate", "watchdog", "reload",
        "restart-limit", "firmware",
    };
    const yaml_node_t *vm;
    for (uint32_t i = 0; (vm = system_vm(system, i)) != NULL && vm->type == YAML_MAPPING_NODE;
         i++) {
        for (yaml_node_pair_t *pair = vm->data.mapping.pairs.start;
             pair < vm->data.mapping.pairs.top; pair++) {
            const char *key =
                config_text(yaml_document_get_node(&system->config.document, pair->key));
            if (key != NULL && system_choice(key, read, sizeof(read) / sizeof(read[0])) < 0) {
                fprintf(out, "  whether %s of vm %s in %s is kept: check does not know that key\n",
                        key, system_vm_word(system, i, "name", "?"), system->path);
            }
        }
    }
}

void check_unknown_print(const struct check *check, FILE *out)
{
    static const struct check_sources none;
    const struct check_sources *sources = check->sources != NULL ? check->sources : &none;
    fputs("What check cannot know:\n", out);
    if (sources->engine == NULL) {
        fputs("  whether the hypervisor in the image is the one that was built and tested "
              "(--engine)\n",
              out);
    }
    if (sources->board == NULL) {
        fputs("  whether the machine is the one that the plan speaks of: firmware, triggers, the "
              "GIC's place (--board)\n",
              out);
    } else {
        fprintf(out, "  whether %s tells the truth about the machine on which the image will run\n",
                sources->board->path);
    }
    if (sources->system == NULL) {
        fputs("  whether levels, budgets, slices, fault actions, devices, command lines and images "
              "are those that were\n"
              "  asked for (--system)\n",
              out);
    } else {
        fprintf(out, "  whether %s says what its author meant\n", sources->system->path);
        print_unread_keys(sources->system, out);
    }
    fputs("  what the programs in the VMs do, and whether the engine is free of mistakes\n"
          "  whether the loader loads just this file, and the firmware keeps it: sign the SHA-256 "
          "below\n",
          out);
}
