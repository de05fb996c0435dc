/* SPDX-License-Identifier: Apache-2.0 */
/* What the VMs of shared CPUs can rely on, computed anew from the plan (analysis.h). */
#include <inttypes.h>
#include <string.h>

#include "duration.h"
#include "show_parts.h"
#include "show_table.h"

bool show_analyse(const struct image_view *view, uint32_t cpu, struct analysis *analysis)
{
    const struct plan_core *core = &view->plan.cores[cpu];
    const struct plan_costs *costs = &view->plan.plan->costs;
    struct analysis_entity entities[PLAN_MAX_CPU_VCPUS] = {0};
    uint64_t doorbells[PLAN_MAX_CPU_VCPUS][SHOW_DOORBELLS_MAX];
    uint64_t watchdogs[PLAN_MAX_VMS];
    if (core->policy == PLAN_POLICY_DEDICATED || core->policy == PLAN_POLICY_OWN ||
        core->vcpus.count == 0) {
        return false;
    }
    for (uint32_t i = 0; i < core->vcpus.count; i++) {
        const struct plan_vcpu *vcpu = plan_view_vcpu_on(&view->plan, cpu, i);
        entities[i] = (struct analysis_entity){.name = view->plan.vms[vcpu->vm].name,
                                               .period_ns = vcpu->period_ns,
                                               .budget_ns = vcpu->budget_ns,
                                               .priority = vcpu->priority,
                                               .interrupts = vcpu->interrupts,
                                               .interrupt_period_ns = vcpu->interrupt_period_ns,
                                               .doorbells_ns = doorbells[i],
                                               .doorbell_count =
                                                   show_doorbells(view, vcpu->vm, doorbells[i])};
    }
    for (uint32_t i = 0; i < core->watched.count && i < PLAN_MAX_VMS; i++) {
        watchdogs[i] = view->plan.vms[plan_view_watched(&view->plan, cpu)[i]].watchdog.period_ns;
        if (watchdogs[i] == 0) {
            return false;
        }
    }
    const struct analysis_core input = {.policy = (enum plan_policy)core->policy,
                                        .entities = entities,
                                        .entity_count = core->vcpus.count,
                                        .slice_ns = core->slice_ns,
                                        .frame_ns = core->frame_ns,
                                        .slots = plan_view_slots(&view->plan, cpu),
                                        .slot_count = core->slots.count,
                                        .watchdogs_ns = watchdogs,
                                        .watchdog_count = core->watched.count,
                                        .switch_ns = costs->switch_ns,
                                        .interrupt_ns = costs->interrupt_ns,
                                        .late_ns = costs->exit_ns};
    analysis_run(&input, analysis);
    return true;
}

static const char *time_text(uint64_t ns, bool up, char text[DURATION_SIZE])
{
    return ns == ANALYSIS_UNBOUNDED ? "no bound" : duration_text(ns, up, text);
}

/* What slots a vCPU has in each frame; 0: none. */
static uint64_t slots_ns(const struct image_view *view, uint32_t cpu, uint32_t number)
{
    const struct plan_slot *slots = plan_view_slots(&view->plan, cpu);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < view->plan.cores[cpu].slots.count; i++) {
        sum += slots[i].vcpu == number ? slots[i].length_ns : 0;
    }
    return sum;
}

static void guarantee_cell(const struct image_view *view, uint32_t cpu, uint32_t number,
                           struct table *table)
{
    const struct plan_core *core = &view->plan.cores[cpu];
    const struct plan_vcpu *vcpu = plan_view_vcpu_on(&view->plan, cpu, number);
    uint64_t slots = slots_ns(view, cpu, number);
    char budget[DURATION_SIZE];
    char period[DURATION_SIZE];
    if (vcpu->budget_ns != 0) {
        table_cell(table, "%s in %s", time_text(vcpu->budget_ns, false, budget),
                   time_text(vcpu->period_ns, false, period));
    } else if (slots != 0) {
        table_cell(table, "slots, %s in %s", time_text(slots, false, budget),
                   time_text(core->frame_ns, false, period));
    } else {
        table_cell(table, "what is left over");
    }
}

static void print_verdicts(const struct image_view *view, uint32_t cpu,
                           const struct analysis *analysis, FILE *out)
{
    static const char *const heads[] = {"VM",     "GUARANTEE", "HOLDS",    "RESPONSE",
                                        "USABLE", "WAKE-UP",   "DELIVERY", "ASSUMED"};
    struct table table = {.columns = 8};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t i = 0; i < view->plan.cores[cpu].vcpus.count; i++) {
        const struct plan_vcpu *vcpu = plan_view_vcpu_on(&view->plan, cpu, i);
        const struct analysis_verdict *verdict = &analysis->entities[i];
        bool promised = vcpu->budget_ns != 0 || slots_ns(view, cpu, i) != 0;
        char text[DURATION_SIZE];
        table_cell(&table, "%s", view->plan.vms[vcpu->vm].name);
        guarantee_cell(view, cpu, i, &table);
        table_cell(&table, "%s", !promised ? "-" : verdict->holds ? "yes" : "NO");
        table_cell(&table, "%s", promised ? time_text(verdict->response_ns, true, text) : "-");
        table_cell(&table, "%s", promised ? time_text(verdict->usable_ns, false, text) : "-");
        table_cell(&table, "%s", time_text(verdict->wake_ns, true, text));
        table_cell(&table, "%s", time_text(verdict->delivery_ns, true, text));
        uint64_t intervals[SHOW_DOORBELLS_MAX];
        size_t doorbells = show_doorbells(view, vcpu->vm, intervals);
        char more[48] = "";
        if (doorbells != 0) {
            snprintf(more, sizeof(more), " + %zu doorbell%s", doorbells, doorbells == 1 ? "" : "s");
        }
        table_cell(&table, "%u interrupt%s in %s%s", vcpu->interrupts,
                   vcpu->interrupts == 1 ? "" : "s",
                   time_text(vcpu->interrupt_period_ns, false, text), more);
    }
    table_print(&table, out);
}

