/* SPDX-License-Identifier: Apache-2.0 */
/* What users are promised: a guarantee that was accepted is kept, whatever the neighbours do. */
#include "sched_test.h"

#include <string.h>

#include "analysed_core.h"

#define SETS 2000

#define PERIODS 512

/** What each actor got in each of its periods; they begin when it was ready first. */
struct ledger {
    uint64_t from_ns[SCHED_MAX_ENTITIES];
    uint64_t got_ns[SCHED_MAX_ENTITIES][PERIODS];
    uint64_t on_budget_ns[SCHED_MAX_ENTITIES][PERIODS];
};

static struct ledger ledger;

static void note_ledger(struct simulation *simulation, size_t actor, bool on_budget,
                        uint64_t from_ns, uint64_t to_ns)
{
    uint64_t period = actor != NOBODY ? simulation->actors[actor].parameters.period_ns : 0;

    if (period == 0) {
        return;
    }
    if (from_ns < ledger.from_ns[actor]) {
        from_ns = ledger.from_ns[actor];
    }
    while (from_ns < to_ns) {
        uint64_t number, end;

        number = (from_ns - ledger.from_ns[actor]) / period;
        end = ledger.from_ns[actor] + (number + 1) * period;
        if (end > to_ns) {
            end = to_ns;
        }
        ledger.got_ns[actor][number] += end - from_ns;
        if (on_budget) {
            ledger.on_budget_ns[actor][number] += end - from_ns;
        }
        from_ns = end;
    }
}

/* Its periods: for fixed priority and the timetable from the start, for EDF from its arrival. */
static uint64_t first_period(const struct analysed_core *analysed, size_t i)
{
    const struct analysis_entity *entity = &analysed->entities[i];
    uint64_t arrival = analysed->simulation.actors[i].jobs[0].arrival_ns;

    if (analysed->core.policy == PLAN_POLICY_FIXED_PRIORITY) {
        return (arrival + entity->period_ns - 1) / entity->period_ns * entity->period_ns;
    }
    return arrival + (analysed->core.policy == PLAN_POLICY_EDF ? analysed->core.late_ns : 0);
}

static void run_with_ledger(struct analysed_core *analysed)
{
    memset(&ledger, 0, sizeof(ledger));
    for (size_t i = 0; i < analysed->simulation.actor_count; i++) {
        if (analysed->entities[i].period_ns != 0) {
            ledger.from_ns[i] = first_period(analysed, i);
        }
    }
    analysed->simulation.ran = note_ledger;
    simulate(&analysed->simulation);
}

/* An entity that is always ready gets its budget in each of its periods. */
static void check_supply(const struct sched_policy *policy, bool costly, uint64_t random)
{
    static struct analysed_core analysed;
    uint64_t greatest = 0;

    for (size_t accepted = 0; accepted < SETS;) {
        analysed_core_make(&analysed, policy, costly, &random);
        if (!analysed.analysis.holds) {
            continue;
        }
        accepted++;
        if (analysed.analysis.utilisation_ppm > greatest) {
            greatest = analysed.analysis.utilisation_ppm;
        }
        analysed_core_load(&analysed, &random);
        run_with_ledger(&analysed);
        for (size_t i = 0; i < analysed.simulation.actor_count; i++) {
            const struct analysis_entity *entity = &analysed.entities[i];
            uint64_t late = policy == &sched_edf ? analysed.core.late_ns : 0;

            if (analysed.conducts[i] != CONDUCT_GREEDY || entity->budget_ns == 0) {
                continue;
            }
            for (size_t k = 0;
                 ledger.from_ns[i] + (k + 1) * entity->period_ns <= analysed.simulation.horizon_ns;
                 k++) {
                if (ledger.got_ns[i][k] + late < entity->budget_ns) {
                    fail_msg("%s: %lu of %lu in period %zu", policy_name(policy),
                             ledger.got_ns[i][k], entity->budget_ns, k);
                }
            }
        }
    }
    assert_true(policy != &sched_edf || greatest > 950000);
}

static void test_who_is_always_ready_gets_its_budget_in_each_period(void **state)
{
    const struct sched_policy *const policies[] = {&sched_fixed_priority, &sched_edf,
                                                   &sched_round_robin, &sched_timetable};

    (void)state;
    for (size_t p = 0; p < 4; p++) {
        check_supply(policies[p], false, 51 + p);
        check_supply(policies[p], true, 61 + p);
    }
}

/* With somebody who always wants what is left over, nobody runs on its budget for longer than that,
 * but for one exit.
 */
static void test_budgets_are_exceeded_by_one_exit_at_most(void **state)
{
    static struct analysed_core analysed;
    uint64_t random = 71;

    (void)state;
    for (size_t set = 0; set < SETS; set++) {
        struct simulation *simulation = &analysed.simulation;

        analysed_core_make(&analysed, set % 2 != 0 ? &sched_edf : &sched_fixed_priority, true,
                           &random);
        if (analysed.core.policy == PLAN_POLICY_EDF) {
            for (size_t i = 0; i < simulation->actor_count; i++) {
                analysed.conducts[i] = CONDUCT_GREEDY;
            }
            simulation->late_ns = analysed.core.late_ns =
                0; /* a period begins when it was enqueued, so that the ledger knows when */
            simulation->interrupt_ns = 0;
        }
        analysed_core_load(&analysed, &random);
        simulation->actors[simulation->actor_count].parameters = (struct sched_parameters){0};
        actor_always(&simulation->actors[simulation->actor_count++], 0);
        run_with_ledger(&analysed);
        for (size_t i = 0; i < simulation->actor_count - 1; i++) {
            if (simulation->actors[i].parameters.budget_ns == 0) {
                continue;
            }
            if (analysed.core.policy == PLAN_POLICY_EDF && analysed.analysis.holds == false) {
                continue; /* overloaded: deadlines move on while it waits */
            }
            for (size_t k = 0; k < PERIODS; k++) {
                if (ledger.on_budget_ns[i][k] >
                    simulation->actors[i].parameters.budget_ns + simulation->late_ns) {
                    fail_msg("%s: %lu of %lu in period %zu", policy_name(simulation->policy),
                             ledger.on_budget_ns[i][k], simulation->actors[i].parameters.budget_ns,
                             k);
                }
            }
        }
    }
}

