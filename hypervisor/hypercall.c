/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercalls: the table of what a guest may ask.
 */
#include "hypercall.h"

#include "clock.h"
#include "cpu.h"
#include "doorbell.h"
#include "guest_memory.h"
#include "guest_power.h"
#include "interrupts.h"
#include "log.h"
#include "sched.h"
#include "vcpu.h"
#include "watchdog.h"

static uint64_t hypercall_exit_count(void)
{
    uint64_t sum = 0;

    /* On a shared core an interrupt may be a neighbour's, which is not this VM's to know. */
    unsigned classes = this_cpu.shared ? EXIT_OUTSIDE : EXIT_CLASSES;
    for (unsigned class = 0; class < classes; class ++) { /* bound: EXIT_CLASSES */
        sum += this_cpu.stats->exits[class];
    }
    return sum;
}

uint64_t hypercall(uint64_t number, uint64_t a1)
{
    if (__builtin_expect(number == HC_NULL - HC_NULL, 1)) {
        return HC_OK;
    }
    switch (number) {
    case HC_RING - HC_NULL:
        return (uint64_t)doorbell_ring(a1);
    case HC_INFO - HC_NULL:
        return this_cpu.vm->info_ipa;
    case HC_PET - HC_NULL:
        watchdog_pet();
        return HC_OK;
    default:
        return hypercall_exit_count();
    }
}

/** Waits for an interrupt, @limit ns at most. */
static SLOW uint64_t hypercall_delay(uint64_t limit)
{
    struct vcpu *vcpu = this_cpu.vcpu;
    uint64_t timers = vcpu_timers_ns(vcpu);
    uint64_t now = clock_ns();

    if (!this_cpu.virtual_interrupts) {
        return (uint64_t)HC_ERR_NOT_SUPPORTED; /* its core is its own: WFI does it */
    }
    if (interrupts_pending(vcpu)) {
        return HC_OK;
    }
    vcpu->timeout_ns = clock_sum(now, limit);
    vcpu->wake_ns = timers < vcpu->timeout_ns ? timers : vcpu->timeout_ns;
    sched_block(vcpu, WAIT_DELAY);
    return HC_OK; /* sched.c makes it HC_TIMED_OUT if that is why it ends */
}

static SLOW uint64_t hypercall_event_wait(uint64_t address, uint64_t interval)
{
    struct vcpu *vcpu = this_cpu.vcpu;
    guest_addr_t word = {address};

    if (!this_cpu.virtual_interrupts) {
        return (uint64_t)HC_ERR_NOT_SUPPORTED;
    }
    if (address % 4 != 0 || !guest_memory_has(vcpu->vm, word)) {
        return (uint64_t)HC_ERR_ADDRESS;
    }
    if (interval < HC_INTERVAL_MIN || interval > HC_INTERVAL_MAX) {
        return (uint64_t)HC_ERR_INTERVAL;
    }
    if (guest_memory_word(vcpu->vm, word) == 0) {
        vcpu->event = word;
        vcpu->polls = true;
        vcpu->has_deferred_work = true;
        vcpu->timeout_ns = interval;
        vcpu->wake_ns = clock_sum(clock_ns(), interval);
        sched_block(vcpu, WAIT_EVENT);
    }
    return HC_OK;
}

static SLOW uint64_t hypercall_log(uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct vcpu *vcpu = this_cpu.vcpu;
    uint64_t now = clock_ns();

    if (now < vcpu->log_again_ns) {
        return (uint64_t)HC_ERR_AGAIN; /* or it would leave no room for what others' lines say */
    }
    vcpu->log_again_ns = clock_sum(now, HC_LOG_INTERVAL);
    log_write(LOG_VM_TEXT, vcpu->plan, a1, a2, a3, 0);
    return HC_OK;
}

SLOW uint64_t hypercall_slow(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    switch (function) {
    case HC_YIELD:
        sched_yield();
        return HC_OK;
    case HC_DELAY:
        return hypercall_delay(a1);
    case HC_EVENT_WAIT:
        return hypercall_event_wait(a1, a2);
    case HC_LOG:
        return hypercall_log(a1, a2, a3);
    default:
        return power_call(function, a1, a2, a3);
    }
}
