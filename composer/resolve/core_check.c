/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the VMs can be what they ask for on the cores that they share (core_resolve.h). */
#include "core_resolve.h"
#include "diagnostics.h"
#include "yaml_value.h"

/* A shared CPU that a VM has, and where the VM names it; core NULL: there is none. */
struct shared {
    const struct core *core;
    uint32_t cpu;
    struct source_location location;
};

/* The first CPU of @vm that is shared, under @policy or, if that is DEDICATED, under any. */
static struct shared find_shared(const struct system *system, const struct vm *vm,
                                 const struct vm_source *source, enum plan_policy policy)
{
    for (size_t i = 0; i < source->cpu_count; i++) {
        const struct core *core = &system->cores[vm->cpus[i] < PLAN_MAX_CPUS ? vm->cpus[i] : 0];

        if (vm->cpus[i] < system->board.cpu_count && core->location.line != 0 &&
            (policy == PLAN_POLICY_DEDICATED || core->policy == policy)) {
            return (struct shared){core, vm->cpus[i], source->cpus[i]};
        }
    }
    return (struct shared){0};
}

static void check_exclusive(const struct system *system, const struct vm *vm,
                            const struct vm_source *source)
{
    struct shared shared = find_shared(system, vm, source, PLAN_POLICY_DEDICATED);

    if (shared.core == NULL) {
        return;
    }
    if (vm->level == PLAN_LEVEL_HARD) {
        error(shared.location,
              "cpus: CPU %u is shared (line %d), but vm %s is realtime: hard and needs it for "
              "itself; choose "
              "another, or write realtime: soft",
              shared.cpu, shared.core->location.line, vm->name);
    } else if (vm->delivery != PLAN_DELIVERY_VIRTUAL) {
        error(source->delivery,
              "interrupts: %s needs CPUs of the VM's own, but CPU %u is shared (line %d); remove "
              "the key, or "
              "choose another CPU",
              vm->delivery == PLAN_DELIVERY_DIRECT ? "direct" : "direct-checked", shared.cpu,
              shared.core->location.line);
    }
}

static void refuse_key(struct source_location location, const char *key, const char *why)
{
    if (location.line != 0) {
        error(location, "%s: %s", key, why);
    }
}

/* Keys that would have no effect. */
static void check_useless(const struct vm *vm, const struct vm_source *source, struct shared shared,
                          bool cores_wrong)
{
    static const char dedicated[] =
        "all CPUs of this VM are its own; remove the key, or name one of them in cores";
    static const char unguaranteed[] =
        "only realtime: soft has a guarantee on shared cores; write that, or remove the key";

    if (shared.core == NULL && cores_wrong) {
        return; /* one of its CPUs may be meant to be shared */
    }
    if (shared.core == NULL) {
        refuse_key(source->period, "period", dedicated);
        refuse_key(source->budget, "budget", dedicated);
        refuse_key(source->priority, "priority", dedicated);
        refuse_key(source->interrupt_rate, "interrupt-rate", dedicated);
    } else if (vm->level == PLAN_LEVEL_BEST_EFFORT) {
        refuse_key(source->period, "period", unguaranteed);
        refuse_key(source->budget, "budget", unguaranteed);
        refuse_key(source->priority, "priority", unguaranteed);
    }
}

/* In a timetable the slots are the guarantee; period and budget ask whether they suffice. What a
 * policy of the user's own needs is not known here. */
