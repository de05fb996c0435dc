/* SPDX-License-Identifier: Apache-2.0 */
/* Grows budgets until each task is done in time (task_fit.h). */
#include "task_fit.h"

#include "core_read.h"
#include "duration.h"
#include "memory.h"

#define US 1000U

/* A VM whose user does not say how many interrupts it has (vm_read_share.c). */
#define INTERRUPTS     2U
#define OTHER_EACH_NS  1000000U
#define ROUNDS         1000U
#define SLICE_LEAST_NS 20000U

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t up_to_us(uint64_t ns)
{
    return (ns + US - 1) / US * US;
}

/* The longest period by whose end the task is done, and after which, when it comes again, the
 * budget is full (distance_ns of the verdict). 0: there is none. */
static uint64_t period_of(const struct task_fit *fit, const struct task *task)
{
    uint64_t late = fit->costs.exit_ns;
    uint64_t period = fit->policy == PLAN_POLICY_EDF ? smaller(task->each_ns, task->within_ns)
                                                     : smaller(task->each_ns / 2, task->within_ns);

    if (fit->policy == PLAN_POLICY_EDF) {
        period = period > late ? period - late : 0;
    }
    return period / US * US;
}

/* The shorter a task's time, the more urgent it is; among equals the first. */
static uint32_t priority_of(const struct task_fit *fit, size_t index)
{
    uint32_t priority = 1;

    for (size_t i = 0; i < fit->count; i++) {
        if (fit->entities[i].period_ns > fit->entities[index].period_ns ||
            (i > index && fit->entities[i].period_ns == fit->entities[index].period_ns)) {
            priority++;
        }
    }
    return priority;
}

static void start(struct task_fit *fit)
{
    for (size_t i = 0; i < fit->count; i++) {
        const struct task *task = &fit->tasks[i];
        uint64_t budget = up_to_us(task->takes_ns);
        fit->entities[i] = (struct analysis_entity){
            .name = task->name,
            .period_ns = period_of(fit, task),
            .budget_ns = budget > CORE_TIME_MIN_NS ? budget : CORE_TIME_MIN_NS,
            .interrupts = INTERRUPTS,
        };
        fit->entities[i].interrupt_period_ns = fit->entities[i].period_ns;
    }
    for (size_t i = 0; i < fit->count; i++) {
        fit->entities[i].priority = priority_of(fit, i);
    }
    fit->entities[fit->count] = (struct analysis_entity){
        .name = "others", .interrupts = INTERRUPTS, .interrupt_period_ns = OTHER_EACH_NS};
    fit->core = (struct analysis_core){
        .policy = fit->policy,
        .entities = fit->entities,
        .entity_count = fit->count + 1,
        .slice_ns = CORE_SLICE_NS,
        .switch_ns = fit->costs.switch_ns,
        .interrupt_ns = fit->costs.interrupt_ns,
        .late_ns = fit->costs.exit_ns,
    };
}

/* A frame in which each task has one slot, so that the most urgent has its budget in one frame.
 * Others need several. */
static bool make_timetable(struct task_fit *fit)
{
    uint64_t late = fit->costs.exit_ns;
    uint64_t frame = UINT64_MAX;
    uint64_t at = 0;

    for (size_t i = 0; i < fit->count; i++) {
        frame = smaller(frame, fit->entities[i].period_ns);
    }
    if (frame <= late) {
        return false;
    }
    frame = (frame - late) / US * US;
    for (size_t i = 0; i < fit->count; i++) {
        uint64_t frames = (fit->entities[i].period_ns - late) / frame;
        uint64_t each = up_to_us((fit->entities[i].budget_ns + frames - 1) / frames);
        fit->entities[i].budget_ns = each * frames;
        fit->slots[i] = (struct plan_slot){
            .start_ns = at, .length_ns = up_to_us(each + late), .vcpu = (uint32_t)i};
        at += fit->slots[i].length_ns;
    }
    fit->core.frame_ns = frame;
    fit->core.slots = fit->slots;
    fit->core.slot_count = fit->count;
    return at <= frame;
}

/* Budgets grow by what switches and interrupts take of them. Returns whether one of them had to. */
static bool grow(struct task_fit *fit)
{
    bool grown = false;

    for (size_t i = 0; i < fit->count; i++) {
        const struct analysis_verdict *verdict = &fit->analysis.entities[i];
        if (verdict->response_ns == ANALYSIS_UNBOUNDED ||
            verdict->usable_ns >= fit->tasks[i].takes_ns) {
            continue;
        }
        fit->entities[i].budget_ns += up_to_us(fit->tasks[i].takes_ns - verdict->usable_ns);
        grown = true;
    }
    return grown;
}

static bool is_in_time(const struct task_fit *fit, size_t index)
{
    const struct analysis_verdict *verdict = &fit->analysis.entities[index];
    const struct task *task = &fit->tasks[index];

    return verdict->holds && verdict->usable_ns >= task->takes_ns &&
           verdict->response_ns <= task->within_ns && verdict->distance_ns <= task->each_ns;
}

static const char *not_in_time(const struct task_fit *fit, size_t index)
{
    const struct analysis_verdict *verdict = &fit->analysis.entities[index];
    char response[DURATION_SIZE], budget[DURATION_SIZE], period[DURATION_SIZE];

    if (fit->analysis.culprit != ANALYSIS_EACH) {
        return text_format("%s: %s", fit->entities[fit->analysis.culprit].name,
                           fit->analysis.entities[fit->analysis.culprit].reason);
    }
    if (verdict->response_ns == ANALYSIS_UNBOUNDED) {
        return text_format("%s: nothing bounds how long it would wait: the CPU has too much to do",
                           fit->tasks[index].name);
    }
    return text_format(
        "%s: it may take %s to get the budget of %s that it needs, longer than a period of %s",
        fit->tasks[index].name, duration_text(verdict->response_ns, true, response),
        duration_text(fit->entities[index].budget_ns, false, budget),
        duration_text(fit->entities[index].period_ns, false, period));
}

static const char *try_to_fit(struct task_fit *fit)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < fit->count; i++) {
            if (fit->entities[i].budget_ns > fit->entities[i].period_ns) {
                return text_format("%s: it would need more than all of the CPU",
                                   fit->tasks[i].name);
            }
        }
        if (fit->policy == PLAN_POLICY_TIMETABLE && !make_timetable(fit)) {
            return "the slots that the tasks need in each frame are longer than the frame";
        }
        analysis_run(&fit->core, &fit->analysis);
        if (grow(fit)) {
            continue;
        }
        for (size_t i = 0; i < fit->count; i++) {
            if (!is_in_time(fit, i)) {
                return not_in_time(fit, i);
            }
        }
        return NULL;
    }
    return "the budgets that it takes grow without end";
}

bool task_fit(struct task_fit *fit)
{
    uint64_t slice = CORE_SLICE_NS;

    for (size_t i = 0; i < fit->count; i++) {
        if (period_of(fit, &fit->tasks[i]) < CORE_TIME_MIN_NS) {
            fit->reason = text_format(
                "%s: its time is too short for a shared CPU, where a decision may be late",
                fit->tasks[i].name);
            return false;
        }
    }
    do { /* round robin: with turns as long as can be */
        start(fit);
        fit->core.slice_ns = slice;
        fit->reason = try_to_fit(fit);
        slice = slice / 2 / US * US;
    } while (fit->reason != NULL && fit->policy == PLAN_POLICY_ROUND_ROBIN &&
             slice >= SLICE_LEAST_NS);
    return fit->reason == NULL;
}
