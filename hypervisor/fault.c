/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exception inside the hypervisor: see fault.h.
 */
#include "fault.h"

#include "core_local.h"
#include "cpu.h"
#include "firmware.h"
#include "guest_memory.h"
#include "interrupts.h"
#include "log.h"
#include "vm.h"

/* VMs of this CPU that were not off, and are not yet counted as gone. */
static PERCPU uint32_t gone;

/** The loaded vCPU, if this_cpu still says what it can be. */
static const struct vcpu *loaded_vcpu(void)
{
    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) {
        if (this_cpu.vcpu == &vcpus[i]) {
            return &vcpus[i];
        }
    }
    return NULL;
}

/** What this CPU was at when @fault came. */
static void record_circumstances(struct engine_fault *fault)
{
    const struct vcpu *vcpu = loaded_vcpu();

    fault->time = cpu_counter();
    if (vcpu != NULL) {
        fault->vcpu = vcpu->index + 1;
        fault->exit_esr = vcpu->frame.cause;
        fault->exit_pc = vcpu->frame.pc;
    }
    __atomic_store_n(&fault->count, 1, __ATOMIC_RELEASE);
}

/** @vm is lost: this CPU can't park its vCPU of it, so nobody may wait for that. */
static void vm_mark_lost(const struct plan_vm *vm)
{
    struct vm_status_page *page = vm_status_page(vm);
    const uint32_t *notify = plan_array(vm->notify);
    uint32_t before = atomic_exchange(&page->phase, VM_STATUS_LOST);

    if (before == VM_STATUS_LOST) { /* by another of its CPUs, or the time before */
        return;
    }
    gone += before == VM_STATUS_OFF ? 0 : 1;
    page->status.reason = VM_REASON_ENGINE;
    page->status.time = cpu_counter();
    for (uint32_t i = 0; i < vm->notify.count; i++) {
        interrupts_raise((intid_t){notify[i]});
    }
}

/** Takes its other CPUs back from @vm, and its interrupts. */
static void vm_take_back(const struct plan_vm *vm)
{
    guest_memory_revoke(vm);
    interrupts_vm_disable(vm);
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        interrupts_kick(vm->first_vcpu + i);
    }
}

/** Whether @vm is lost with this CPU: it has a vCPU here, or was just being ended or started from
 * here, wherever it runs, and nobody can tell what is left to be done for it. */
static bool vm_depends_on_us(const struct plan_vm *vm)
{
    const uint32_t *indices = plan_array(this_cpu.core->vcpus);
    bool depends = (atomic_load(&vm_state(vm)->revoking) >> this_cpu.index & 1) != 0;

    for (uint32_t i = 0; i < this_cpu.core->vcpus.count && !depends; i++) {
        depends = plan_vm(plan_vcpu(indices[i])->vm) == vm;
    }
    return depends;
}

/** All that this CPU had to do for others ends. */
static void core_lose(bool take_back)
{
    for (uint32_t i = 0; i < plan.vms.count; i++) {
        if (vm_depends_on_us(plan_vm(i))) {
            vm_mark_lost(plan_vm(i));
        }
    }
    for (uint32_t i = 0; take_back && i < plan.vms.count; i++) {
        if (vm_depends_on_us(plan_vm(i))) {
            vm_take_back(plan_vm(i));
        }
    }
    if (plan.manager_intid != 0) {
        interrupts_raise((intid_t){plan.manager_intid});
    }
}

/** Says in the log what is lost with this CPU. */
static void core_tell(void)
{
    const uint32_t *watched = plan_array(this_cpu.core->watched);

    for (uint32_t i = 0; i < plan.vms.count; i++) {
        if (vm_depends_on_us(plan_vm(i))) {
            log_write(LOG_VM_LOST, plan_vcpu(plan_vm(i)->first_vcpu), this_cpu.index, 0, 0, 0);
        }
    }
    for (uint32_t i = 0; i < this_cpu.core->watched.count; i++) {
        log_write(LOG_WATCHDOG_LOST, plan_vcpu(plan_vm(watched[i])->first_vcpu), this_cpu.index, 0,
                  0, 0);
    }
}

_Noreturn void engine_fault(uint64_t word, uint64_t esr, uint64_t elr, uint64_t far, uint64_t spsr,
                            uint64_t sp, uint64_t lr)
{
    struct engine_fault *fault;
    bool resets = plan.engine_fault == PLAN_ENGINE_FAULT_RESET;
    bool first = word < ENGINE_FAULT_AGAIN;

    /* Whatever happened to these, the word has no memory. */
    this_cpu.index = (uint32_t)(word % ENGINE_FAULT_AGAIN);
    this_cpu.core = (const struct plan_core *)plan_array(plan.cores) + this_cpu.index;
    fault = log_engine_fault();
    if (first) {
        fault->esr = esr;
        fault->elr = elr;
        fault->far = far;
        fault->spsr = spsr;
        fault->sp = sp;
        fault->lr = lr;
        record_circumstances(fault);
        log_write(resets ? LOG_HYPERVISOR_RESET : LOG_HYPERVISOR_FAULT, NULL, this_cpu.index, esr,
                  elr, far);
    } else {
        fault->count++;
    }
    /* the third time only what needs no other part of the hypervisor */
    if (word < 3 * ENGINE_FAULT_AGAIN) {
        core_lose(word < 2 * ENGINE_FAULT_AGAIN);
    }
    if (first) {
        core_tell();
    }
    if (resets) {
        firmware_reset();
    }
    uint32_t count = gone;
    gone = 0; /* once, should this fail, too */
    vm_count_out(count, true);
    cpu_stop();
}