static void check_guarantee(const struct system *system, const struct vm *vm,
                            const struct vm_source *source, struct shared shared)
{
    bool needed = source->period.line != 0 || source->budget.line != 0;
    char period[TIME_TEXT_SIZE], budget[TIME_TEXT_SIZE];

    for (size_t i = 0; i < vm->cpu_count; i++) {
        enum plan_policy policy =
            vm->cpus[i] < PLAN_MAX_CPUS ? system->cores[vm->cpus[i]].policy : 0;
        needed |= policy == PLAN_POLICY_EDF || policy == PLAN_POLICY_FIXED_PRIORITY ||
                  policy == PLAN_POLICY_ROUND_ROBIN;
    }
    if (needed && source->period.line == 0) {
        error(vm->location,
              "realtime: soft on CPU %u, which is shared (line %d), needs the key period; add it",
              shared.cpu, shared.core->location.line);
    }
    if (needed && source->budget.line == 0) {
        error(vm->location,
              "realtime: soft on CPU %u, which is shared (line %d), needs the key budget; add it",
              shared.cpu, shared.core->location.line);
    }
    if (vm->period_ns != 0 && vm->budget_ns > vm->period_ns) {
        error(source->budget,
              "budget: %s is more than the period of %s; lower it, or lengthen the period",
              yaml_time_text(vm->budget_ns, budget), yaml_time_text(vm->period_ns, period));
    }

    struct shared ranked = find_shared(system, vm, source, PLAN_POLICY_FIXED_PRIORITY);
    if (ranked.core != NULL && source->priority.line == 0) {
        error(vm->location,
              "policy: fixed-priority of CPU %u (line %d) needs the key priority here; add it, "
              "larger is "
              "more urgent",
              ranked.cpu, ranked.core->location.line);
    }
    bool own = find_shared(system, vm, source, PLAN_POLICY_OWN).core != NULL;
    if (ranked.core == NULL && !own && source->priority.line != 0) {
        error(source->priority,
              "priority: policy %s of CPU %u (line %d) has none; remove the key, or write policy: "
              "fixed-priority there",
              core_policy_text(shared.core->policy), shared.cpu, shared.core->location.line);
    }
}

/* Soft VMs on a timetable have slots, or they would get only what is left over. */
static void check_has_slots(const struct system *system, uint32_t vm,
                            const struct vm_source *source)
{
    for (size_t i = 0; i < system->vms[vm].cpu_count; i++) {
        uint32_t cpu = system->vms[vm].cpus[i];
        const struct core *core = &system->cores[cpu < PLAN_MAX_CPUS ? cpu : 0];
        bool found = core->slot_count == 0 || core->wrong; /* reported with the core */

        if (cpu >= system->board.cpu_count || core->policy != PLAN_POLICY_TIMETABLE) {
            continue;
        }
        for (size_t j = 0; j < core->slot_count; j++) {
            found |= core->slots[j].vm == vm;
        }
        if (!found) {
            error(source->cpus[i],
                  "cpus: vm %s is realtime: soft, but has no slot in the timetable of CPU %u (line "
                  "%d); add one",
                  system->vms[vm].name, cpu, core->location.line);
        }
    }
}

static void check_crowd(const struct system *system, const struct vm_source *vms)
{
    size_t all = 0;

    for (uint32_t cpu = 0; cpu < system->board.cpu_count; cpu++) {
        size_t count = 0;

        for (size_t i = 0; i < system->vm_count; i++) {
            for (size_t j = 0; j < vms[i].cpu_count; j++) {
                if (system->vms[i].cpus[j] == cpu && ++count == PLAN_MAX_CPU_VCPUS + 1 &&
                    system->cores[cpu].location.line != 0) {
                    error(vms[i].cpus[j],
                          "cpus: CPU %u has %u VMs already, the most that can share one; choose "
                          "another",
                          cpu, PLAN_MAX_CPU_VCPUS);
                }
            }
        }
        all += count;
    }
    if (all > PLAN_MAX_VCPUS) {
        error((struct source_location){system->file, 0},
              "the VMs have %zu vCPUs in all, at most %u are possible; use fewer", all,
              PLAN_MAX_VCPUS);
    }
}

void cores_check_vms(const struct system *system, struct vm_source *vms)
{
    for (uint32_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];
        struct shared shared = find_shared(system, vm, &vms[i], PLAN_POLICY_DEDICATED);
        unsigned before = error_count();

        check_exclusive(system, vm, &vms[i]);
        check_useless(vm, &vms[i], shared, system->cores_wrong || vms[i].cpus_wrong);
        if (shared.core != NULL && vm->level == PLAN_LEVEL_SOFT) {
            check_guarantee(system, vm, &vms[i], shared);
            check_has_slots(system, i, &vms[i]);
        }
        vms[i].timing_wrong |= error_count() != before;
    }
    check_crowd(system, vms);
}
