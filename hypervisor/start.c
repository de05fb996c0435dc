/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start of the hypervisor: the whole of it on one screen. boot.S has turned the MMU on.
 */
#include "boot_verdict.h"
#include "clock.h"
#include "core_local.h"
#include "cpu.h"
#include "firmware.h"
#include "interrupts.h"
#include "log.h"
#include "sched.h"
#include "start.h"
#include "vm.h"

extern struct vcpu_stats vcpu_stats[PLAN_MAX_VCPUS];

/** Read from outside; the plan names their physical address. */
SHARED_PAGES(stats) struct vcpu_stats vcpu_stats[PLAN_MAX_VCPUS];

/** Set by the boot CPU when the machine is ready for the others. */
static SHARED bool machine_ready;

/** Says what is wrong with the plan, and stops before anything of it is used. */
static _Noreturn void plan_refuse(uint64_t verdict, uint64_t checksum)
{
    if (verdict == BOOT_PLAN_FOREIGN) {
        log_write(LOG_PLAN_FOREIGN, NULL, plan.version, PLAN_VERSION, 0, 0);
    } else {
        log_write(LOG_PLAN_DAMAGED, NULL, checksum, plan.body_checksum, 0, 0);
    }
    cpu_stop();
}

/** Fills in what this CPU and its vCPUs are, from the plan. */
static void cpu_describe(void)
{
    const uint32_t *indices;

    this_cpu.core = (const struct plan_core *)plan_array(plan.cores) + this_cpu.index;
    this_cpu.shared = this_cpu.core->policy != PLAN_POLICY_DEDICATED;
    indices = plan_array(this_cpu.core->vcpus);
    for (uint32_t i = 0; i < this_cpu.core->vcpus.count; i++) {
        vcpus[i].index = indices[i];
        vcpus[i].plan = plan_vcpu(indices[i]);
        vcpus[i].vm = plan_vm(vcpus[i].plan->vm);
        vm_vcpus[vcpus[i].plan->vm + 1] = &vcpus[i];
        vcpus[i].stats = &vcpu_stats[indices[i]];
        vcpus[i].state = &vcpu_states[indices[i]];
        vcpus[i].private = &gic_privates[indices[i]];
        this_cpu.restricted = this_cpu.restricted || vcpus[i].vm->restricted != 0;
    }
    this_cpu.virtual_interrupts =
        this_cpu.core->vcpus.count != 0 && vcpus[0].vm->delivery == PLAN_DELIVERY_VIRTUAL;
}

/** Starts the CPUs of the plan that are not this one. */
static void machine_start_others(void)
{
    for (uint32_t i = 0; i < plan.cpu_count; i++) {
        if (i == this_cpu.index) {
            continue;
        }
        int64_t error = firmware_start_cpu(i);
        if (error != 0) {
            log_write(LOG_CPU_MISSING, NULL, i, (uint64_t)error, 0, 0);
        }
    }
}

_Noreturn void hypervisor_main(uint64_t cpu, uint64_t verdict, uint64_t checksum)
{
    this_cpu.index = (uint32_t)cpu;
    if (verdict != BOOT_PLAN_SOUND) {
        plan_refuse(verdict, checksum);
    }
    cpu_describe();
    cpu_init();
    if (!machine_ready) { /* the first CPU; the others start after this store */
        if (!interrupts_init()) {
            cpu_stop();
        }
        vm_init();
        machine_ready = true;
        machine_start_others();
    }
    if (this_cpu.core->vcpus.count == 0) {
        cpu_stop(); /* it was only needed to start the others */
    }
    if (!interrupts_cpu_init()) {
        cpu_stop();
    }
    clock_init();
    sched_init();
    log_write(LOG_CPU_READY, NULL, this_cpu.index, 0, 0, 0);
    vm_begin();
    sched_run();
}
