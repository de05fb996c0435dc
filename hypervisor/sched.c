/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs on this CPU. Everything here is per CPU; loops go over the vCPUs of one core.
 */
#include "sched.h"

#include "clock.h"
#include "cpu.h"
#include "gic.h"
#include "guest_memory.h"
#include "vm.h"
#include "watchdog.h"

struct vcpu vcpus[PLAN_MAX_CPU_VCPUS] PERCPU;

/** The policy's view of this core. */
static struct sched_core core PERCPU;

/** Since when core.running runs. */
static uint64_t since_ns PERCPU;

static_assert(sizeof(struct plan_slot) == sizeof(struct sched_slot), "slots are used where they lie in the plan");
static_assert(PLAN_MAX_CPU_VCPUS == SCHED_MAX_ENTITIES, "an entity per vCPU");

void sched_init(void)
{
    const struct plan_core *plan_core = this_cpu.core;
    uint64_t now = clock_ns();

    core.policy = (const struct sched_policy *)plan_core->policy_va; /* linked in: the composer found its symbol */
    core.parameters.slice_ns = plan_core->slice_ns;
    core.parameters.frame_ns = plan_core->frame_ns;
    core.parameters.slots = plan_array(plan_core->slots);
    core.parameters.slot_count = plan_core->slots.count;
    core.policy->init(&core, now);
    for (uint32_t i = 0; i < plan_core->vcpus.count; i++) {
        struct sched_entity *entity = &vcpus[i].entity;
        entity->index = i;
        entity->parameters.period_ns = vcpus[i].plan->period_ns;
        entity->parameters.budget_ns = vcpus[i].plan->budget_ns;
        entity->parameters.priority = vcpus[i].plan->priority;
        vcpus[i].wake_ns = CLOCK_NEVER;
        core.policy->allocate(&core, entity, now);
    }
    watchdog_check(now);
}

void sched_wake(struct vcpu *vcpu)
{
    vcpu->wait = WAIT_NOTHING;
    vcpu->wake_ns = CLOCK_NEVER;
    if (!vcpu->entity.ready) {
        core.policy->enqueue(&core, &vcpu->entity, clock_ns());
        this_cpu.decide = true;
    }
}

void sched_block(struct vcpu *vcpu, enum vcpu_wait wait)
{
    vcpu->wait = wait;
    vcpu->wake_ns = wait == WAIT_NOTHING ? CLOCK_NEVER : vcpu->wake_ns;
    if (vcpu->entity.ready) {
        core.policy->block(&core, &vcpu->entity, clock_ns());
        this_cpu.decide = true;
    }
}

void sched_yield(void)
{
    core.policy->yield(&core, &this_cpu.vcpu->entity, clock_ns());
    this_cpu.decide = true;
}

/** The time of @vcpu has come: its timer has fired, its delay is over, or its word is to be looked at. */
static void expire(struct vcpu *vcpu, uint64_t now)
{
    if (vcpu->wait == WAIT_DELAY && now >= vcpu->timeout_ns) {
        vcpu_set_result(vcpu, HC_TIMED_OUT);
    }
    sched_wake(vcpu);
}

void sched_expire(void)
{
    uint64_t now = clock_ns();

    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) {
        if (vcpus[i].wait != WAIT_NOTHING && vcpus[i].wake_ns <= now) {
            expire(&vcpus[i], now);
        }
    }
    watchdog_check(now);
    this_cpu.decide = true;
}

/** The first time at which something is due that is not the policy's. */
static uint64_t next_wake(void)
{
    uint64_t next = watchdog_due;

    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) {
        if (vcpus[i].wait != WAIT_NOTHING && vcpus[i].wake_ns < next) {
            next = vcpus[i].wake_ns;
        }
    }
    return next;
}

/** Whether @vcpu, whose turn it is, looks at its word and finds that it must wait on. In its own time, not in that of
 * whoever ran when the interval was over. */
static bool event_missing(struct vcpu *vcpu)
{
    if (!vcpu->looks) {
        return false;
    }
    vcpu->looks = guest_memory_word(vcpu->vm, vcpu->event) == 0;
    if (vcpu->looks) {
        vcpu->wake_ns = clock_ns() + vcpu->timeout_ns;
        sched_block(vcpu, WAIT_EVENT);
    }
    return vcpu->looks;
}

/** Keeps what is told of who ran until @now. */
static void account(uint64_t now)
{
    const struct sched_entity *ran = core.running;

    if (ran != NULL && this_cpu.shared) {
        vcpus[ran->index].stats->ran_ns += now - since_ns;
        vcpus[ran->index].stats->overruns = ran->overruns;
    }
    since_ns = now;
}

void sched_run(void)
{
    for (;;) {
        uint64_t now = clock_ns();
        this_cpu.decide = false;
        account(now);
        struct sched_decision decision = core.policy->schedule(&core, now);
        uint64_t wake = next_wake();
        clock_arm(decision.until_ns < wake ? decision.until_ns : wake);
        if (decision.entity == NULL) {
            gic_wait();
            continue;
        }
        struct vcpu *next = &vcpus[decision.entity->index];
        if (event_missing(next) || vm_restore_step(next)) {
            gic_poll(); /* a slice of work for this vCPU was done at EL2, in its own time */
            continue;
        }
        vcpu_load(next);
        return;
    }
}
