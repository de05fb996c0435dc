/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watchdogs: see watchdog.h.
 */
#include "watchdog.h"

#include "clock.h"
#include "core_local.h"
#include "cpu.h"
#include "late.h"
#include "log.h"
#include "vm.h"

/** The plan names their physical address. */
SHARED_PAGES(watchdog) struct watchdog_place watchdog_pages[PLAN_MAX_VMS];

/** What the CPU that watches a VM knows of it; only that one touches it. */
struct watch {
    uint64_t due_ns;     /* when it polls next */
    uint32_t count;      /* as it was the last time */
    uint32_t generation; /* the same; 0: it did not run */
    uint64_t asked;      /* as late_asked told the last time */
    bool late;           /* that was told in the log */
    bool missed;         /* it was not petted, and nobody has said anything better since */
};

static SHARED struct watch watches[PLAN_MAX_VMS];

PERCPU uint64_t watchdog_due;

void watchdog_pet(void)
{
    watchdog_pages[plan_vm_index(this_cpu.vm)].page.count++;
}

/** @vm, which runs, was not petted. */
static void watchdog_act(const struct plan_vm *vm)
{
    log_write(LOG_VM_WATCHDOG, plan_vcpu(vm->first_vcpu), 0, 0, 0, 0);
    if (vm->watchdog.action != PLAN_WATCHDOG_LOG) {
        (void)vm_request(vm,
                         vm->watchdog.action == PLAN_WATCHDOG_STOP ? VM_STATUS_STOPPING
                                                                   : VM_STATUS_RESTARTING,
                         VM_REASON_WATCHDOG);
    }
}

/** Once for each request to @vm that is not done after a whole period of its watchdog. */
static void late_look(const struct plan_vm *vm, struct watch *watch)
{
    uint64_t asked = late_asked(vm);

    watch->late = watch->late && asked == watch->asked;
    if (asked != 0 && asked == watch->asked && !watch->late) {
        late_tell(vm, asked); /* bound: MISSED_AT_ONCE in watchdog_check */
        watch->late = true;
    }
    watch->asked = asked;
}

/** The time of VM @index has come. While it does not run, that is once in each period, so that
 * its start is seen. */
static void watchdog_look(uint32_t index, uint64_t now)
{
    const struct plan_vm *vm = plan_vm(index);
    const struct vm_status_page *page = &vm_status_pages[index];
    struct watch *watch = &watches[index];
    uint32_t count = watchdog_pages[index].page.count;
    uint32_t generation =
        atomic_load(&page->phase) == VM_STATUS_RUNNING ? page->status.generation : 0;
    bool started = generation != 0 && generation != watch->generation;
    bool missed = generation != 0 && !started && count == watch->count;

    late_look(vm, watch);
    if (missed && !watch->missed) {
        watchdog_act(vm); /* bound: MISSED_AT_ONCE in watchdog_check */
    }
    watch->missed = missed;
    watch->count = count;
    watch->generation = generation;
    watch->due_ns = clock_sum(now, started ? vm->watchdog.first_ns : vm->watchdog.period_ns);
}

void watchdog_check(uint64_t now)
{
    const uint32_t *watched = plan_array(this_cpu.core->watched);

    watchdog_due = CLOCK_NEVER;
    for (uint32_t i = 0; i < this_cpu.core->watched.count; i++) { /* bound: WATCHED */
        struct watch *watch = &watches[watched[i]];
        if (watch->due_ns <= now) {
            watchdog_look(watched[i], now);
        }
        if (watch->due_ns < watchdog_due) {
            watchdog_due = watch->due_ns;
        }
    }
}
