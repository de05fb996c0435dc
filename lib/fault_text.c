/* SPDX-License-Identifier: Apache-2.0 */
#include "fault_text.h"

#include <inttypes.h>
#include <stdio.h>

static const void *plan_at(const struct plan *plan, struct plan_array array)
{
    return (const uint8_t *)plan + array.offset;
}

/* Who was loaded, and what it was known to do last. */
static void vcpu_text(const struct plan *plan, const struct engine_fault *fault,
                      char text[FAULT_TEXT_SIZE])
{
    const struct plan_vcpu *vcpus = plan_at(plan, plan->vcpus);
    const struct plan_vm *vms = plan_at(plan, plan->vms);
    uint64_t index = fault->vcpu - 1;

    if (index >= plan->vcpus.count || vcpus[index].vm >= plan->vms.count) {
        snprintf(text, FAULT_TEXT_SIZE, "  no vCPU was loaded");
        return;
    }
    const struct plan_vm *vm = &vms[vcpus[index].vm];
    snprintf(text, FAULT_TEXT_SIZE,
             "  loaded: vm %s, vCPU %" PRIu64
             "; its last exit that was no short one: esr 0x%08" PRIx64 " at pc 0x%08" PRIx64,
             vm->name, index - vm->first_vcpu, fault->exit_esr, fault->exit_pc);
}

unsigned fault_text(const struct plan *plan, uint32_t cpu, const struct engine_fault *fault,
                    double seconds, char text[FAULT_TEXT_LINES][FAULT_TEXT_SIZE])
{
    const struct plan_core *cores = plan_at(plan, plan->cores);
    unsigned lines = 3;

    snprintf(text[0], FAULT_TEXT_SIZE,
             "cpu %" PRIu32 ": exception inside the hypervisor after %.6f s",
             cpu < plan->cores.count ? cores[cpu].number : cpu, seconds);
    snprintf(text[1], FAULT_TEXT_SIZE,
             "  esr 0x%08" PRIx64 " elr 0x%08" PRIx64 " far 0x%08" PRIx64 " spsr 0x%08" PRIx64
             " sp 0x%08" PRIx64 " lr 0x%08" PRIx64,
             fault->esr, fault->elr, fault->far, fault->spsr, fault->sp, fault->lr);
    vcpu_text(plan, fault, text[2]);
    if (fault->count > 1) {
        snprintf(text[lines++], FAULT_TEXT_SIZE, "  %" PRIu64 " more came while it was dealt with",
                 fault->count - 1);
    }
    return lines;
}
