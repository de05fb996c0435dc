/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage 1 of the hypervisor on one CPU, as abi/el2_map.h says: the hypervisor itself, of the VMs
 * only those that run on this CPU, and the stage 2 roots of those that may be stopped from it.
 */
#ifndef COMPOSER_STAGE1_H
#define COMPOSER_STAGE1_H

#include "hypervisor_elf.h"
#include "layout.h"
#include "plan_map.h"
#include "system.h"
#include "tables.h"

/** Where the parts of the hypervisor's block lie; the text is at layout.hypervisor_pa. */
struct hypervisor_places {
    uint64_t plan_size; /* whole pages */
    uint64_t shared_pa;
    uint64_t percpu_pa; /* CPU 0's copy; the others follow */
    uint64_t tables_pa;
};

/** What the tables of one CPU are made from. */
struct stage1_input {
    const struct system *system;
    const struct layout *layout;
    const struct hypervisor_elf *hypervisor;
    const struct hypervisor_places *places;
    const uint64_t *stage2_roots; /* pa, by VM */
    const uint32_t *plan_cpu_of;  /* position in the plan of each of the board's CPUs */
};

/** The tables of the board's CPU @board_cpu. */
struct table *stage1_make(const struct stage1_input *input, uint32_t board_cpu);

#endif
