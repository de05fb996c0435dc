/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of VMs and vCPUs: see vm.h for the protocol.
 */
#include "vm.h"

#include "clock.h"
#include "core_local.h"
#include "cpu.h"
#include "firmware.h"
#include "guest.h"
#include "guest_memory.h"
#include "interrupts.h"
#include "log.h"
#include "sched.h"

SHARED struct vcpu_state vcpu_states[PLAN_MAX_VCPUS];
SHARED struct vm_state vm_states[PLAN_MAX_VMS];

/** The plan names their physical address. */
SHARED_PAGES(status) struct vm_status_page vm_status_pages[PLAN_MAX_VMS];

/** VMs that are neither off nor lost, and those that are lost. */
static SHARED _Atomic(uint32_t) vms_left;
static SHARED _Atomic(uint32_t) vms_lost;

struct vm_state *vm_state(const struct plan_vm *vm)
{
    return &vm_states[plan_vm_index(vm)];
}

struct vm_status_page *vm_status_page(const struct plan_vm *vm)
{
    return &vm_status_pages[plan_vm_index(vm)];
}

/** Makes the first vCPU of @vm, none of whose vCPUs runs, start as the plan says, when its CPU
 * polls. */
static void vm_release(const struct plan_vm *vm)
{
    struct vm_state *state = vm_state(vm);
    struct vcpu_state *boot = &vcpu_states[vm->first_vcpu];

    state->restore_step = 0;
    state->restore_offset = 0;
    boot->entry = vm->entry_ipa;
    boot->context = vm->dtb_ipa;
    atomic_store(&state->running, 1);
    atomic_store(&boot->power, VCPU_PENDING);
}

void vm_init(void)
{
    atomic_store(&vms_left, plan.vms.count);
    for (uint32_t i = 0; i < plan.vms.count; i++) {
        atomic_store(&vm_status_pages[i].phase, VM_STATUS_RUNNING);
        vm_release(plan_vm(i));
    }
}

/** @vm starts: its peers are told. */
static void vm_begins(const struct plan_vm *vm)
{
    volatile struct vm_status *status = &vm_status_page(vm)->status;
    const uint32_t *notify = plan_array(vm->notify);

    atomic_store(&vm_state(vm)->told, 0);
    status->time = cpu_counter();
    status->generation++;
    for (uint32_t i = 0; i < vm->notify.count; i++) { /* bound: NOTIFIED */
        interrupts_raise((intid_t){notify[i]});
    }
}

void vm_count_out(uint32_t count, bool lost)
{
    uint32_t lost_now = lost ? atomic_fetch_add(&vms_lost, count) + count : atomic_load(&vms_lost);

    if (atomic_fetch_sub(&vms_left, count) == count && count != 0) {
        if (lost_now != 0) {
            log_write(LOG_MACHINE_OFF, NULL, lost_now, 0, 0, 0);
        }
        firmware_power_off();
    }
}

/** The last vCPU of @vm has parked, here: it was @vcpu. */
static void vm_teardown(const struct plan_vm *vm, const struct vcpu *vcpu)
{
    struct vm_state *state = vm_state(vm);
    struct vm_status_page *page = vm_status_page(vm);
    uint32_t phase = atomic_load(&page->phase);

    if (phase != VM_STATUS_STOPPED) {
        state->reset_word = 0;
    }
    interrupts_vm_disable(vm);
    state->controls = 0;
    bool left = interrupts_vm_reset(vm, &state->reset_word);
    /* Twice more at most: a request may come meanwhile, but only from RUNNING towards STOPPING. */
    while (phase != VM_STATUS_LOST && /* bound: 2 */
           !atomic_compare_exchange_strong(&page->phase, &phase,
                                           phase == VM_STATUS_RESTARTING ? VM_STATUS_RESTORING
                                           : left                        ? VM_STATUS_STOPPED
                                                                         : VM_STATUS_OFF)) {
    }
    if (phase == VM_STATUS_LOST) {
        return; /* for ever */
    }
    if (phase == VM_STATUS_RUNNING) {
        page->status.reason = VM_REASON_SELF;
    }
    if (phase == VM_STATUS_RESTARTING || left) {
        vm_release(vm);
        interrupts_kick(vm->first_vcpu);
        return;
    }
    page->status.time = cpu_counter();
    log_write(LOG_VM_OFF, vcpu->plan, 0, 0, 0, 0);
    vm_count_out(1, false);
}

void vcpu_park(struct vcpu *vcpu)
{
    sched_block(vcpu, WAIT_NOTHING);
    this_cpu.need_resched = true;
    vcpu->polls = false; /* or work for its VM would wait for the word */
    interrupts_vcpu_off(vcpu);
    atomic_store(&vcpu->state->power, VCPU_OFF);
    if (atomic_fetch_sub(&vm_state(vcpu->vm)->running, 1) == 1) {
        vm_teardown(vcpu->vm, vcpu);
    }
}

