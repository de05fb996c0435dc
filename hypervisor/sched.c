/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs on this CPU. Everything here is per CPU; loops go over the vCPUs of one core.
 */
#include "sched.h"

#include "clock.h"
#include "core_local.h"
#include "cpu.h"
#include "guest_memory.h"
#include "interrupts.h"
#include "vm.h"
#include "watchdog.h"

PERCPU struct vcpu vcpus[PLAN_MAX_CPU_VCPUS];

PERCPU struct vcpu *vm_vcpus[PLAN_MAX_VMS + 1];

/** This core. */
static PERCPU struct {
    struct sched_core core; /* the policy's view of it */
    struct vcpu *running;   /* who runs, and since when */
    uint64_t since_ns;
    uint64_t next_wake; /* when the first of those that wait is due, at the earliest */
} this_core;

static_assert(sizeof(struct plan_slot) == sizeof(struct sched_slot),
              "slots are used where they lie in the plan");
static_assert(PLAN_MAX_CPU_VCPUS == SCHED_MAX_ENTITIES, "an entity per vCPU");

SLOW void sched_init(void)
{
    const struct plan_core *plan_core = this_cpu.core;
    uint64_t now = clock_ns();

    this_core.core.policy =
        /* linked in: the composer found its symbol */
        (const struct sched_policy *)plan_core->policy_va;
    this_core.core.parameters.slice_ns = plan_core->slice_ns;
    this_core.core.parameters.frame_ns = plan_core->frame_ns;
    this_core.core.parameters.slots = plan_array(plan_core->slots);
    this_core.core.parameters.slot_count = plan_core->slots.count;
    this_core.core.policy->init(&this_core.core, now);
    for (uint32_t i = 0; i < plan_core->vcpus.count; i++) {
        struct sched_entity *entity = &vcpus[i].entity;
        entity->index = i;
        entity->parameters.period_ns = vcpus[i].plan->period_ns;
        entity->parameters.budget_ns = vcpus[i].plan->budget_ns;
        entity->parameters.priority = vcpus[i].plan->priority;
        entity->overruns = &vcpus[i].stats->overruns;
        vcpus[i].wake_ns = CLOCK_NEVER;
        this_core.core.policy->allocate(&this_core.core, entity, now);
    }
    watchdog_check(now);
    this_core.next_wake = watchdog_due;
}

void sched_block(struct vcpu *vcpu, enum vcpu_wait wait)
{
    vcpu->wait = wait;
    vcpu->wake_ns = wait == WAIT_NOTHING ? CLOCK_NEVER : vcpu->wake_ns;
    if (vcpu->entity.ready) {
        /* calls: .block */
        this_core.core.policy->block(&this_core.core, &vcpu->entity, clock_ns());
        this_cpu.need_resched = true;
    }
    this_core.next_wake = vcpu->wake_ns < this_core.next_wake ? vcpu->wake_ns : this_core.next_wake;
}

bool sched_runs(const struct vcpu *vcpu)
{
    return this_core.running == vcpu && vcpu->entity.ready;
}

SLOW void sched_yield(void)
{
    /* calls: .yield */
    this_core.core.policy->yield(&this_core.core, &this_cpu.vcpu->entity, clock_ns());
    this_cpu.need_resched = true;
}

/** @vcpu no longer waits, from @now on. */
static inline void wake(struct vcpu *vcpu, uint64_t now)
{
    vcpu->wait = WAIT_NOTHING;
    vcpu->wake_ns = CLOCK_NEVER;
    if (!vcpu->entity.ready) {
        this_core.core.policy->enqueue(&this_core.core, &vcpu->entity, now); /* calls: .enqueue */
    }
}

void sched_wake(struct vcpu *vcpu)
{
    this_cpu.need_resched = true;
    wake(vcpu, clock_ns());
}

/** Wakes those whose time has come. */
static inline void expire(uint64_t now)
{
    const struct vcpu *end = vcpus + this_core.core.entity_count;

    if (watchdog_due <= now) {
        watchdog_check(now);
    }
    uint64_t next = watchdog_due;
    for (struct vcpu *vcpu = vcpus; vcpu != end; vcpu++) { /* bound: CORE_VCPUS */
        if (vcpu->wake_ns <= now) {
            if (vcpu->wait == WAIT_DELAY && now >= vcpu->timeout_ns) {
                /* of the hypercall that it waits in */
                frame_set_result(&vcpu->frame, HC_TIMED_OUT);
            }
            wake(vcpu, now);
        } else if (vcpu->wake_ns < next) {
            next = vcpu->wake_ns;
        }
    }
    this_core.next_wake = next;
}

/** Whether @vcpu, whose turn it is and which polls its word, finds that it must wait on. In
 * its own time, not in that of whoever ran when the interval was over. */
static SLOW bool event_missing(struct vcpu *vcpu)
{
    vcpu->polls = guest_memory_word(vcpu->vm, vcpu->event) == 0;
    if (vcpu->polls) {
        /* It may have been made ready for that only; one that goes on takes it when it is
         * loaded. */
        interrupts_take_sent(vcpu); /* bound: never with context_load */
        vcpu->wake_ns = clock_sum(clock_ns(), vcpu->timeout_ns);
        sched_block(vcpu, WAIT_EVENT);
    }
    return vcpu->polls;
}

/** From @now on @next runs, or nobody: keeps what is told of who ran until then. */
static inline void account(struct vcpu *next, uint64_t now)
{
    if (this_core.running != NULL) {
        this_core.running->stats->ran_ns += now - this_core.since_ns;
    }
    this_core.running = next;
    this_core.since_ns = now;
}

/** Does a piece of what @vcpu, whose turn it is, has to do at EL2 first. Returns false if that
 * was all. */
static SLOW bool do_deferred_work(struct vcpu *vcpu)
{
    vcpu->has_deferred_work =
        /* one that polls is on: its VM has no work for it */
        vcpu->polls ? event_missing(vcpu) : vm_restore_step(vcpu);
    return vcpu->has_deferred_work;
}

static inline struct vcpu *vcpu_of(struct sched_entity *entity)
{
    return (struct vcpu *)((uint8_t *)entity - offsetof(struct vcpu, entity));
}

_Noreturn void sched_run(void)
{
    struct clock_time now = clock_now();

    if (this_core.next_wake <= now.ns) {
        expire(now.ns);
    }
    this_cpu.need_resched = false;
    /* calls: .schedule */
    struct sched_decision decision = this_core.core.policy->schedule(&this_core.core, now.ns);
    clock_arm(decision.until_ns < this_core.next_wake ? decision.until_ns : this_core.next_wake,
              now);
    struct vcpu *next = decision.entity == NULL ? NULL : vcpu_of(decision.entity);
    if (next != this_core.running) {
        account(next, now.ns);
    }
    if (next == NULL) {
        interrupts_wait();
    } else if (next->has_deferred_work && do_deferred_work(next)) {
        interrupts_poll();
    } else {
        vcpu_load(next);
        vcpu_enter();
    }
    sched_restart();
}
