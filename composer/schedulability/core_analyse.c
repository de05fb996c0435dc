/* SPDX-License-Identifier: Apache-2.0 */
/* Refuses systems whose guarantees do not hold on their shared cores (core_analyse.h,
 * analysis.h). */
#include "core_analyse.h"

#include "analysis.h"
#include "channel_doorbells.h"
#include "diagnostics.h"
#include "memory.h"

/* The vCPUs of one CPU: of VMs in their order, as in the plan. */
struct crowd {
    struct analysis_entity entities[ANALYSIS_MAX_ENTITIES];
    uint32_t vms[ANALYSIS_MAX_ENTITIES];
    struct source_location places[ANALYSIS_MAX_ENTITIES]; /* what the user would change */
    size_t count;
};

static void collect(const struct system *system, const struct vm_source *sources, uint32_t cpu,
                    struct crowd *crowd)
{
    *crowd = (struct crowd){0};
    for (uint32_t i = 0; i < system->vm_count; i++) {
        const struct vm *vm = &system->vms[i];
        for (size_t j = 0; j < vm->cpu_count; j++) {
            if (vm->cpus[j] != cpu || crowd->count == ANALYSIS_MAX_ENTITIES) {
                continue;
            }
            crowd->vms[crowd->count] = i;
            crowd->places[crowd->count] =
                sources[i].budget.line != 0 ? sources[i].budget : sources[i].cpus[j];
            struct analysis_entity *entity = &crowd->entities[crowd->count++];
            *entity = (struct analysis_entity){
                .name = vm->name,
                .period_ns = vm->period_ns,
                .budget_ns = vm->budget_ns,
                .priority = vm->priority,
                .interrupts = vm->interrupts,
                .interrupt_period_ns = vm->interrupt_period_ns,
            };
            /* They ring at its first vCPU until the guest routes them to another one: any may
             * get them. */
            uint64_t *doorbells;
            entity->doorbell_count = channel_intervals(system, i, &doorbells);
            entity->doorbells_ns = doorbells;
        }
    }
}

static struct plan_slot *slots_of(const struct core *core, const struct crowd *crowd)
{
    struct plan_slot *slots = memory_new(core->slot_count, sizeof(*slots));

    for (size_t i = 0; i < core->slot_count; i++) {
        slots[i] = (struct plan_slot){.start_ns = core->slots[i].start_ns,
                                      .length_ns = core->slots[i].length_ns};
        for (uint32_t j = 0; j < crowd->count; j++) {
            if (crowd->vms[j] == core->slots[i].vm) {
                slots[i].vcpu = j;
            }
        }
    }
    return slots;
}

/* The periods of the watchdogs that @cpu looks at. */
static size_t watchdogs_of(const struct system *system, uint32_t cpu, uint64_t **periods_ns)
{
    size_t count = 0;

    *periods_ns = NULL;
    for (size_t i = 0; i < system->vm_count; i++) {
        if (system->vms[i].watchdog_action != PLAN_WATCHDOG_NONE && system->vms[i].watcher == cpu) {
            *ARRAY_ADD(*periods_ns, count) = system->vms[i].watchdog_period_ns;
        }
    }
    return count;
}

/* In tenths of a percent, rounded up. */
static uint64_t permille(uint64_t part, uint64_t whole)
{
    return (uint64_t)(((unsigned __int128)part * 1000 + whole - 1) / whole);
}

/* Whether more than all of the CPU is promised; then it says to whom. Slots are no promise
 * twice. */
static bool is_promised_too_often(uint32_t cpu, const struct core *core, const struct crowd *crowd)
{
    unsigned __int128 parts = 0;
    const unsigned __int128 whole = (unsigned __int128)1 << 64;
    const char *who = "";

    for (size_t i = 0; i < crowd->count; i++) {
        const struct analysis_entity *entity = &crowd->entities[i];
        if (entity->budget_ns == 0) {
            continue;
        }
        uint64_t share = permille(entity->budget_ns, entity->period_ns);
        parts += whole * entity->budget_ns / entity->period_ns;
        who = text_join(who, ", ",
                        text_format("%s %llu.%llu %%", entity->name, (unsigned long long)share / 10,
                                    (unsigned long long)share % 10));
    }
    if (core->policy == PLAN_POLICY_TIMETABLE || parts <= whole) {
        return false;
    }
    error(core->location,
          "cpus: more than all of CPU %u is promised (%s); lower budgets, or lengthen periods", cpu,
          who);
    return true;
}

static void analyse(const struct system *system, const struct vm_source *sources, uint32_t cpu)
{
    const struct core *core = &system->cores[cpu];
    struct crowd crowd;
    struct analysis analysis;
    uint64_t *watchdogs;
    size_t watchdog_count = watchdogs_of(system, cpu, &watchdogs);

    collect(system, sources, cpu, &crowd);
    if (is_promised_too_often(cpu, core, &crowd)) {
        return;
    }
    const struct analysis_core input = {
        .policy = core->policy,
        .entities = crowd.entities,
        .entity_count = crowd.count,
        .slice_ns = core->slice_ns != 0 ? core->slice_ns : CORE_SLICE_NS,
        .frame_ns = core->frame_ns,
        .slots = slots_of(core, &crowd),
        .slot_count = core->slot_count,
        .watchdogs_ns = watchdogs,
        .watchdog_count = watchdog_count,
        .switch_ns = system->board.costs.switch_ns,
        .interrupt_ns = system->board.costs.interrupt_ns,
        .late_ns = system->board.costs.exit_ns,
    };
    if (analysis_run(&input, &analysis)) {
        return;
    }
    bool said = false;
    for (size_t i = 0; i < crowd.count; i++) {
        if (analysis.entities[i].holds || analysis.entities[i].reason[0] == '\0' ||
            (analysis.culprit != ANALYSIS_EACH && analysis.culprit != i)) {
            continue;
        }
        error(crowd.places[i], "vm %s on CPU %u (%s, line %d): %s; change budgets, periods or %s",
              crowd.entities[i].name, cpu, core_policy_text(core->policy), core->location.line,
              analysis.entities[i].reason,
              core->policy == PLAN_POLICY_TIMETABLE ? "slots" : "who runs there");
        said = true;
    }
    if (!said) {
        error(core->location, "cpus: CPU %u: %s; change budgets, periods or who runs there", cpu,
              analysis.reason);
    }
}

/* Whether all that the analysis of @cpu rests on could be read. */
static bool is_known(const struct system *system, const struct vm_source *sources, uint32_t cpu)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        for (size_t j = 0; sources[i].timing_wrong && j < system->vms[i].cpu_count; j++) {
            if (system->vms[i].cpus[j] == cpu) {
                return false;
            }
        }
    }
    return !system->cores[cpu].wrong;
}

void cores_analyse(const struct system *system, const struct vm_source *sources)
{
    for (uint32_t cpu = 0; cpu < system->board.cpu_count; cpu++) {
        /* Nothing is known of what a policy of the user's own guarantees. */
        if (system->cores[cpu].policy == PLAN_POLICY_DEDICATED ||
            system->cores[cpu].policy == PLAN_POLICY_OWN) {
            continue;
        }
        if (system->board.costs.switch_ns == 0) {
            error(system->cores[cpu].location,
                  "cores: board %s does not say what the hypervisor costs; add costs to its "
                  "board.yaml",
                  system->board.name);
            return;
        }
        if (is_known(system, sources, cpu)) {
            analyse(system, sources, cpu);
        }
    }
}
