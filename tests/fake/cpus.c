/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine asks of a CPU (cpu.h, exits.h, sched.h), and what is looked at while it runs.
 */
#include "boot_verdict.h"
#include "cpu.h"
#include "cpu_sleep.h"
#include "exits.h"
#include "fault.h"
#include "machine.h"
#include "plan_access.h"
#include "sched.h"
#include "start.h"
#include "vcpu.h"
#include "vm.h"

/* EL2 never does so much in one piece: it would be a loop without an end. */
#define WORK_MAX 30000U

PERCPU struct cpu this_cpu;

/** How often each vCPU was kicked since it took what was sent to it: once for that, and once to
 * give SPIs back. */
static uint8_t kicks[VCPUS];

static void kicks_answered(void)
{
    for (uint32_t i = 0; i < plan.vcpus.count; i++) {
        if (plan_vcpu(i)->cpu == me->index &&
            __atomic_load_n(&vcpu_states[i].sgis, __ATOMIC_RELAXED) == 0) {
            kicks[i] = 0;
        }
    }
}

void kicks_count(uint32_t cpu, uint64_t intid)
{
    if (!machine.turns || (me->errand != ERRAND_SGI && me->errand != ERRAND_ACCESS) ||
        cpu == me->index) {
        return;
    }
    for (uint32_t i = this_cpu.vm->first_vcpu;
         i < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count; i++) {
        if (plan_vcpu(i)->cpu == cpu &&
            __atomic_load_n(&vcpu_states[i].sgis, __ATOMIC_RELAXED) != 0) {
            machine_note("kick", i, intid);
            check(++kicks[i] <= 2, "a CPU is made to listen again before it has answered");
        }
    }
}

static void fault_here(void)
{
    me->faults++;
    machine_note("exception at EL2", me->faults, 0);
    atomic_fetch_add_explicit(&machine.lost_cpus, me->faults == 1 ? 1 : 0, memory_order_relaxed);
    me->errand = ERRAND_NONE;
    me->work = 0;
    engine_fault(me->index + (me->faults - 1) * ENGINE_FAULT_AGAIN, 0, 0, 0, 0, 0, 0);
}

void machine_point(void)
{
    if (me == NULL) {
        return;
    }
    if (machine.turns) {
        kicks_answered();
    }
    if (me->at_el2) {
        check(++me->work < WORK_MAX, "EL2 does not come to an end");
        if (me->booted && machine.faults != 0 && machine_stage() == STAGE_RUN && me->faults < 2 &&
            random_below(me->faults == 0 ? 2000000U / CPUS : 50U) == 0 &&
            (me->faults != 0 ||
             atomic_load_explicit(&machine.lost_cpus, memory_order_relaxed) < machine.faults)) {
            fault_here();
        }
    }
    if (me->at_el2 && one_in(4000)) {
        machine_stall(100);
    }
    turn_next();
}

uint64_t cpu_counter(void)
{
    return read_sysreg(cntpct_el0);
}

uint64_t cpu_counter_frequency(void)
{
    return FREQUENCY;
}

void cpu_wait(void)
{
    machine_point();
    me->booted = true;
    if (machine_stage() == STAGE_END) {
        machine_leave(WAY_STOP);
    }
    machine_sleep(NULL);
}

void cpu_send_event(void)
{
}

_Noreturn void cpu_stop(void)
{
    machine_note("stops", 0, 0);
    machine_leave(WAY_STOP);
}

void cpu_init(void)
{
    write_sysreg(hcr_el2, HCR_EL2_VM);
}

_Noreturn void vcpu_enter(void)
{
    machine_leave(WAY_GUEST);
}

_Noreturn void sched_restart(void)
{
    machine_leave(WAY_AGAIN);
}

uint32_t loaded_vcpu(void)
{
    return this_cpu.vcpu == NULL ? PLAN_NONE : this_cpu.vcpu->index;
}

void cpu_loop(void)
{
    me->at_el2 = true;
    switch (setjmp(me->loop)) {
    case WAY_START:
        hypervisor_main(me->index, BOOT_PLAN_SOUND, 0);
    case WAY_AGAIN:
        me->work = 0; /* a piece of its own: interrupts have been looked for */
        if (machine_stage() != STAGE_END) {
            sched_run();
        }
        break;
    case WAY_GUEST:
        guest_run();
    default:
        break;
    }
    me->at_el2 = false;
}