/** What other CPUs have asked of @vcpu. */
static void vcpu_attend(struct vcpu *vcpu)
{
    /* In this order: who makes it PENDING has set the phase before. */
    uint32_t power = atomic_load(&vcpu->state->power);
    uint32_t phase = atomic_load(&vm_status_page(vcpu->vm)->phase);

    bool ends =
        phase == VM_STATUS_RESTARTING || phase == VM_STATUS_STOPPING || phase == VM_STATUS_LOST;

    if (ends && power == VCPU_ON) {
        vcpu_park(vcpu); /* bound: PARKED in vm_attend */
    } else if (power == VCPU_PENDING || (!ends && interrupts_vcpu_attend(vcpu))) {
        vcpu->has_deferred_work =
            vcpu->has_deferred_work || power == VCPU_PENDING || vcpu->wait == WAIT_EVENT;
        /* bound: STARTED_AT_ONCE in vm_attend */
        /* the rest is done in its own time, whatever the phase: vm_restore_step, event_missing */
        sched_wake(vcpu);
    }
}

void vm_attend(void)
{
    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) { /* bound: VCPUS */
        vcpu_attend(&vcpus[i]);
    }
}

void vm_begin(void)
{
    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) {
        if (vcpus[i].index == vcpus[i].vm->first_vcpu) {
            guest_info_complete(vcpus[i].vm);
            log_write(LOG_VM_STARTED, vcpus[i].plan, 0, 0, 0, 0);
            vm_begins(vcpus[i].vm);
            /* its reset: here it delays nobody */
            (void)vm_restore_step(&vcpus[i]);
            /* else its VM was stopped already */
            if (atomic_load(&vcpus[i].state->power) == VCPU_ON) {
                sched_wake(&vcpus[i]);
            }
        }
    }
    vm_attend(); /* kicks that came before this CPU could take them are gone */
}

void vcpu_wait_for_interrupt(void)
{
    struct vcpu *vcpu = this_cpu.vcpu;

    if (!interrupts_pending(vcpu)) {
        vcpu->wake_ns = vcpu_timers_ns(vcpu);
        sched_block(vcpu, WAIT_INTERRUPT);
    }
}

enum vcpu_power vcpu_power_on(uint32_t vcpu, guest_addr_t entry, uint64_t context)
{
    struct vcpu_state *state = &vcpu_states[vcpu];
    uint32_t power = VCPU_OFF;

    if (!atomic_compare_exchange_strong(&state->power, &power, VCPU_CLAIMED)) {
        return (enum vcpu_power)power;
    }
    /* Counted before it runs: we run, so the count is not 0 meanwhile. */
    atomic_fetch_add(&vm_state(this_cpu.vm)->running, 1);
    state->entry = entry.ipa;
    state->context = context;
    atomic_store(&state->kick_due, 1);
    atomic_store(&state->power, VCPU_PENDING);
    interrupts_kick(vcpu);
    atomic_store(&state->kick_due, 0);
    return VCPU_OFF;
}

/** From which phases one may go to which by request: a bit each. */
static const uint8_t phases_before[] = {
    [VM_STATUS_STOPPING] =
        1U << VM_STATUS_RUNNING | 1U << VM_STATUS_RESTARTING | 1U << VM_STATUS_RESTORING,
    [VM_STATUS_RESTARTING] = 1U << VM_STATUS_RUNNING,
    [VM_STATUS_RESTORING] = 1U << VM_STATUS_OFF,
};

/** No restart of the VM counts any more for its limit. */
static void restarts_forget(struct vm_state *state)
{
    for (uint32_t i = 0; i < PLAN_MAX_RESTARTS; i++) { /* bound: PLAN_MAX_RESTARTS */
        state->restart_again[i] = 0;
    }
}

