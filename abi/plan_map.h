/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the plan holds for its readers (the composer's check and show, programs in a manager VM),
 * and the hypervisor never looks at: where the plan is, what lies where in the machine, who shares
 * what with whom.
 *
 * The finished image (an ELF executable) names the plan's physical address in a note: owner
 * PLAN_NOTE_OWNER, type PLAN_NOTE_TYPE, contents struct plan_note.
 */
#ifndef ABI_PLAN_MAP_H
#define ABI_PLAN_MAP_H

#include "plan.h"

/* Of el2_map.h: the window's size, and the attributes in EL2_MAIR. */
#define EL2_WINDOW_SIZE 0x3f00000000
#define EL2_MAIR_DEVICE 0
#define EL2_MAIR_NORMAL 1

#define PLAN_NOTE_OWNER "Nagaya"
#define PLAN_NOTE_TYPE  1U

/** Contents of the image's note. */
struct plan_note {
    uint64_t plan_pa;
};

/** Level of a VM (requirements.md M2-M4). */
enum plan_level {
    PLAN_LEVEL_BEST_EFFORT = 0,
    PLAN_LEVEL_SOFT = 1,
    PLAN_LEVEL_HARD = 2,
};

/** Who decides what runs on a core (hypervisor/sched/). */
enum plan_policy { /* after PLAN_POLICY_DEDICATED */
                   PLAN_POLICY_FIXED_PRIORITY = 1,
                   PLAN_POLICY_EDF = 2,
                   PLAN_POLICY_ROUND_ROBIN = 3,
                   PLAN_POLICY_TIMETABLE = 4,
                   PLAN_POLICY_OWN = 5, /* a user's, of which the composer knows only the name */
                   PLAN_POLICY_COUNT
};

/** What lies where in the machine's address space: for messages, `show` and `check`. Sorted by
 * address. */
enum plan_region_kind {
    PLAN_REGION_RAM = 0, /* a bank of the board */
    PLAN_REGION_DEVICE = 1,
    PLAN_REGION_INTERRUPTS = 2, /* part of the interrupt controller */
};

#define PLAN_REGION_DMA 1U /* the device can read and write memory by itself */
struct plan_region {
    char name[PLAN_NAME_SIZE];
    uint64_t pa;
    uint64_t size;
    uint32_t kind;
    uint32_t owner; /* index of the VM that has it, or PLAN_NONE */
    uint32_t flags; /* PLAN_REGION_* */
    uint32_t reserved;
};

/** Shared memory of two or more VMs; for the reader of the plan. */
struct plan_channel {
    char name[PLAN_NAME_SIZE];
    uint64_t pa;
    uint64_t size;
    struct plan_array members; /* struct plan_member, in the order of the system's file */
};
struct plan_member {
    uint32_t vm;
    uint32_t flags; /* PLAN_MEMORY_READ, perhaps PLAN_MEMORY_WRITE */
    uint64_t ipa;   /* of the channel's memory in this VM */
    /* ipa of the first of its peers' status pages, in the order of the members without itself */
    uint64_t status;
    uint32_t intid; /* of the doorbell that rings here */
    /* the first of its doorbells to its peers, in the same order: position in plan_vm.doorbells */
    uint32_t doorbell;
};

static_assert(sizeof(struct plan_note) == 8, "shared structure");
static_assert(sizeof(struct plan_region) == 64, "shared structure");
static_assert(sizeof(struct plan_channel) == 56, "shared structure");
static_assert(sizeof(struct plan_member) == 32, "shared structure");

#endif