/* The guarantees as what a user has: tasks. */
static void print_tasks(const struct image_view *view, uint32_t cpu,
                        const struct analysis *analysis, FILE *out)
{
    struct table table = {.columns = 2};
    for (uint32_t i = 0; i < view->plan.cores[cpu].vcpus.count; i++) {
        const struct plan_vcpu *vcpu = plan_view_vcpu_on(&view->plan, cpu, i);
        const struct analysis_verdict *verdict = &analysis->entities[i];
        bool promised = vcpu->budget_ns != 0 || slots_ns(view, cpu, i) != 0;
        char usable[DURATION_SIZE];
        char distance[DURATION_SIZE];
        char response[DURATION_SIZE];
        if (!promised || !verdict->holds || verdict->usable_ns == 0 ||
            verdict->response_ns == ANALYSIS_UNBOUNDED) {
            continue;
        }
        table_cell(&table, "%s", view->plan.vms[vcpu->vm].name);
        table_cell(&table, "a task of at most %s each %s is done within %s",
                   time_text(verdict->usable_ns, false, usable),
                   time_text(verdict->distance_ns, true, distance),
                   time_text(verdict->response_ns, true, response));
    }
    table_print(&table, out);
}

static void print_slots(const struct image_view *view, uint32_t cpu, FILE *out)
{
    const struct plan_slot *slots = plan_view_slots(&view->plan, cpu);
    struct table table = {.columns = 3};
    for (uint32_t i = 0; i < view->plan.cores[cpu].slots.count; i++) {
        char start[DURATION_SIZE];
        char end[DURATION_SIZE];
        if (slots[i].vcpu == PLAN_NONE) {
            continue;
        }
        table_cell(&table, "from %s", time_text(slots[i].start_ns, false, start));
        table_cell(&table, "to %s", time_text(slots[i].start_ns + slots[i].length_ns, false, end));
        table_cell(&table, "%s",
                   view->plan.vms[plan_view_vcpu_on(&view->plan, cpu, slots[i].vcpu)->vm].name);
    }
    table_print(&table, out);
}

/* Returns whether there were figures to show. *@unbounded: set if they rest on what nothing
 * bounds. */
static bool print_core(const struct image_view *view, uint32_t cpu, bool *unbounded, FILE *out)
{
    const struct plan_core *core = &view->plan.cores[cpu];
    struct analysis analysis;
    char slice[DURATION_SIZE];
    char frame[DURATION_SIZE];
    fprintf(out, "\nShared %s: policy %s, turns of %s", view->cpu_who[cpu], core->policy_name,
            time_text(core->slice_ns, false, slice));
    if (core->frame_ns != 0) {
        fprintf(out, ", frame of %s", time_text(core->frame_ns, false, frame));
    }
    if (!show_analyse(view, cpu, &analysis)) {
        fputs("; what it guarantees is not known here\n", out);
        return false;
    }
    fprintf(out, ", %" PRIu64 ".%" PRIu64 " %% promised\n", analysis.utilisation_ppm / 10000,
            analysis.utilisation_ppm / 1000 % 10);
    if (!analysis.holds) {
        fprintf(out, "  The guarantees do NOT hold: %s\n", analysis.reason);
    }
    print_verdicts(view, cpu, &analysis, out);
    print_tasks(view, cpu, &analysis, out);
    print_slots(view, cpu, out);
    *unbounded |= show_unbounded(view, cpu, out);
    return true;
}

static void print_legend(const struct image_view *view, bool unbounded, FILE *out)
{
    const struct plan_costs *costs = &view->plan.plan->costs;
    char change[DURATION_SIZE];
    char interrupt[DURATION_SIZE];
    char most[DURATION_SIZE];
    fputs("  RESPONSE  from a wake-up with its budget full until it had all of the budget\n"
          "  USABLE    of the budget, for its own instructions: the rest may go to switches and "
          "interrupts\n"
          "  WAKE-UP   from an interrupt for it to its next instruction, with its budget full\n"
          "  DELIVERY  the same, whatever it has used of its budget before\n",
          out);
    fprintf(out,
            "  All at worst, with %s for a switch, %s for an interrupt, %s for the longest exit "
            "(board.yaml).\n",
            time_text(costs->switch_ns, true, change),
            time_text(costs->interrupt_ns, true, interrupt), time_text(costs->exit_ns, true, most));
    if (unbounded) {
        fputs("  NO BOUND ON  interrupts that may come more often than ASSUMED says, as far as the "
              "plan goes: where "
              "they\n"
              "               do, USABLE, WAKE-UP and DELIVERY have no bound for any VM of that "
              "CPU\n",
              out);
    }
}

void show_shared_cores(const struct image_view *view, FILE *out)
{
    bool any = false;
    bool unbounded = false;
    const char *speculation =
        view->plan.plan->speculation == PLAN_SPECULATION_MITIGATE ? "mitigated" : "not mitigated";
    for (uint32_t cpu = 0; cpu < view->plan.plan->cpu_count; cpu++) {
        if (view->plan.cores[cpu].policy != PLAN_POLICY_DEDICATED) {
            any |= print_core(view, cpu, &unbounded, out);
        }
    }
    if (any) {
        print_legend(view, unbounded, out);
        fprintf(out, "  Speculation from one VM of a CPU to another is %s.\n", speculation);
    }
}
