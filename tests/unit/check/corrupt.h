/* SPDX-License-Identifier: Apache-2.0 */
/* Images damaged on purpose, and which property each of them must be refused by. */
#ifndef TESTS_UNIT_CHECK_DAMAGE_H
#define TESTS_UNIT_CHECK_DAMAGE_H

#include "builder.h"
#include "report.h"

/** One way to damage a sound image; each step may be left out. */
struct damage {
    const char *name;
    void (*describe)(struct builder *builder); /* before tables and plan are made */
    /* once they are; checksums are put right afterwards */
    void (*memory)(struct builder *builder);
    void (*file)(struct builder *builder); /* once the ELF file is made */
    /* the ids of all properties that fail, the first one's message is looked at */
    const char *failed;
    const char *text; /* in that message */
};

/* One for each step. */
#define DESCRIBED(called, step, ids, message)                                                      \
    {                                                                                              \
        .name = (called), .describe = (step), .failed = (ids), .text = (message)                   \
    }
#define IN_MEMORY(called, step, ids, message)                                                      \
    {                                                                                              \
        .name = (called), .memory = (step), .failed = (ids), .text = (message)                     \
    }
#define IN_FILE(called, step, ids, message)                                                        \
    {                                                                                              \
        .name = (called), .file = (step), .failed = (ids), .text = (message)                       \
    }

struct damages {
    const struct damage *items;
    size_t count;
};

extern const struct damages damages_image;
extern const struct damages damages_plan;
extern const struct damages damages_limits;
extern const struct damages damages_memory;
extern const struct damages damages_hypervisor;
extern const struct damages damages_machine;
extern const struct damages damages_cpus;
extern const struct damages damages_together;
extern const struct damages damages_numbers;
extern const struct damages damages_firmware;
extern const struct damages damages_trees;
extern const struct damages damages_gicv2;

/** No damage: VMs that live together, of which linux has a device tree with a device. */
void corrupt_together_tree(struct builder *builder);

/** No damage: a VM that may call the firmware, and whose RAM is not announced as such. */
void corrupt_firmware_none(struct builder *builder);

#define DAMAGES(array)                                                                             \
    {                                                                                              \
        (array), sizeof(array) / sizeof((array)[0])                                                \
    }

/** Checks the file that the builder has emitted; what show and check print of it goes to @out, if
 * not NULL. */
void examine(const struct builder *builder, struct report *report, FILE *out);

#endif
