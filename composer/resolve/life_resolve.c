/* SPDX-License-Identifier: Apache-2.0 */
/* Who looks at the watchdogs, and whether what a VM says of restarts and images can have an
 * effect. */
#include "life_resolve.h"

#include "diagnostics.h"

static bool runs_on(const struct vm *vm, uint32_t cpu)
{
    for (size_t i = 0; i < vm->cpu_count; i++) {
        if (vm->cpus[i] == cpu) {
            return true;
        }
    }
    return false;
}

/* Only a CPU whose VMs have virtual interrupts comes to EL2 by itself, and none looks at its own
 * VM. */
static bool can_watch(const struct system *system, uint32_t cpu, const struct vm *watched)
{
    bool used = false;

    for (size_t i = 0; i < system->vm_count; i++) {
        if (!runs_on(&system->vms[i], cpu)) {
            continue;
        }
        if (system->vms[i].delivery != PLAN_DELIVERY_VIRTUAL || &system->vms[i] == watched) {
            return false;
        }
        used = true;
    }
    return used;
}

static uint32_t find_watcher(const struct system *system, const struct vm *watched)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        if (system->vms[i].manager && system->vms[i].cpu_count > 0 &&
            can_watch(system, system->vms[i].cpus[0], watched)) {
            return system->vms[i].cpus[0];
        }
    }
    for (uint32_t cpu = 0; cpu < system->board.cpu_count; cpu++) {
        if (can_watch(system, cpu, watched)) {
            return cpu;
        }
    }
    return PLAN_NONE;
}

/* @known: the CPUs and interrupts of all VMs are. */
static void resolve_watchdog(const struct system *system, struct vm *vm,
                             struct source_location location, bool known)
{
    vm->watcher = PLAN_NONE;
    if (vm->watchdog_action == PLAN_WATCHDOG_NONE) {
        return;
    }
    vm->watcher = find_watcher(system, vm);
    if (vm->watcher == PLAN_NONE && known) {
        error(location,
              "watchdog: nobody could look at it: that takes a CPU on which vm %s does not run, of "
              "VMs that all have "
              "virtual interrupts; remove the key, or write interrupts: virtual for such a VM",
              vm->name);
    }
}

static void check_restart_limit(const struct vm *vm, struct source_location location)
{
    if (vm->restart_limit != 0 && vm->fault_action != PLAN_FAULT_RESTART &&
        vm->watchdog_action != PLAN_WATCHDOG_RESTART) {
        error(location,
              "restart-limit: nothing restarts vm %s; write on-fault: restart or a watchdog with "
              "action: "
              "restart, or remove the key",
              vm->name);
    }
}

static void check_reload(const struct vm *vm, bool has_manager)
{
    if (vm->reload == 0) {
        return;
    }
    if (vm->manager) {
        error(vm->reload_location,
              "reload: vm %s is the manager and cannot stop itself to load another image; remove "
              "the key",
              vm->name);
    } else if (!has_manager) {
        error(vm->reload_location,
              "reload: no VM may load another image; write manager: true for one, or remove the "
              "key");
    }
}

void life_resolve(struct system *system, const struct vm_source *sources)
{
    bool has_manager = false;
    bool known = true;

    for (size_t i = 0; i < system->vm_count; i++) {
        has_manager |= system->vms[i].manager || sources[i].manager_wrong;
        known &= !sources[i].timing_wrong;
    }
    for (size_t i = 0; i < system->vm_count; i++) {
        resolve_watchdog(system, &system->vms[i], sources[i].watchdog, known);
        if (!sources[i].life_wrong) {
            check_restart_limit(&system->vms[i], sources[i].restart_limit);
        }
        check_reload(&system->vms[i], has_manager);
    }
}

void firmware_resolve(const struct system *system, const struct vm_source *sources)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];

        if (vm->firmware_count == 0) {
            continue;
        }
        if (vm->level == PLAN_LEVEL_HARD) {
            error(sources[i].firmware,
                  "firmware: vm %s is realtime: hard, and nothing bounds how long the firmware "
                  "takes; let another VM "
                  "make these calls",
                  vm->name);
        }
        if (system->board.conduit != PLAN_CONDUIT_SMC) {
            error(sources[i].firmware,
                  "firmware: board %s has no firmware that is called by SMC; remove the key",
                  system->board.name);
        }
    }
}
