/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl faults: exceptions inside the hypervisor. */
#include <stdio.h>

#include "fault_text.h"
#include "json.h"
#include "nagaya.h"
#include "nagayactl.h"

static void print_json(const struct nagaya_manager *manager, uint32_t cpu,
                       const struct engine_fault *fault)
{
    const struct plan_core *cores = nagaya_plan_at(manager->plan, manager->plan->cores);
    struct json json = {.out = stdout};

    json_open(&json, NULL, '{');
    json_number(&json, "cpu", cores[cpu].number);
    json_number(&json, "time_ns",
                (uint64_t)((double)fault->time * 1e9 / (double)nagaya_counter_frequency()));
    json_number(&json, "count", fault->count);
    json_number(&json, "esr", fault->esr);
    json_number(&json, "elr", fault->elr);
    json_number(&json, "far", fault->far);
    json_number(&json, "spsr", fault->spsr);
    json_number(&json, "sp", fault->sp);
    json_number(&json, "lr", fault->lr);
    if (fault->vcpu != 0 && fault->vcpu <= manager->plan->vcpus.count) {
        const struct plan_vcpu *vcpu = nagaya_vcpu(manager, (uint32_t)fault->vcpu - 1);

        json_text(&json, "vm", nagaya_vm(manager, vcpu->vm)->name);
        json_number(&json, "vcpu", fault->vcpu - 1 - nagaya_vm(manager, vcpu->vm)->first_vcpu);
        json_number(&json, "exit_esr", fault->exit_esr);
        json_number(&json, "exit_pc", fault->exit_pc);
    }
    json_close(&json, '}');
}

/* Those that were not shown yet. */
static void print_faults(const struct arguments *arguments, const struct nagaya_manager *manager,
                         bool shown[PLAN_MAX_CPUS])
{
    char text[FAULT_TEXT_LINES][FAULT_TEXT_SIZE];
    struct engine_fault fault;

    for (uint32_t cpu = 0; cpu < manager->plan->cpu_count; cpu++) {
        if (shown[cpu] || !nagaya_engine_fault(manager, cpu, &fault)) {
            continue;
        }
        shown[cpu] = true;
        if (arguments->json) {
            print_json(manager, cpu, &fault);
            continue;
        }
        unsigned lines = fault_text(manager->plan, cpu, &fault,
                                    (double)fault.time / (double)nagaya_counter_frequency(), text);
        for (unsigned i = 0; i < lines; i++) {
            puts(text[i]);
        }
    }
}

int faults_command(const struct arguments *arguments)
{
    struct nagaya_manager manager;
    bool shown[PLAN_MAX_CPUS] = {false};
    enum nagaya_wait rung = NAGAYA_RUNG;

    if (!nagaya_manager_open(&manager, false)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    print_faults(arguments, &manager, shown);
    while (fflush(stdout) == 0 && arguments->follow && rung == NAGAYA_RUNG) {
        rung = nagaya_manager_wait(&manager, FOR_EVER);
        print_faults(arguments, &manager, shown);
    }
    nagaya_manager_close(&manager);
    return rung == NAGAYA_RUNG ? STATUS_DONE : command_fail(arguments, "%s", nagaya_error());
}
