/* SPDX-License-Identifier: Apache-2.0 */
/* The CPUs as JSON: who runs there and, where several VMs do, what the analysis says of each. */
#include "show_json.h"

/* Who rings at @vm, and what of that nothing bounds. */
static void print_unbounded(struct json *json, const struct image_view *view, uint32_t vm)
{
    struct show_source sources[SHOW_DOORBELLS_MAX];
    size_t count = show_sources(view, vm, sources);
    json_open(json, "unbounded", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "vm", view->plan.vms[sources[i].vm].name);
        json_text(json, "channel", view->plan.channels[sources[i].channel].name);
        json_boolean(json, "doorbells", sources[i].interval_ns == 0);
        json_boolean(json, "restarts", true);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_guarantee(struct json *json, const struct image_view *view,
                            const struct plan_vcpu *vcpu, const struct analysis_verdict *verdict)
{
    uint64_t doorbells[SHOW_DOORBELLS_MAX];
    size_t doorbell_count = show_doorbells(view, vcpu->vm, doorbells);
    json_time(json, "period_ns", vcpu->period_ns);
    json_time(json, "budget_ns", vcpu->budget_ns);
    json_number(json, "priority", vcpu->priority);
    json_number(json, "interrupts", vcpu->interrupts);
    json_time(json, "interrupt_period_ns", vcpu->interrupt_period_ns);
    json_open(json, "doorbells_ns", '[');
    for (size_t i = 0; i < doorbell_count; i++) {
        json_time(json, NULL, doorbells[i]);
    }
    json_close(json, ']');
    print_unbounded(json, view, vcpu->vm);
    if (verdict == NULL) {
        return;
    }
    json_boolean(json, "holds", verdict->holds);
    json_time(json, "response_ns", verdict->response_ns);
    json_time(json, "usable_ns", verdict->usable_ns);
    json_time(json, "distance_ns", verdict->distance_ns);
    json_time(json, "sustained_ns", verdict->sustained_ns);
    json_time(json, "wake_ns", verdict->wake_ns);
    json_time(json, "delivery_ns", verdict->delivery_ns);
    json_text(json, "verdict", verdict->reason);
}

static void print_vcpus(struct json *json, const struct image_view *view, uint32_t cpu,
                        const struct analysis *analysis)
{
    const uint32_t *vcpus = plan_view_core_vcpus(&view->plan, cpu);
    json_open(json, "vcpus", '[');
    for (uint32_t i = 0; i < view->plan.cores[cpu].vcpus.count; i++) {
        const struct plan_vcpu *vcpu = &view->plan.vcpus[vcpus[i]];
        const struct plan_vm *vm = &view->plan.vms[vcpu->vm];
        json_open(json, NULL, '{');
        json_text(json, "vm", vm->name);
        json_number(json, "vcpu", vcpus[i] - vm->first_vcpu);
        if (view->plan.cores[cpu].policy != PLAN_POLICY_DEDICATED) {
            print_guarantee(json, view, vcpu, analysis != NULL ? &analysis->entities[i] : NULL);
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_slots(struct json *json, const struct image_view *view, uint32_t cpu)
{
    const struct plan_slot *slots = plan_view_slots(&view->plan, cpu);
    json_time(json, "frame_ns", view->plan.cores[cpu].frame_ns);
    json_open(json, "slots", '[');
    for (uint32_t i = 0; i < view->plan.cores[cpu].slots.count; i++) {
        if (slots[i].vcpu == PLAN_NONE) {
            continue;
        }
        json_open(json, NULL, '{');
        json_text(json, "vm",
                  view->plan.vms[plan_view_vcpu_on(&view->plan, cpu, slots[i].vcpu)->vm].name);
        json_time(json, "start_ns", slots[i].start_ns);
        json_time(json, "length_ns", slots[i].length_ns);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* Of a dedicated CPU. */
static void print_owner(struct json *json, const struct image_view *view, uint32_t cpu)
{
    const struct plan_core *core = &view->plan.cores[cpu];
    if (core->policy != PLAN_POLICY_DEDICATED || core->vcpus.count == 0) {
        json_text(json, "vm", NULL);
        json_text(json, "vcpu", NULL);
        return;
    }
    uint32_t vcpu = plan_view_core_vcpus(&view->plan, cpu)[0];
    const struct plan_vm *vm = &view->plan.vms[view->plan.vcpus[vcpu].vm];
    json_text(json, "vm", vm->name);
    json_number(json, "vcpu", vcpu - vm->first_vcpu);
}

static void print_cpu(struct json *json, const struct image_view *view, uint32_t cpu)
{
    const struct plan_core *core = &view->plan.cores[cpu];
    struct analysis analysis;
    bool analysed = show_analyse(view, cpu, &analysis);
    json_number(json, "cpu", view->plan.cores[cpu].number);
    json_number(json, "mpidr", view->plan.plan->cpus[cpu].mpidr);
    json_text(json, "policy", core->policy_name);
    print_owner(json, view, cpu);
    if (core->policy != PLAN_POLICY_DEDICATED) {
        json_time(json, "slice_ns", core->slice_ns);
        print_slots(json, view, cpu);
    }
    if (analysed) {
        json_boolean(json, "guarantees_hold", analysis.holds);
        json_number(json, "utilisation_ppm", analysis.utilisation_ppm);
        json_text(json, "verdict", analysis.reason);
    }
    print_vcpus(json, view, cpu, analysed ? &analysis : NULL);
}

void show_json_cpus(struct json *json, const struct image_view *view)
{
    json_open(json, "cpus", '[');
    for (uint32_t cpu = 0; cpu < view->plan.plan->cpu_count; cpu++) {
        json_open(json, NULL, '{');
        print_cpu(json, view, cpu);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_text(json, "speculation",
              view->plan.plan->speculation == PLAN_SPECULATION_MITIGATE ? "mitigate" : "ignore");
    json_open(json, "costs", '{');
    json_time(json, "switch_ns", view->plan.plan->costs.switch_ns);
    json_time(json, "interrupt_ns", view->plan.plan->costs.interrupt_ns);
    json_time(json, "exit_ns", view->plan.plan->costs.exit_ns);
    json_close(json, '}');
}
