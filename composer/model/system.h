/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system as the composer holds it: what the user wrote, resolved against the board.
 *
 *     system_read   (system.yaml, board)        -> struct system    compose/system_read.h
 *     layout_make   (struct system)             -> struct layout    layout/layout_make.h
 *     guest_dt_make (struct system, layout, vm) -> a device tree    emit/guest_dt/guest_dt.h
 *     image_write   (struct system, layout)     -> the image        emit/image/image_write.h
 *
 * Functions return false after they have reported at least one mistake (diagnostics.h); they go on
 * as far as that makes sense, so that one run reports all of them. Nothing here is freed before the
 * program ends: the composer is a short run.
 */
#ifndef COMPOSER_SYSTEM_H
#define COMPOSER_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "channel.h"
#include "core.h"
#include "vm.h"

struct system {
    const char *file;
    struct board board;
    struct vm vms[PLAN_MAX_VMS];
    size_t vm_count;
    struct core cores[PLAN_MAX_CPUS]; /* by the board's index */
    /* something in the list was: a CPU may be meant to be shared that is not */
    bool cores_wrong;
    struct channel *channels;
    size_t channel_count;
    enum plan_speculation speculation;
    struct source_location speculation_location;
    bool has_console;            /* debug: {console: ...} */
    struct plan_console console; /* its registers, filled in by the front end */
    enum plan_engine_fault engine_fault;
    /* of the doorbell that tells the manager of lost VMs; 0: there is no manager */
    uint32_t manager_intid;
};

/** What vCPU @number of @vm reads in MPIDR_EL1. */
static inline uint64_t vm_vcpu_mpidr(const struct system *system, const struct vm *vm,
                                     size_t number)
{
    return vm->affinity == PLAN_AFFINITY_PHYSICAL ? system->board.cpus[vm->cpus[number]].mpidr
                                                  : number;
}

/** Whether any vCPU of @vm shares its core: then all of them lack what is not switched there
 * (plan_vm.limited). */
static inline bool vm_shares_core(const struct system *system, const struct vm *vm)
{
    for (size_t i = 0; i < vm->cpu_count; i++) {
        if (system->cores[vm->cpus[i]].policy != PLAN_POLICY_DEDICATED) {
            return true;
        }
    }
    return false;
}

#endif
