/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways to give up a core: delay, event_wait, yield, CPU_SUSPEND (abi/guest.h,
 * docs/hypercalls.md). With a second vCPU that one sets the flag, else it is found set. Lines,
 * stable for tests:
 *
 *     waits NAME: ok
 *     waits NAME: FAILED, WHAT
 *     waits NAME: not offered                      to a VM with direct interrupts, which has WFI
 *     waits done
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/timer.h"

#define MS UINT64_C(1000000)
#define US UINT64_C(1000)

static volatile unsigned ticks;
static _Atomic(uint32_t) flag;

static void tick(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    ticks++;
}

static uint64_t ns_since(uint64_t start)
{
    return timer_to_ns(timer_now() - start);
}

static const char *delay_times_out(void)
{
    static const uint64_t spans[] = {0, 1, 10 * US, 1 * MS, 20 * MS};

    for (unsigned i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        uint64_t start = timer_now();

        if (hypercall(HC_DELAY, spans[i], 0, 0) != HC_TIMED_OUT) {
            return "did not say that the time is over";
        }
        if (ns_since(start) < spans[i]) {
            return "came back too early";
        }
    }
    return NULL;
}

/** @limit: of the delay; the timer fires before. */
static const char *delay_until_timer(uint64_t limit)
{
    for (unsigned i = 0; i < 20; i++) {
        unsigned before = ticks;
        uint64_t start = timer_now();

        timer_set(TIMER_VIRTUAL, start + timer_from_ns(2 * MS));
        if (hypercall(HC_DELAY, limit, 0, 0) != HC_OK) {
            return "did not say that it was an interrupt";
        }
        if (ns_since(start) < 2 * MS) {
            return "came back too early";
        }
        if (ticks != before) {
            return "the interrupt was taken although it is masked";
        }
        cpu_interrupts_enable();
        while (ticks == before && ns_since(start) < 1000 * MS)
            ; /* the timer has fired, but its interrupt may still be on its way to the CPU */
        cpu_interrupts_disable();
        if (ticks != before + 1) {
            return "the interrupt did not come";
        }
    }
    return NULL;
}

static const char *delay_ends_by_interrupt(void)
{
    return delay_until_timer(10000 * MS);
}

static const char *delay_for_ever_ends_by_interrupt(void)
{
    return delay_until_timer(HC_FOREVER);
}

static const char *delay_with_something_pending(void)
{
    uint64_t start = timer_now();

    gic_set_handler(1, tick, NULL);
    gic_enable(1);
    gic_send_sgi(1, cpu_mpidr());
    if (hypercall(HC_DELAY, HC_FOREVER, 0, 0) != HC_OK) {
        return "did not say that it was an interrupt";
    }
    if (ns_since(start) > 1000 * MS) {
        return "came back late";
    }
    cpu_interrupts_enable();
    cpu_interrupts_disable();
    return NULL;
}

static int64_t event_wait(uint64_t address, uint64_t interval)
{
    return hypercall(HC_EVENT_WAIT, address, interval, 0);
}

static const char *event_errors(void)
{
    uint64_t word = (uint64_t)&flag;
    const struct fdt_range *memory = &machine()->memory[0];
    volatile uint32_t *last = (volatile uint32_t *)(memory->start + memory->size - 4);

    atomic_store(&flag, 1);
    if (event_wait(word + 1, MS) != HC_ERR_ADDRESS || event_wait(word + 2, MS) != HC_ERR_ADDRESS) {
        return "an address that is no multiple of 4 was taken";
    }
    if (event_wait(memory->start + memory->size, MS) != HC_ERR_ADDRESS ||
        event_wait(memory->start - 4, MS) != HC_ERR_ADDRESS ||
        event_wait(0, MS) != HC_ERR_ADDRESS || event_wait(UINT64_MAX - 3, MS) != HC_ERR_ADDRESS ||
        event_wait(machine()->info, MS) != HC_ERR_ADDRESS ||
        event_wait(machine()->gicd.start, MS) != HC_ERR_ADDRESS ||
        event_wait(word | UINT64_C(1) << 63, MS) != HC_ERR_ADDRESS) {
        return "an address outside of the VM's RAM was taken";
    }
    if (event_wait(word, 0) != HC_ERR_INTERVAL ||
        event_wait(word, HC_INTERVAL_MIN - 1) != HC_ERR_INTERVAL ||
        event_wait(word, HC_INTERVAL_MAX + 1) != HC_ERR_INTERVAL ||
        event_wait(word, UINT64_MAX) != HC_ERR_INTERVAL) {
        return "an interval that is too short or too long was taken";
    }
    *last = 1;
    if (event_wait((uint64_t)last, MS) != HC_OK) {
        return "the last word of the VM's RAM was refused";
    }
    return NULL;
}