bool vm_request(const struct plan_vm *vm, enum vm_status_state phase, enum vm_status_reason reason)
{
    struct vm_state *state = vm_state(vm);
    struct vm_status_page *page = vm_status_page(vm);
    uint32_t before = atomic_load(&page->phase);
    volatile uint64_t *again = &state->restart_again[state->next_restart];
    bool counts =
        phase == VM_STATUS_RESTARTING && reason >= VM_REASON_FAULT && vm->restart_limit != 0;
    bool too_often = counts && clock_ns() < *again;

    if ((phases_before[phase] >> before & 1) == 0) {
        return false;
    }
    uint32_t starts = phase == VM_STATUS_RESTORING ? 1 : 0;
    /* Both before the phase: from then on the VM may park, and restore, by itself, or be lost
     * (fault.c). */
    atomic_fetch_or(&state->revoking, 1U << this_cpu.index);
    atomic_fetch_add(&vms_left, starts);
    if (!atomic_compare_exchange_strong(&page->phase, &before,
                                        too_often ? VM_STATUS_STOPPING : phase)) {
        atomic_fetch_and(&state->revoking, ~(1U << this_cpu.index));
        vm_count_out(starts, false); /* it may be the last one: the others have ended meanwhile */
        return false;
    }
    page->status.reason = too_often ? VM_REASON_LIMIT : reason;
    page->status.time = cpu_counter();
    if (too_often) {
        log_write(LOG_VM_TOO_OFTEN, plan_vcpu(vm->first_vcpu), vm->restart_limit, 0, 0, 0);
    } else if (counts) {
        *again = clock_sum(clock_ns(), vm->restart_period_ns);
        state->next_restart = (state->next_restart + 1) % vm->restart_limit;
    }
    if (phase == VM_STATUS_RESTORING) {
        restarts_forget(state); /* somebody has looked: it may fail as often again */
        vm_release(vm);
        interrupts_kick(vm->first_vcpu);
    } else {
        /* bound: 1 in stage2_fault_exit; of two requests of a command one is refused */
        guest_memory_revoke(vm);
    }
    /* bound: VM_VCPUS */
    for (uint32_t i = vm->first_vcpu; i < vm->first_vcpu + vm->vcpu_count; i++) {
        /* One that is to start polls the phase by itself, in its own time; one that is off
         * has nothing to do. */
        if (atomic_load(&vcpu_states[i].power) == VCPU_ON) {
            interrupts_kick(i);
        }
    }
    atomic_fetch_and(&state->revoking,
                     /* should this CPU fail before, the VM is lost with it */
                     ~(1U << this_cpu.index));
    return true;
}

void vm_finish(enum vm_status_state phase, enum vm_status_reason reason)
{
    (void)vm_request(this_cpu.vm, phase, reason);
    vm_attend(); /* bound: LOADED = 0, PARKED = ENDED; it parks, whoever has ended it */
}

bool vm_check_revoked(void)
{
    if (atomic_load(&vm_status_page(this_cpu.vm)->phase) == VM_STATUS_RUNNING) {
        return false;
    }
    vm_attend(); /* bound: LOADED = 0, PARKED = ENDED; it parks */
    return true;
}

/** A slice of what @vcpu, its VM's first, has to do in @phase. */
static void restore_step(struct vcpu *vcpu, uint32_t phase)
{
    const struct plan_vm *vm = vcpu->vm;
    struct vm_state *state = vm_state(vm);
    struct vm_status_page *page = vm_status_page(vm);

    if (interrupts_vm_reset(vm, &state->reset_word)) {
        return;
    }
    if (phase == VM_STATUS_STOPPED) {
        vcpu_park(vcpu); /* again: nothing is left now */
        return;
    }
    if (state->restore_step < vm->restore.count) {
        const struct plan_restore *step =
            (const struct plan_restore *)plan_array(vm->restore) + state->restore_step;
        uint64_t left = step->size - state->restore_offset;
        uint64_t size = left < VM_RESTORE_SLICE ? left : VM_RESTORE_SLICE;
        guest_memory_restore(step, state->restore_offset, size);
        state->restore_offset += size;
        if (size == left) {
            state->restore_step++;
            state->restore_offset = 0;
        }
        return;
    }
    if (atomic_load(&state->revoking) != 0) {
        /* somebody is slow to take the memory of the life before: asked again with the next
         * slice */
        return;
    }
    guest_memory_grant(vm);
    /* it is to end: vm_request */
    if (!atomic_compare_exchange_strong(&page->phase, &phase, VM_STATUS_RUNNING)) {
        guest_memory_revoke(vm);
        vm_attend(); /* bound: if ENDED_LATE */
        return;
    }
    vm_begins(vm);
    log_write(LOG_VM_RESTARTED, vcpu->plan, page->status.generation - 1, 0, 0, 0);
}

bool vm_restore_step(struct vcpu *vcpu)
{
    if (atomic_load(&vcpu->state->power) != VCPU_PENDING) {
        return false;
    }
    uint32_t phase = atomic_load(&vm_status_page(vcpu->vm)->phase);

    if (phase == VM_STATUS_RUNNING && atomic_load(&vcpu->state->kick_due) != 0) {
        return true; /* asked again with the next slice */
    }
    if (phase == VM_STATUS_RUNNING) {
        /* bound: never with context_load */
        vcpu_reset(vcpu, vcpu->state->entry, vcpu->state->context);
        atomic_store(&vcpu->state->power, VCPU_ON);
    } else if (phase == VM_STATUS_RESTORING || phase == VM_STATUS_STOPPED) {
        restore_step(vcpu, phase); /* bound: never with context_load */
    } else {
        vcpu_park(vcpu); /* the kick for it is on its way */
    }
    return true;
}
