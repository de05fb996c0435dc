/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs where, when and with what guarantee, against the system's file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check_context.h"

#define SLICE_USUAL_NS       1000000U
#define INTERRUPTS_USUAL     2U
#define INTERRUPTS_PERIOD_NS 1000000U /* of a VM without a period */

static void require_number(struct check *check, const char *who, const char *key, uint64_t have,
                           uint64_t want)
{
    if (have != want) {
        report_fail(check->view.report, PROPERTY_SYSTEM_CPUS,
                    "%s: %s is %" PRIu64 ", %s says %" PRIu64, who, key, have,
                    check->sources->system->path, want);
    }
}

/* What a vCPU may rely on means something on shared CPUs only. */
static void check_vcpu(struct check *check, uint32_t vm, const struct plan_vcpu *vcpu)
{
    struct system_source *system = check->sources->system;
    const yaml_node_t *asked = system_vm(system, vm);
    const yaml_node_t *rate = config_get(&system->config, asked, "interrupt-rate");
    const char *who = check->view.vm_who[vm];
    uint32_t policy = check->view.plan.cores[vcpu->cpu].policy;
    bool shared = policy != PLAN_POLICY_DEDICATED;
    bool ranked = policy == PLAN_POLICY_FIXED_PRIORITY || policy == PLAN_POLICY_OWN;
    uint64_t period = config_number(&system->config, asked, "period", 0);
    uint64_t usual = period != 0 ? period : INTERRUPTS_PERIOD_NS;
    require_number(check, who, "period", vcpu->period_ns, shared ? period : 0);
    require_number(check, who, "budget", vcpu->budget_ns,
                   shared ? config_number(&system->config, asked, "budget", 0) : 0);
    require_number(check, who, "priority", vcpu->priority,
                   ranked ? config_number(&system->config, asked, "priority", 0) : 0);
    require_number(check, who, "the count of interrupt-rate", vcpu->interrupts,
                   shared ? config_number(&system->config, rate, "count", INTERRUPTS_USUAL) : 0);
    require_number(check, who, "the time of interrupt-rate", vcpu->interrupt_period_ns,
                   shared ? config_number(&system->config, rate, "per", usual) : 0);
}

static void check_vcpus(struct check *check, uint32_t vm)
{
    struct system_source *system = check->sources->system;
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    const yaml_node_t *cpus = config_get(&system->config, system_vm(system, vm), "cpus");
    uint32_t count = 0;
    while (config_item(&system->config, cpus, count) != NULL) {
        count++;
    }
    require_number(check, check->view.vm_who[vm], "the number of its CPUs", plan_vm->vcpu_count,
                   count);
    for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
        const struct plan_vcpu *vcpu = &check->view.plan.vcpus[plan_vm->first_vcpu + i];
        uint64_t number;
        if (!config_value(config_item(&system->config, cpus, i), &number)) {
            number = PLAN_NONE;
        }
        require_number(check, check->view.vm_who[vm], "one of its CPUs",
                       check->view.plan.cores[vcpu->cpu].number, number);
        check_vcpu(check, vm, vcpu);
    }
}

static int compare_slots(const void *left, const void *right)
{
    const struct plan_slot *a = left;
    const struct plan_slot *b = right;
    return (a->start_ns > b->start_ns) - (a->start_ns < b->start_ns);
}

/* The position of the VM called @name in the list of @cpu. */
static uint32_t position_of(const struct check *check, uint32_t cpu, const char *name)
{
    for (uint32_t i = 0; i < check->view.plan.cores[cpu].vcpus.count; i++) {
        if (strcmp(check->view.plan.vms[plan_view_vcpu_on(&check->view.plan, cpu, i)->vm].name,
                   name) == 0) {
            return i;
        }
    }
    return PLAN_NONE;
}

/* The slots that were asked for, in their order; nobody's are between them. */
static void check_slots(struct check *check, uint32_t cpu, const yaml_node_t *asked)
{
    struct system_source *system = check->sources->system;
    const struct plan_slot *slots = plan_view_slots(&check->view.plan, cpu);
    const yaml_node_t *list = config_get(&system->config, asked, "slots");
    const yaml_node_t *item;
    struct plan_slot *wanted = NULL;
    uint32_t count = 0;
    uint32_t met = 0;
    for (size_t i = 0; (item = config_item(&system->config, list, i)) != NULL; i++) {
        wanted = memory_or_exit(wanted, count + 1, sizeof(wanted[0]));
        wanted[count++] = (struct plan_slot){
            .start_ns = config_number(&system->config, item, "start", 0),
            .length_ns = config_number(&system->config, item, "length", 0),
            .vcpu = position_of(check, cpu, config_word(&system->config, item, "vm", "")),
        };
    }
    if (count != 0) {
        qsort(wanted, count, sizeof(wanted[0]), compare_slots);
    }
    for (uint32_t i = 0; i < check->view.plan.cores[cpu].slots.count; i++) {
        if (slots[i].vcpu == PLAN_NONE) {
            continue;
        }
        bool same = met < count && slots[i].start_ns == wanted[met].start_ns &&
                    slots[i].length_ns == wanted[met].length_ns &&
                    slots[i].vcpu == wanted[met].vcpu;
        if (!same) {
            report_fail(check->view.report, PROPERTY_SYSTEM_CPUS,
                        "%s: its slot at %" PRIu64 " ns is not one of %s", check->view.cpu_who[cpu],
                        slots[i].start_ns, system->path);
        }
        met++;
    }
    require_number(check, check->view.cpu_who[cpu], "the number of its slots", met, count);
    free(wanted);
}

static void check_core(struct check *check, uint32_t cpu)
{
    struct system_source *system = check->sources->system;
    const struct plan_core *core = &check->view.plan.cores[cpu];
    const yaml_node_t *asked = system_core(system, core->number);
    const char *policy = config_word(&system->config, asked, "policy", "dedicated");
    if (strcmp(core->policy_name, policy) != 0) {
        report_fail(check->view.report, PROPERTY_SYSTEM_CPUS, "%s: its policy is %s, %s says %s",
                    check->view.cpu_who[cpu], core->policy_name, system->path, policy);
    }
    require_number(check, check->view.cpu_who[cpu], "slice", core->slice_ns,
                   config_number(&system->config, asked, "slice", SLICE_USUAL_NS));
    require_number(check, check->view.cpu_who[cpu], "frame", core->frame_ns,
                   config_number(&system->config, asked, "frame", 0));
    check_slots(check, cpu, asked);
}

void check_system_cpus(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_vcpus(check, vm);
    }
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        check_core(check, cpu);
    }
}