static const char *event_found_set(void)
{
    uint64_t start = timer_now();

    atomic_store(&flag, 7);
    if (event_wait((uint64_t)&flag, HC_INTERVAL_MAX) != HC_OK) {
        return "failed";
    }
    if (ns_since(start) > 1000 * MS) {
        return "came back late";
    }
    if (atomic_load(&flag) != 7) {
        return "the flag was changed";
    }
    return NULL;
}

static void set_flag_later(void *context)
{
    uint64_t start = timer_now();

    (void)context;
    while (ns_since(start) < 5 * MS)
        ;
    atomic_store(&flag, 1);
    __asm__ volatile("dsb sy" : : : "memory");
}

static const char *event_set_by_another_core(void)
{
    if (machine()->cpu_count < 2) {
        return NULL;
    }
    for (unsigned i = 0; i < 10; i++) {
        uint64_t start;

        atomic_store(&flag, 0);
        while (psci_call(PSCI_AFFINITY_INFO, machine()->cpus[1], 0, 0) != PSCI_AFFINITY_OFF)
            ;
        start = timer_now();
        if (cpu_start(1, set_flag_later, NULL) != PSCI_SUCCESS) {
            return "the other core did not start";
        }
        if (event_wait((uint64_t)&flag, 100 * US) != HC_OK) {
            return "failed";
        }
        if (atomic_load(&flag) == 0) {
            return "came back before the flag was set";
        }
        if (ns_since(start) < 5 * MS) {
            return "came back too early";
        }
    }
    return NULL;
}

/** An interrupt does not end it. */
static const char *event_with_something_pending(void)
{
    if (machine()->cpu_count < 2) {
        return NULL;
    }
    while (psci_call(PSCI_AFFINITY_INFO, machine()->cpus[1], 0, 0) != PSCI_AFFINITY_OFF)
        ;
    atomic_store(&flag, 0);
    gic_send_sgi(1, cpu_mpidr());
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(MS));
    if (cpu_start(1, set_flag_later, NULL) != PSCI_SUCCESS) {
        return "the other core did not start";
    }
    if (event_wait((uint64_t)&flag, HC_INTERVAL_MIN) != HC_OK || atomic_load(&flag) == 0) {
        return "came back before the flag was set";
    }
    cpu_interrupts_enable();
    cpu_interrupts_disable();
    return NULL;
}

static const char *yields(void)
{
    for (unsigned i = 0; i < 20; i++) {
        if (hypercall(HC_YIELD, 0, 0, 0) != HC_OK) {
            return "failed";
        }
    }
    return NULL;
}

static const char *suspends(void)
{
    for (unsigned i = 0; i < 20; i++) {
        unsigned before = ticks;
        uint64_t due = timer_now() + timer_from_ns(2 * MS);

        timer_set(TIMER_VIRTUAL, due);
        while (ticks == before) {
            if (psci_call(PSCI_CPU_SUSPEND, 0, 0, 0) != PSCI_SUCCESS) {
                return "CPU_SUSPEND failed";
            }
            cpu_interrupts_enable();
            cpu_interrupts_disable();
        }
        if (timer_now() < due) {
            return "came back too early";
        }
    }
    return NULL;
}

int main(void)
{
    static const struct {
        const char *name;
        const char *(*run)(void);
        bool everywhere; /* for VMs with direct interrupts, too */
    } checks[] = {
        {"delay-times-out", delay_times_out, false},
        {"delay-ends-by-interrupt", delay_ends_by_interrupt, false},
        {"delay-for-ever-ends-by-interrupt", delay_for_ever_ends_by_interrupt, false},
        {"delay-with-something-pending", delay_with_something_pending, false},
        {"event-errors", event_errors, false},
        {"event-found-set", event_found_set, false},
        {"event-set-by-another-core", event_set_by_another_core, false},
        {"event-with-something-pending", event_with_something_pending, false},
        {"yield", yields, true},
        {"suspend", suspends, true},
    };

    bool offered = hypercall(HC_DELAY, 0, 0, 0) != HC_ERR_NOT_SUPPORTED ||
                   event_wait(0, 0) != HC_ERR_NOT_SUPPORTED;

    gic_set_handler(timer_intid(TIMER_VIRTUAL), tick, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        const char *wrong;

        if (!checks[i].everywhere && !offered) {
            printf("waits %s: not offered\n", checks[i].name);
            continue;
        }
        wrong = checks[i].run();

        timer_stop(TIMER_VIRTUAL);
        if (wrong == NULL) {
            printf("waits %s: ok\n", checks[i].name);
        } else {
            printf("waits %s: FAILED, %s\n", checks[i].name, wrong);
        }
    }
    printf("waits done\n");
    return 0;
}
