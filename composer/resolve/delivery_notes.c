/* SPDX-License-Identifier: Apache-2.0 */
/* What the author of a system may not have thought of where VMs have direct interrupts
 * (core_resolve.h). */
#include <inttypes.h>

#include "core_resolve.h"
#include "diagnostics.h"

/* Some RTOSes wait for ever on a CPU that does not call itself 0. */
static void note_affinity(const struct system *system, const struct vm *vm,
                          const struct vm_source *source)
{
    if (vm->affinity != PLAN_AFFINITY_PHYSICAL || source->affinity.line != 0 ||
        vm->cpu_count != 1 || vm->cpus[0] >= system->board.cpu_count ||
        vm_vcpu_mpidr(system, vm, 0) == 0) {
        return;
    }
    remark(source->cpus[0],
           "vm %s finds MPIDR 0x%" PRIx64
           " on CPU %u; FreeRTOS, NuttX and Zephyr with SMP hang unless it is 0: write "
           "affinity: virtual for them, or affinity: physical if that is what it wants",
           vm->name, vm_vcpu_mpidr(system, vm, 0), vm->cpus[0]);
}

/* Whoever is the least critical may disturb the most critical. Not with a GICv2: there an SGI is
 * sent by the distributor, which is emulated. */
static void note_neighbour(const struct system *system, const struct vm *vm,
                           const struct vm_source *source)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        const struct vm *other = &system->vms[i];

        if (system->board.gic_version == 2 || vm->delivery != PLAN_DELIVERY_DIRECT ||
            other->level <= vm->level) {
            continue;
        }
        remark(source->delivery,
               "interrupts: direct lets vm %s raise interrupts on the CPUs of vm %s, which is more "
               "critical; write "
               "direct-checked: its IPIs cost an exit then, its other interrupts none",
               vm->name, other->name);
        return;
    }
}

void delivery_notes(const struct system *system, const struct vm_source *vms)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        note_affinity(system, &system->vms[i], &vms[i]);
        note_neighbour(system, &system->vms[i], &vms[i]);
    }
}