struct budget_trace {
    uint64_t hash;
    uint64_t end_ns;
};

/* A hash of who ran when on its budget; pieces that touch count as one. */
static void note_budget_trace(struct simulation *simulation, size_t actor, bool on_budget,
                              uint64_t from_ns, uint64_t to_ns)
{
    struct budget_trace *trace = simulation->observer;

    if (!on_budget) {
        return;
    }
    for (uint64_t t = from_ns; t < to_ns; t++) {
        trace->hash = (trace->hash ^ (t * SCHED_MAX_ENTITIES + actor)) * PLAN_CHECKSUM_PRIME;
    }
}

static void test_best_effort_never_delays_the_guaranteed(void **state)
{
    static struct analysed_core analysed;
    uint64_t random = 81;

    (void)state;
    for (size_t accepted = 0; accepted < SETS / 10;) {
        struct simulation *simulation = &analysed.simulation;
        struct budget_trace alone = {0}, accompanied = {0};
        size_t count;

        analysed_core_make(&analysed, accepted % 2 != 0 ? &sched_edf : &sched_fixed_priority, false,
                           &random);
        if (!analysed.analysis.holds) {
            continue;
        }
        accepted++;
        for (size_t i = 0; i < simulation->actor_count; i++) {
            analysed.conducts[i] =
                analysed.entities[i].budget_ns != 0 ? CONDUCT_DISCIPLINED : CONDUCT_RESTLESS;
        }
        analysed_core_load(&analysed, &random);
        count = simulation->actor_count;
        simulation->ran = note_budget_trace;
        simulation->observer = &alone;
        simulate(simulation);
        for (size_t i = count; i < SCHED_MAX_ENTITIES; i++) {
            actor_always(&simulation->actors[i], random_between(&random, 0, 10000));
        }
        simulation->actor_count = SCHED_MAX_ENTITIES;
        simulation->observer = &accompanied;
        simulate(simulation);
        assert_true(alone.hash == accompanied.hash);
    }
}

/* Whoever is best effort runs again and again while the guarantees leave anything over. */
static void test_nobody_starves(void **state)
{
    static struct analysed_core analysed;
    uint64_t random = 91;
    uint64_t before[SCHED_MAX_ENTITIES] = {0};

    (void)state;
    for (size_t accepted = 0; accepted < SETS / 4;) {
        struct simulation *simulation = &analysed.simulation;

        analysed_core_make(&analysed, accepted % 2 != 0 ? &sched_edf : &sched_fixed_priority, false,
                           &random);
        if (!analysed.analysis.holds || analysed.analysis.utilisation_ppm > 900000) {
            continue;
        }
        accepted++;
        for (size_t i = 0; i < simulation->actor_count; i++) {
            analysed.conducts[i] = CONDUCT_GREEDY;
        }
        analysed_core_load(&analysed, &random);
        simulation->horizon_ns = 200000;
        simulate(simulation);
        for (size_t i = 0; i < simulation->actor_count; i++) {
            before[i] = simulation->actors[i].done_ns;
        }
        simulation->horizon_ns = 700000; /* the same again, and goes on */
        simulate(simulation);
        for (size_t i = 0; i < simulation->actor_count; i++) {
            assert_true(simulation->actors[i].done_ns > before[i]);
        }
    }
}

/* One that ran alone for long owes nothing for it: it has its share at once when others come. */
static void test_time_alone_is_not_held_against_anybody(void **state)
{
    static struct analysed_core analysed;
    struct simulation *simulation = &analysed.simulation;

    (void)state;
    memset(&analysed, 0, sizeof(analysed));
    simulation->policy = &sched_edf;
    simulation->slice_ns = 1000000;
    simulation->horizon_ns = 11000000;
    simulation->actor_count = 2;
    for (size_t i = 0; i < 2; i++) {
        simulation->actors[i].parameters =
            (struct sched_parameters){.period_ns = 100000, .budget_ns = 30000};
        analysed.entities[i] = (struct analysis_entity){.period_ns = 100000, .budget_ns = 30000};
    }
    actor_always(&simulation->actors[0], 0);
    actor_always(&simulation->actors[1], 10000000);
    analysed.core.policy = PLAN_POLICY_EDF;
    run_with_ledger(&analysed);
    for (size_t k = 100; k < 110; k++) {
        assert_true(ledger.got_ns[0][k] >= 30000);
    }
}

int test_guarantees(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_always_ready_gets_its_budget_in_each_period),
        cmocka_unit_test(test_budgets_are_exceeded_by_one_exit_at_most),
        cmocka_unit_test(test_best_effort_never_delays_the_guaranteed),
        cmocka_unit_test(test_nobody_starves),
        cmocka_unit_test(test_time_alone_is_not_held_against_anybody),
    };

    return cmocka_run_group_tests_name("guarantees", tests, NULL, NULL);
}
